"""消息: what people are told, once each, inside the program and by the one way out that reaches them."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from xueshi.accounts import messages
from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState
from xueshi.declarations import services as declarations
from xueshi.kernel import clock
from xueshi.notifications import services, wording
from xueshi.notifications.models import Delivery, Message, Note
from xueshi.notifications.services import NoteDraft
from xueshi.notifications.states import MessageState
from xueshi.organisations.actors import Actor
from xueshi.policies import registry
from xueshi.portal import tasks
from xueshi.reviews import deciding
from xueshi.reviews.deciding import Order
from xueshi.reviews.states import Verdict

pytestmark = pytest.mark.django_db
PASS, FAIL = Verdict.PASS, Verdict.FAIL


@pytest.fixture
def small() -> make.SmallWorld:
    return make.build()


def page(client: Client, url: str = "/messages/") -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def told(actor: Actor, template: str = "") -> list[Note]:
    rows = Note.objects.filter(user=actor.user).order_by("pk")
    return list(rows.filter(template=template) if template else rows)


def drafts(people: Iterable[Actor], key: str = "x") -> list[NoteDraft]:
    return [
        NoteDraft(
            key=f"{key}:{one.user.pk}", user_id=one.user.pk, portal="weihai", template="approved",
            values={"kind": "学时申报", "title": "某申报", "reason": ""},
        )
        for one in people
    ]  # fmt: skip


def test_every_note_has_its_words_on_every_portal() -> None:
    values = dict.fromkeys(
        ("kind", "title", "reason", "organisation", "count", "since", "days", "year", "date", "missing", "number"), "甲"
    )
    for pack in registry.packs():
        for template in wording.NOTES:
            title = wording.note_title(pack.key, template, values)
            assert 0 < len(title) <= 40, (pack.key, template)
            assert wording.note_text(pack.key, template, values)


def test_a_verdict_is_read_by_its_person_with_reason_and_field(small: make.SmallWorld) -> None:
    made = w.handed_in(small.person, "24")
    case = w.case(made)
    deciding.decide_many(small.employer_admin, Order(FAIL, {case.pk: case.version}, "盖章不清", concerns="school"))
    client = signed_in(small.person)
    home = page(client, "/home/")
    assert '<b>1</b><span class="visually-hidden">条未读</span>' in home
    shown = page(client)
    assert "学时申报：审核不通过" in shown
    assert "盖章不清" in shown
    assert "涉及“" in shown
    note = told(small.person)[0]
    opened = client.post(f"/messages/{note.pk}/")
    assert (opened.status_code, opened["Location"]) == (302, f"/declarations/case/{case.pk}/")
    assert client.get(opened["Location"], follow=True).status_code == 200
    assert "条未读" not in page(client)
    assert "没有未读消息" in page(client, "/messages/?unread=1")


def test_nobody_reads_or_marks_what_others_were_told(small: make.SmallWorld) -> None:
    messages.tell(drafts([small.person]))
    note = told(small.person)[0]
    stranger = signed_in(small.colleague)
    assert "某申报" not in page(stranger)
    assert [stranger.post(f"/messages/{pk}/").status_code for pk in (note.pk, 2_000_000_011)] == [404, 404]
    assert stranger.post("/messages/read/", {"newest": str(note.pk)}).status_code == 302
    note.refresh_from_db()
    assert note.read_at is None


def test_all_that_was_shown_is_marked_and_nothing_later(small: make.SmallWorld) -> None:
    messages.tell(drafts([small.person], "a") + drafts([small.person], "b"))
    first, second = told(small.person)
    client = signed_in(small.person)
    assert f'name="newest" value="{second.pk}"' in page(client)
    assert client.post("/messages/read/", {"newest": str(first.pk)}).status_code == 302
    assert [one.read_at is None for one in told(small.person)] == [False, True]
    for nonsense in ("", "x", "-1", "9" * 30):
        assert client.post("/messages/read/", {"newest": nonsense}).status_code == 404


def test_the_way_out_is_chosen_and_obeyed(small: make.SmallWorld) -> None:
    person, client = small.person.user, signed_in(small.person)
    User.objects.filter(pk=person.pk).update(email="wang@example.cn")
    for number, (way, channels) in enumerate(((None, ["mail"]), ("sms", ["sms"]), ("none", []), ("mail", ["mail"]))):
        if way is not None:
            assert client.post("/messages/way/", {"way": way}).status_code == 302
            assert f'value="{way}" checked' in page(client)
        messages.tell(drafts([small.person], f"{number}"))
        sent = Message.objects.filter(key=f"{number}:{person.pk}")
        assert list(sent.values_list("channel", flat=True)) == channels
    assert client.post("/messages/way/", {"way": "pigeon"}).status_code == 404
    assert len(told(small.person)) == 4


def test_who_has_no_contact_or_no_account_any_more_is_told_inside_only(small: make.SmallWorld) -> None:
    User.objects.filter(pk=small.person.user.pk).update(phone="")
    User.objects.filter(pk=small.colleague.user.pk).update(state=AccountState.DISABLED)
    messages.tell(drafts([small.person, small.colleague]))
    assert (Note.objects.count(), Message.objects.count()) == (2, 0)
    assert "不另行提醒" not in page(signed_in(small.person))


def test_what_leaves_names_nobody_and_gives_no_reason(small: make.SmallWorld) -> None:
    w.decided(small.employer_admin, w.handed_in(small.person, "24"), FAIL, "盖章不清")
    services.deliver_due()
    sent = Delivery.objects.get()
    assert sent.text == "您在本平台有一条新消息：学时申报：审核不通过。请登录平台，在“消息”中查看。"


def test_a_failed_verification_asks_to_declare_again(small: make.SmallWorld) -> None:
    made = w.handed_in(small.person, "24")
    w.decided(small.employer_admin, made)
    w.decided(small.department_admin, made, FAIL, "重复申报")
    approved, revoked = told(small.person)
    assert (approved.template, revoked.template) == ("approved", "revoked")
    shown = page(signed_in(small.person))
    assert "审验不通过，已计入的学时已扣除，请核对后重新申报。重复申报" in shown


def test_a_batch_costs_the_same_however_long_it_is(small: make.SmallWorld) -> None:
    def cost(number: int) -> int:
        rows = [declarations.submit(small.person, w.paper(small.person, "1")) for _ in range(number)]
        order = Order(PASS, {row.case_id or 0: 1 for row in rows})
        with CaptureQueriesContext(connection) as asked:
            deciding.decide_many(small.employer_admin, order)
        return len(asked)

    cost(1)  # the first of a year opens its account
    assert cost(2) == cost(9)
    assert (Note.objects.count(), Message.objects.count()) == (12, 12)


def test_the_same_effect_is_told_and_sent_once(small: make.SmallWorld) -> None:
    for _ in range(3):
        messages.tell(drafts([small.person, small.colleague]))
    assert (Note.objects.count(), Message.objects.count()) == (2, 2)
    for _ in range(2):
        services.deliver_due()
    assert Delivery.objects.count() == 2


def test_a_worker_killed_after_the_first_leaves_the_rest_for_the_next(small: make.SmallWorld) -> None:
    messages.tell(drafts([small.person, small.colleague]))
    first, second = Message.objects.order_by("pk")
    services.deliver(first.pk)
    services._claim(second.pk)  # and dies here
    services.deliver_due()
    assert Delivery.objects.count() == 1
    with clock.shifted(services.LEASE + timedelta(seconds=1)):
        services.deliver_due()
        services.deliver_due()
    assert sorted(Delivery.objects.values_list("key", flat=True)) == sorted([first.key, second.key])


def test_a_reminder_that_could_not_leave_for_days_is_not_sent(small: make.SmallWorld) -> None:
    messages.tell(drafts([small.person]))
    with clock.shifted(messages.WORTH_SENDING + timedelta(minutes=1)):
        services.deliver_due()
    message = Message.objects.get()
    assert (message.state, message.values, Delivery.objects.count()) == (MessageState.EXPIRED, "", 0)


def until(month: int, day: int) -> timedelta:
    """From now to nine in the morning of a day of this year."""
    now = clock.now().astimezone(clock.SHANGHAI)
    return now.replace(month=month, day=day, hour=9, minute=0) - now


@pytest.mark.parametrize("runs", [1, 3])
def test_people_learn_what_their_year_lacks_once_a_term(small: make.SmallWorld, runs: int) -> None:
    with clock.shifted(until(3, 2)):
        w.decided(small.employer_admin, w.handed_in(small.person, "24"))
    for month, day, expected in ((10, 31, 0), (11, 1, 1), (11, 20, 1), (12, 1, 2), (12, 24, 3), (12, 31, 3)):
        with clock.shifted(until(month, day)):
            for _ in range(runs):
                tasks.remind(0)
            assert len(told(small.person, "closing")) == expected, (month, day)
    note = told(small.person, "closing")[0]
    year = clock.year()
    assert note.values["date"] == f"{year}-12-31"
    assert note.values["missing"] == _lacking(small)
    assert "您还缺：" in page(signed_in(small.person))
    assert len(told(small.colleague, "closing")) == 3


def _lacking(small: make.SmallWorld) -> str:
    """After 24 professional hours of the pack's requirement."""
    of_year = registry.pack("weihai").year(clock.year())
    titles = {one.key: one.title for one in of_year.subjects}
    gaps = [(titles[one.key], one.hours - (24 if one.key == "professional" else 0))
            for one in of_year.requirement.minimums if one.hours]  # fmt: skip
    gaps.append(("总学时", of_year.requirement.total - 24))
    return "、".join(f"{name} {hours.normalize():f} 学时" for name, hours in gaps if hours > 0)


def test_who_has_passed_the_year_is_left_in_peace(small: make.SmallWorld) -> None:
    from xueshi.ledger.models import YearAccount  # noqa: PLC0415 - set up as a year of many entries would leave it

    YearAccount.objects.create(person=small.record, year=clock.year(), portal="weihai", passed=True)
    with clock.shifted(until(12, 24)):
        tasks.remind(0)
    assert (len(told(small.person, "closing")), len(told(small.colleague, "closing"))) == (0, 1)


def test_drafts_are_remembered_before_the_year_ends(small: make.SmallWorld) -> None:
    kept = declarations.save_draft(small.person, w.entry(small.person))
    back = w.handed_in(small.person, "8", days=1)
    declarations.withdraw(small.person, back.pk)
    w.handed_in(small.colleague, "8", days=1)
    with clock.shifted(until(12, 24)):
        tasks.remind(0)
        tasks.remind(0)
    note = told(small.person, "drafts")[0]
    assert len(told(small.person, "drafts")) == 1
    assert (note.values["count"], note.values["year"], note.url) == ("2", str(kept.year), "/declarations/")
    assert told(small.colleague, "drafts") == []


def test_a_reviewer_is_reminded_of_what_waits_and_of_nothing_else(small: make.SmallWorld) -> None:
    rows = [w.handed_in(small.person, "8", days=1, form="seminar") for _ in range(2)]
    for days, expected in ((6, 0), (7, 1), (9, 1), (15, 2), (40, 2)):
        with clock.shifted(timedelta(days=days)):
            tasks.remind(0)
            assert len(told(small.employer_admin, "waiting")) == expected, days
    note = told(small.employer_admin, "waiting")[0]
    assert (note.values["count"], note.values["days"], note.values["kind"]) == ("2", "7", "学时申报")
    assert told(small.stranger_admin) == told(small.department_admin) == []
    client = signed_in(small.employer_admin)
    assert client.get(client.post(f"/messages/{note.pk}/")["Location"]).status_code == 200
    assert w.case(rows[0]).state == "pending"
