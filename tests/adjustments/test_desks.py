"""Who may see, decide and revoke; several at once; people who change level in the middle of a year."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from tests import small_world as make
from tests.adjustments.conftest import Ask, account, decide, needed
from tests.browsers import signed_in
from tests.checks.races.contest import accidents, together
from tests.declarations.world import picture, stored
from xueshi.adjustments import permissions, services
from xueshi.adjustments.models import Adjustment, Proof
from xueshi.config.reports import invariants
from xueshi.kernel import clock
from xueshi.ledger import services as ledger
from xueshi.ledger.models import LedgerEntry, TargetChange, YearAccount
from xueshi.ledger.rules import Change
from xueshi.ledger.services import Posting, Shift
from xueshi.ledger.states import Effect
from xueshi.organisations.actors import Actor
from xueshi.people.models import Title
from xueshi.reviews import deciding
from xueshi.reviews.deciding import Order, Report
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import Verdict

DESK = "/adjustments/review/"


def everybody(world: make.SmallWorld) -> dict[str, Actor]:
    names = (
        "person", "colleague", "employer_admin", "branch_admin", "stranger_admin", "department_admin",
        "district_admin", "city_admin",
    )  # fmt: skip
    return {name: getattr(world, name) for name in names}


def test_each_question_agrees_with_its_filter_and_strangers_find_nothing(world: make.SmallWorld, ask: Ask) -> None:
    pending = ask(world.person, "waive", "illness")
    approved = ask(world.person, "reduce", "illness", measure="share", share="50")
    decide(world.employer_admin, approved)
    decide(world.department_admin, approved)
    key = Proof.objects.order_by("pk")[0].file.key
    rows = list(Adjustment.objects.select_related("case__organisation", "person").order_by("pk"))
    seers: set[str] = set()
    for name, actor in everybody(world).items():
        for can, seen_by in (
            (permissions.can_see_adjustment, permissions.adjustments_seen_by),
            (permissions.can_revoke, permissions.revocable_by),
        ):
            allowed = {row.pk for row in rows if can(actor, row)}
            assert set(Adjustment.objects.filter(seen_by(actor)).values_list("pk", flat=True)) == allowed
        client, sees = signed_in(actor), name not in {"colleague", "branch_admin", "stranger_admin"}
        for path in (f"/adjustments/cases/{pending.pk}/", f"/adjustments/cases/{pending.pk}/proof/{key}/"):
            assert client.get(path).status_code == (200 if sees else 404), (name, path)
        if not sees:
            for verb in ("withdraw", "revoke"):
                foreign = client.post(f"/adjustments/cases/{approved.pk}/{verb}/", {"reason": "x"})
                absent = client.post(f"/adjustments/cases/2000000011/{verb}/", {"reason": "x"})
                assert (foreign.status_code, absent.status_code) == (404, 404), (name, verb)
        if permissions.can_revoke(actor, rows[1]):
            seers.add(name)
    assert seers == {"department_admin"}
    assert account(world).passed is False
    assert [one.live for one in Adjustment.objects.order_by("pk")] == [True, True]
    assert signed_in(world.person).get("/adjustments/review/").status_code == 403
    upload = stored(world.person, picture(5))
    assert signed_in(world.person).get(f"/adjustments/uploads/{upload.key}/").status_code == 200
    assert signed_in(world.colleague).get(f"/adjustments/uploads/{upload.key}/").status_code == 404


def test_a_refused_verdict_and_a_refused_batch_leave_the_desk_as_it_was(world: make.SmallWorld, ask: Ask) -> None:
    case, browser = ask(world.person, "waive", "illness"), signed_in(world.employer_admin)
    desk, row = "/adjustments/review/?name=志远", f"{case.pk}:{case.version}"
    here = f"{desk}&case={case.pk}"
    opened = browser.get(here)
    assert (opened.status_code, f'name="row" value="{row}"' in opened.content.decode()) == (200, True)
    for words, problem in ((" ", "不通过时请填写审核意见"), ("长" * 301, "审核意见不能超过 300 字")):
        sent = {"row": row, "verdict": "fail", "comment": words, "next": desk}
        refused = browser.post("/reviews/decide/", sent | {"here": here})
        detail = refused.content.decode().split('id="detail"')[1]
        assert (refused.status_code, f'role="alert">{problem}</p>' in detail) == (422, True)
        assert re.search(rf'name="comment"[^>]*value="{words}" aria-invalid="true"[^>]*autofocus', detail)
        batch = browser.post("/reviews/decide/", sent | {"verdict": "", "action": "fail"})
        toolbar = batch.content.decode().split('class="x-toolbar"')[1]
        assert (batch.status_code, f'role="alert">{problem}</p>' in toolbar) == (422, True)
        assert re.search(rf'name="row" value="{row}"[^>]* checked>', toolbar)
        assert re.search(rf'name="comment"[^>]*value="{words}" aria-invalid="true"[^>]*autofocus', toolbar)
    case.refresh_from_db()
    assert (case.state, case.version, Adjustment.objects.get().live) == ("pending", 1, True)


@pytest.mark.req("ORG-44", "CV-11")
def test_a_unit_whose_right_was_closed_decides_no_event(world: make.SmallWorld, ask: Ask) -> None:
    """What waits and what is asked later is the superior's; given back, it waits at the unit again."""
    right = f"/registrations/unit/{world.employer.pk}/review/"
    superior, unit = signed_in(world.department_admin), signed_in(world.employer_admin)
    waiting = ask(world.person, "waive", "illness")
    assert superior.post(right, {"reason": "资料不全"}).status_code == 302
    later = ask(world.colleague, "waive", "illness", key="b")
    closed = unit.get(DESK)
    assert (words(closed, "上级部门已关闭本单位的审核权限", "资料不全"), drawn(closed)) == ([True, True], [])
    for case in (waiting, later):
        assert decide(world.employer_admin, case).status_code == 422
        assert way(case) == (world.department.pk, [("active", world.department.pk), ("waiting", world.department.pk)])
    assert drawn(superior.get(DESK)) == [waiting.pk, later.pk]
    assert decide(world.department_admin, waiting).status_code == 302
    assert superior.post(right, {"reason": ""}).status_code == 302
    assert (drawn(unit.get(DESK)), words(unit.get(DESK), "上级部门已关闭")) == ([later.pk], [False])
    assert decide(world.employer_admin, later).status_code == 302
    assert decide(world.department_admin, later).status_code == 302
    assert [way(case)[1][0][0] for case in (waiting, later)] == ["passed", "passed"]
    later.refresh_from_db()
    assert later.state == "approved"


@pytest.mark.req("ORG-44")
def test_a_second_desk_that_was_closed_settles_no_event(world: make.SmallWorld, ask: Ask) -> None:
    """Closed while the event waits before it or before the event is asked for: the body above settles it."""
    department, district = world.department.pk, world.district.pk
    before = ask(world.person, "waive", "illness")
    right = f"/registrations/unit/{department}/review/"
    assert signed_in(world.district_admin).post(right, {"reason": "资料不全"}).status_code == 302
    after = ask(world.colleague, "waive", "illness", key="b")
    for case in (before, after):
        assert way(case) == (world.employer.pk, [("active", world.employer.pk), ("waiting", district)])
        assert decide(world.employer_admin, case).status_code == 302
        assert decide(world.department_admin, case).status_code == 422
        assert way(case) == (district, [("passed", world.employer.pk), ("active", district)])
    assert drawn(signed_in(world.department_admin).get(DESK)) == []
    assert decide(world.district_admin, before).status_code == 302
    assert signed_in(world.district_admin).post(right, {"reason": ""}).status_code == 302
    assert decide(world.department_admin, after).status_code == 302
    assert [way(case)[1][1] for case in (before, after)] == [("passed", district), ("passed", department)]


def way(case: ReviewCase) -> tuple[int | None, list[tuple[str, int]]]:
    """Where the case waits, and (state, desk) of each step."""
    case.refresh_from_db()
    return case.desk_id, list(case.steps.order_by("position").values_list("state", "desk_id"))


def drawn(answer: HttpResponse) -> list[int]:
    """The cases that a desk lists."""
    return [row.pk for row in answer.context["list"].rows]


def words(answer: HttpResponse, *wanted: str) -> list[bool]:
    """Which of these a page says."""
    return [word in answer.content.decode() for word in wanted]


def test_a_desk_is_searched_by_the_names_of_people_alone(world: make.SmallWorld, ask: Ask) -> None:
    first, second = ask(world.person, "waive", "illness"), ask(world.colleague, "waive", "illness", key="b")
    unit = signed_in(world.employer_admin)
    for name, found in {"": [first, second], "志远": [first], "春燕": [second], "年度": [], "免": []}.items():
        assert drawn(unit.get(f"{DESK}?name={name}")) == [case.pk for case in found], name


def test_two_events_of_one_batch_take_no_more_than_the_year_asks(world: make.SmallWorld, ask: Ask) -> None:
    """Each is judged with those before it in force, so that a batch grants what single verdicts grant."""
    cases = [ask(world.person, kind, "illness", measure="hours", hours="60") for kind in ("defer", "reduce")]
    other = ask(world.colleague, "reduce", "illness", measure="hours", hours="60", key="theirs")
    for case in (*cases, other):
        decide(world.employer_admin, case)
    rows = [f"{case.pk}:2" for case in (*cases, other)]
    answer = signed_in(world.department_admin).post("/reviews/decide/", {"row": rows, "action": "pass"}, follow=True)
    said = f"{clock.year()} 年度现只要求 30 学时，不能再减少 60 学时"
    assert answer.content.decode().count(said) == 1
    states = [ReviewCase.objects.get(pk=case.pk).state for case in (*cases, other)]
    assert states == ["approved", "pending", "approved"]
    assert (needed(world)[0], needed(world, clock.year() + 1)[0]) == (("", "30.0"), ("", "150.0"))
    assert set(TargetChange.objects.values_list("person_id", "amount")) == {
        (world.record.pk, Decimal(-60)), (world.record.pk, Decimal(60)), (world.colleague_record.pk, Decimal(-60)),
    }  # fmt: skip
    assert invariants.check("INV-21").violations == 0


def test_hours_deferred_earlier_in_a_batch_can_be_taken_from_the_year_they_went_to(world: make.SmallWorld) -> None:
    year = clock.year()

    def shift(source: int, *changes: tuple[int, int]) -> Shift:
        made = (Change(Effect.HOURS, Decimal(hours), of, of, "测试", "test", source) for hours, of in changes)
        return Shift(world.record.pk, "weihai", tuple(made))

    moved, taken, more = shift(1, (-60, year), (60, year + 1)), shift(2, (-120, year + 1)), shift(3, (-31, year + 1))
    assert set(ledger.change_targets([moved, taken, more], by=make.NOBODY)) == {3}
    assert (needed(world)[0], needed(world, year + 1)[0]) == (("", "30.0"), ("", "30.0"))


def test_a_level_changed_in_mid_year_counts_from_the_next(world: make.SmallWorld) -> None:
    """The packs of this test ask 40 hours of juniors, 24 of them public; what is asked of a year is not moved in it."""
    year, now = clock.year(), clock.now()
    Title.objects.create(professional=world.record, level="junior", live_from=now - timedelta(days=800), live_until=now)
    live = Title.objects.filter(professional=world.record, live_until=None).get()
    live.level, live.live_from = "middle", now
    live.save()
    post = [
        Posting(world.record.pk, "weihai", one, "public", "other", Decimal(40), "test", one) for one in (year, year - 1)
    ]
    ledger.post_many(post, by=make.NOBODY)
    assert (account(world).passed, needed(world)) == (True, [("", "40"), ("public", "24")])
    assert asked_on_page(world, year) == ["40", "24"]
    with clock.shifted(timedelta(days=366)):
        ledger.post_many([Posting(world.record.pk, "weihai", year + 1, "public", "other", Decimal(40), "test", 1)],
                         by=make.NOBODY)  # fmt: skip
        assert asked_on_page(world, year + 1) == ["90", "60"]
    assert (account(world, year + 1).passed, needed(world, year + 1)[0]) == (False, ("", "90"))


def asked_on_page(world: make.SmallWorld, year: int) -> list[str]:
    """What the page of a year says that it asks of the person."""
    text = signed_in(world.person).get(f"/years/{account(world, year).pk}/").content.decode()
    return re.findall(r'data-l="要求学时"[^>]*>(?:<[^>]+>)*([\d.]+)', text)


def test_a_batch_of_postings_costs_no_question_a_row(world: make.SmallWorld, ask: Ask) -> None:
    case = ask(world.person, "reduce", "illness", measure="hours", hours="10")
    decide(world.employer_admin, case)
    decide(world.department_admin, case)
    counts, year = [], clock.year()
    for many, first in ((1, 0), (1, 100), (40, 200)):  # the first of all open the accounts
        people = [world.record.pk, world.colleague_record.pk] * many
        posts = [
            Posting(pk, "weihai", year - place % 2, "public", "other", Decimal("0.5"), "test", first + place)
            for place, pk in enumerate(people)
        ]
        with CaptureQueriesContext(connection) as asked:
            ledger.post_many(posts, by=make.NOBODY)
        counts.append(len(asked))
    assert counts[1] == counts[2]


@pytest.mark.django_db(transaction=True)
def test_two_approvals_of_one_event_change_the_target_once(on: None) -> None:
    world = make.build()
    second = make.administrator("部门副管理员", world.department, is_super=False)
    deputy = Actor(second.user, second.membership, second.organisation, world.department_admin.powers)
    asked = services.Asked(
        clock.year(), "reduce", "illness", clock.today(), clock.today(), "hours", Decimal(40), "",
        (stored(world.person),), "k",
    )  # fmt: skip
    row = services.ask(world.person, asked)
    assert row.case is not None
    deciding.decide(world.employer_admin, Order(Verdict.PASS, {row.case.pk: 1}))

    def post(place: int) -> None:
        one = Posting(world.record.pk, "weihai", clock.year(), "professional", "other", Decimal(10), "test", place)
        ledger.post_many([one], by=make.NOBODY)

    order = Order(Verdict.PASS, {row.case.pk: 2})
    results = together(
        lambda: deciding.decide_many(world.department_admin, order),
        lambda: deciding.decide_many(deputy, order),
        *(lambda place=place: post(place) for place in range(5)),
    )
    assert accidents(results) == []
    assert sorted(len(one.done) for one in results if isinstance(one, Report)) == [0, 1]
    assert (TargetChange.objects.count(), LedgerEntry.objects.count(), YearAccount.objects.count()) == (1, 5, 1)
    assert (account(world).passed, needed(world)[0]) == (True, ("", "50.0"))
    assert invariants.check("INV-21").violations == 0
    revoked = together(
        lambda: services.revoke(world.department_admin, row.case_id or 0, "证明不实"),
        lambda: services.revoke(deputy, row.case_id or 0, "证明不实"),
    )
    assert accidents(revoked) == []
    assert sum(isinstance(one, Adjustment) for one in revoked) == 1
    assert (TargetChange.objects.count(), account(world).passed) == (2, False)
    assert invariants.check("INV-21").violations == 0
