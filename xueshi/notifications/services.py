"""Writing notes, writing into the outbox, and delivering from it."""

import json
import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.types import JSONDict, JSONValue

from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound
from xueshi.notifications import adapters, bulk, rules, selectors, wording
from xueshi.notifications.adapters import Failed, Parcel
from xueshi.notifications.bulk import Letter, NoteDraft
from xueshi.notifications.models import Choice, Delivery, Message, Note
from xueshi.notifications.states import Channel, MessageState

__all__ = [
    "JOB", "Letter", "NoteDraft", "add_notes", "choose", "deliver", "deliver_due", "offered", "read", "read_all",
    "retry", "sweep", "write", "write_many",
]  # fmt: skip

log = logging.getLogger("xueshi.notifications")
LEASE = timedelta(minutes=2)
"""How long a worker may take over one try; providers are given seconds."""
KEPT = timedelta(days=30)
NOTES_KEPT = timedelta(days=400)
"""A year and a month: what was said about a year can be read until the next is over."""
JOB = "notifications.deliver"
JOB_FOR_MANY = "notifications.deliver_many"
_AT_ONCE = 200
"""Messages of one job."""


def offered(channel: Channel) -> bool:
    """Whether this installation sends by that channel."""
    return adapters.is_open(channel)


@transaction.atomic(savepoint=False)  # kept or lost with the deed it tells of
def write(letter: Letter) -> None:
    """Put a message into the outbox and queue its delivery, both in the transaction of the caller."""
    for message_id in bulk.add_messages([letter]):
        app.configure_task(JOB, queue="default").defer(message_id=message_id)


@transaction.atomic(savepoint=False)  # kept or lost with the deed it tells of
def write_many(letters: Sequence[Letter]) -> None:
    """Put many messages into the outbox, each key once, with two statements however many they are."""
    written: list[JSONValue] = [*bulk.add_messages(letters)]
    if written:
        starts = range(0, len(written), _AT_ONCE)
        parts: list[JSONDict] = [{"message_ids": written[start : start + _AT_ONCE]} for start in starts]
        app.configure_task(JOB_FOR_MANY, queue="default").batch_defer(*parts)


@transaction.atomic(savepoint=False)  # kept or lost with the deed it tells of
def add_notes(drafts: Sequence[NoteDraft]) -> frozenset[str]:
    """Tell people inside the program, in the transaction of the caller; the keys that were not told before."""
    return bulk.add_notes(drafts) if drafts else frozenset()


@transaction.atomic
def read(user_id: int, portal: str, note_id: int) -> Note:
    """Mark one's own note as read; ``NotFound`` when absent or not theirs."""
    note = selectors.notes_of(user_id, portal).filter(pk=note_id).first()
    if note is None:
        raise NotFound
    Note.objects.filter(pk=note.pk, read_at=None).update(read_at=clock.now())
    return note


def read_all(user_id: int, portal: str, newest: int) -> int:
    """Mark what the page showed, up to its newest note, as read; how many there were."""
    unread = selectors.notes_of(user_id, portal).filter(read_at=None, pk__lte=newest)
    return unread.update(read_at=clock.now())


def choose(user_id: int, channel: Channel | None) -> None:
    """Keep by which way somebody wants to hear of their messages; ``None``: inside the program only."""
    Choice.objects.update_or_create(user_id=user_id, defaults={"channel": channel or ""})


def deliver(message_id: int) -> None:
    """Try to send one message; nothing happens when it is sent, taken by another worker or not yet due again."""
    message = _claim(message_id)
    if message is None:
        return
    try:
        adapters.gateway(Channel(message.channel)).send(_parcel(message))
    except Failed as failure:
        _put_off(message, failure)
    else:
        _settle(message, state=MessageState.SENT, sent_at=clock.now(), values="", failure="")


@transaction.atomic
def _claim(message_id: int) -> Message | None:
    """Count a try and take the lease, before anything leaves."""
    now = clock.now()
    waiting = Message.objects.filter(pk=message_id, state=MessageState.WAITING, due_at__lte=now)
    message = waiting.select_for_update(no_key=True).order_by("pk").first()
    if message is None or message.hollow:
        Message.objects.filter(pk=message_id, hollow=True).delete()
        return None
    message.tries, message.lease, message.due_at = message.tries + 1, message.lease + 1, now + LEASE
    if message.tries > rules.MOST_TRIES:  # every try so far lost its worker
        message.state, message.tries = MessageState.PARKED, rules.MOST_TRIES
    elif message.expires_at is not None and message.expires_at <= now:
        message.state, message.values = MessageState.EXPIRED, ""
    message.save(update_fields=["tries", "lease", "due_at", "state", "values"])
    return message if message.state == MessageState.WAITING else None


def _parcel(message: Message) -> Parcel:
    values = json.loads(message.values)
    mail = message.channel == Channel.MAIL
    return Parcel(
        key=message.key,
        portal=message.portal,
        recipient=message.recipient,
        template=message.template,
        values=values,
        subject=wording.subject(message.portal, message.template) if mail else "",
        text=wording.text(message.portal, message.template, values),
    )


def _put_off(message: Message, failure: Failed) -> None:
    pause = None if failure.for_good else rules.pause_after(message.tries)
    if pause is not None:
        _settle(message, due_at=clock.now() + pause, failure=failure.reason)
        return
    log.error("message %s parked after %s tries: %s", message.pk, message.tries, failure.reason)
    _settle(message, state=MessageState.PARKED, failure=failure.reason)


def _settle(message: Message, **outcome: object) -> None:
    """Write an outcome under our lease; a worker that was too slow writes nothing."""
    Message.objects.filter(pk=message.pk, lease=message.lease, state=MessageState.WAITING).update(**outcome)


def deliver_due(limit: int = 200) -> int:
    """Try all messages whose pause is over or whose worker was lost; how many there were."""
    now = clock.now()
    late = Message.objects.filter(state=MessageState.WAITING, due_at__lte=now, expires_at__lte=now, hollow=False)
    late.update(state=MessageState.EXPIRED, values="")
    due = Message.objects.filter(state=MessageState.WAITING, due_at__lte=now).order_by("due_at")
    found = list(due.values_list("pk", flat=True)[:limit])
    for message_id in found:
        deliver(message_id)
    return len(found)


def retry(message_id: int) -> bool:
    """Give a parked message another five tries; whether there was one."""
    fresh = {"state": MessageState.WAITING, "tries": 0, "due_at": clock.now(), "failure": ""}
    return bool(Message.objects.filter(pk=message_id, state=MessageState.PARKED).update(**fresh))


def sweep() -> int:
    """Forget what was sent or expired a month ago, what the stand-in received, and old notes; parked ones stay."""
    before = clock.now() - KEPT
    Note.objects.filter(created_at__lt=clock.now() - NOTES_KEPT).delete()
    done = Message.objects.filter(state__in=[MessageState.SENT, MessageState.EXPIRED], created_at__lt=before)
    return done.delete()[0] + Delivery.objects.filter(at__lt=before).delete()[0]
