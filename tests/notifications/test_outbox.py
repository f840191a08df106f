"""The outbox: written with its cause, sent once, tried five times, parked where somebody sees it (D9)."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from xueshi.kernel import clock
from xueshi.notifications import selectors, services
from xueshi.notifications.adapters import stand_in
from xueshi.notifications.adapters.stand_in import Behaviour, behaving
from xueshi.notifications.models import Delivery, Message
from xueshi.notifications.services import Letter
from xueshi.notifications.states import Channel, MessageState

pytestmark = pytest.mark.django_db
PHONE = "13912345678"


def letter(key: str = "code:1", **changes: object) -> Letter:
    plain: dict[str, object] = {
        "key": key, "portal": "weihai", "channel": Channel.SMS, "recipient": PHONE, "template": "code",
        "values": {"code": "246810", "minutes": "5"},
    }  # fmt: skip
    return Letter(**{**plain, **changes})  # type: ignore[arg-type]  # names and types stand just above


def written(key: str = "code:1", **changes: object) -> Message:
    services.write(letter(key, **changes))
    return Message.objects.get(key=key)


def test_a_message_leaves_once_and_takes_its_content_along() -> None:
    message = written()
    for _ in range(3):
        services.deliver(message.pk)
    message.refresh_from_db()
    sent = Delivery.objects.get()
    assert (message.state, message.tries, message.values) == (MessageState.SENT, 1, "")
    assert "246810" in sent.text
    assert sent.recipient == PHONE
    assert sent.signature == stand_in.signature(message.key, PHONE, sent.text)


def test_the_same_effect_is_written_once() -> None:
    before = jobs()
    written()
    services.write(letter(values={"code": "000000", "minutes": "5"}))
    message = Message.objects.get()
    assert json.loads(message.values)["code"] == "246810"
    assert len(jobs() - before) == 1


class _Undone(Exception):
    pass


def jobs() -> set[int]:
    """Jobs queued so far; tests that really commit leave some behind."""
    return set(ProcrastinateJob.objects.filter(task_name=services.JOB).values_list("pk", flat=True))


def _write_and_fail() -> None:
    services.write(letter())
    raise _Undone


def test_what_is_rolled_back_was_never_written_nor_queued() -> None:
    before = jobs()
    with pytest.raises(_Undone), transaction.atomic():
        _write_and_fail()
    assert Message.objects.count() == 0
    assert jobs() == before


def test_neither_recipient_nor_code_can_be_read_in_the_table_or_the_job() -> None:
    before = jobs()
    message = written()
    job = ProcrastinateJob.objects.get(pk__in=jobs() - before)
    assert job.args == {"message_id": message.pk}
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT recipient, values FROM notifications_message")
        row = cursor.fetchone()
    assert all(word not in bytes(column) for column in row for word in (PHONE.encode(), b"246810"))


def test_a_failing_provider_is_asked_five_times_with_growing_pauses_then_parked() -> None:
    message = written()
    moments: list[timedelta] = []
    elapsed = timedelta()
    with behaving(Behaviour(failing=True)):
        for _ in range(95):
            with clock.shifted(elapsed):
                tries = message.tries
                services.deliver_due()
                message.refresh_from_db()
                if message.tries > tries:
                    moments.append(elapsed)
            elapsed += timedelta(seconds=15)
    pauses = [after - before for before, after in pairwise(moments)]
    assert (message.state, len(moments)) == (MessageState.PARKED, 5)
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1]
    assert [one.pk for one in selectors.parked()] == [message.pk]


def test_a_parked_message_is_listed_masked_and_can_be_sent_after_all(capsys: pytest.CaptureFixture[str]) -> None:
    message = written()
    Message.objects.filter(pk=message.pk).update(state=MessageState.PARKED, tries=5)
    call_command("messages", "list")
    shown = capsys.readouterr().out
    assert [row["id"] for row in json.loads(shown)] == [message.pk]
    assert PHONE not in shown
    call_command("messages", "retry", str(message.pk))
    services.deliver(message.pk)
    assert Delivery.objects.count() == 1


def test_a_worker_whose_lease_is_stale_cannot_write() -> None:
    message = written()
    slow = services._claim(message.pk)
    assert slow is not None
    assert services._claim(message.pk) is None  # the lease holds
    with clock.shifted(services.LEASE + timedelta(seconds=1)):
        services.deliver(message.pk)
        services._settle(slow, state=MessageState.PARKED)
    message.refresh_from_db()
    assert (message.state, message.tries) == (MessageState.SENT, 2)


def test_a_message_that_loses_every_worker_is_parked_too() -> None:
    message = written()
    for turn in range(6):
        with clock.shifted((services.LEASE + timedelta(seconds=1)) * turn):
            services._claim(message.pk)
    message.refresh_from_db()
    assert (message.state, message.tries) == (MessageState.PARKED, 5)


def test_a_code_is_not_sent_after_its_time() -> None:
    message = written(expires_at=clock.now() + timedelta(minutes=5))
    with clock.shifted(timedelta(minutes=6)):
        services.deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.values, Delivery.objects.count()) == (MessageState.EXPIRED, "", 0)


def test_a_hollow_message_leaves_nothing() -> None:
    services.deliver(written(hollow=True).pk)
    assert (Message.objects.count(), Delivery.objects.count()) == (0, 0)


def test_the_stand_in_delays_repeats_and_lies_on_demand() -> None:
    waited: list[float] = []
    with behaving(Behaviour(delay=timedelta(seconds=30), copies=3, wait=waited.append)):
        services.deliver(written("a").pk)
    assert (waited, Delivery.objects.filter(key="a").count()) == ([30.0], 3)
    with behaving(Behaviour(losing=True)):
        services.deliver(written("b").pk)
    assert Message.objects.get(key="b").state == MessageState.SENT
    assert not Delivery.objects.filter(key="b").exists()
    with behaving(Behaviour(denying=True)):
        services.deliver(written("c").pk)
    assert Message.objects.get(key="c").state == MessageState.WAITING
    assert Delivery.objects.filter(key="c").count() == 1


def test_old_messages_are_forgotten_and_parked_ones_stay() -> None:
    services.deliver(written("a").pk)
    Message.objects.filter(pk=written("b").pk).update(state=MessageState.PARKED)
    with clock.shifted(timedelta(days=31)):
        services.sweep()
    assert list(Message.objects.values_list("key", flat=True)) == ["b"]
    assert Delivery.objects.count() == 0
