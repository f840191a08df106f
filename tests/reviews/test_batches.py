"""全部通过 over thousands: in slices, with progress, going on after its process was killed, told row by row."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import page
from tools.bench.world import World
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import OrganisationKind
from xueshi.portal.seeds.bodies import Body
from xueshi.portal.seeds.building import Person
from xueshi.reviews import batches, deciding, queues
from xueshi.reviews.models import BatchRun, ReviewCase
from xueshi.reviews.states import CaseState, Stage, Verdict
from xueshi.reviews.tasks import resume_batches, run_batch, sweep

pytestmark = pytest.mark.django_db
DESK, REVIEW = "/declarations/review/", Stage.REVIEW


def shown(browser: Client, query: str = "") -> str:
    """The set that the button 全部通过 would take."""
    token = re.search(r'name="token" value="([^"]+)"', page(browser, f"{DESK}{query}"))
    assert token
    return token[1]


def waiting(world: make.SmallWorld, count: int) -> list[int]:
    """So many declarations of an hour each that wait at the unit's desk; their cases in order."""
    first = services.submit(world.person, w.paper(world.person, "1"))
    unit = Body("unit", "", OrganisationKind.EMPLOYER, "", "weihai", "371002")
    people = [Person(world.person, world.record, unit), Person(world.colleague, world.colleague_record, unit)]
    more = World(world.employer_admin, people, w.fresh(first)).hand_in(count - 1)
    return sorted([w.case(first).pk, *more])


@pytest.mark.req("CV-03")
@pytest.mark.parametrize("at_most", [11, 12, 5_000])
def test_a_desk_counts_all_that_waits_and_a_button_takes_as_many_as_it_may(
    at_most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "SHOWN_AT_MOST", at_most)
    world = make.build()
    cases, browser = waiting(world, 12), signed_in(world.employer_admin)
    assert "共12条" in page(browser, DESK)
    address = browser.post("/reviews/all/", {"token": shown(browser), "action": "pass"})["Location"]
    assert browser.post(address).status_code == 302
    passed = ReviewCase.objects.filter(state=CaseState.APPROVED).order_by("pk")
    assert list(passed.values_list("pk", flat=True)) == cases[:at_most]


def report_of(browser: Client, address: str) -> tuple[str, list[str]]:
    """What a batch did, and why each of the others was left, by title."""
    text = page(browser, address)
    done = re.search(r"<b>(已\w+ \d+ 条)</b>", text)
    assert done
    return done[1], re.findall(r"<li>([^<]+)</li>", text)


@pytest.mark.req("CV-03")
@pytest.mark.parametrize(("count", "query"), [(2, ""), (12, ""), (12, "?form=paper&sort=year")])
def test_what_changed_after_the_page_was_drawn_is_named_and_not_decided(count: int, query: str) -> None:
    """Whether all rows stand on the page, or are named by the list as it opens or as it is filtered."""
    world = make.build()
    cases, browser = waiting(world, count), signed_in(world.employer_admin)
    raised, gone = (Declaration.objects.get(case_id=case) for case in (cases[0], cases[-1]))
    token = shown(browser, query)
    services.withdraw(world.person, raised.pk)
    services.submit(world.person, w.paper(world.person, "24"), w.edit(raised))
    services.withdraw(world.person if w.owner(cases[-1]) == world.person.user.pk else world.colleague, gone.pk)
    address = browser.post("/reviews/all/", {"token": token, "action": "pass"})["Location"]
    told = page(browser, address)
    assert (f"<b>{count}</b> 条" in told, "其中 <b>2</b> 条" in told) == (True, True)
    assert ("共申报" in told, f"共申报 {count - 2} 学时" in told) == (count > 2, count > 2), "of what will pass"
    browser.post(address)
    moved_on = [f"{w.case_title(case)}：已由他人处理或内容已变更" for case in (cases[0], cases[-1])]
    assert report_of(browser, address) == (f"已通过 {count - 2} 条", moved_on)
    assert (w.case(raised).state, w.fresh(raised).hours_recognised) == (CaseState.PENDING, None)
    assert ReviewCase.objects.filter(state=CaseState.APPROVED).count() == count - 2


def test_a_set_is_signed_alike_by_its_rows_and_by_the_question_for_them() -> None:
    world = make.build()
    waiting(world, 3)
    raised = Declaration.objects.order_by("pk")[0]
    services.withdraw(world.person, raised.pk)
    services.submit(world.person, w.paper(world.person, "24"), w.edit(raised))
    cases, documents = ReviewCase.objects.all(), Declaration.objects.select_related("case")
    as_shown = dict(cases.order_by("pk").values_list("pk", "version"))
    assert set(as_shown.values()) == {1, 3}
    desk, by_case, by_document = world.employer_admin, queues.token("a", REVIEW, key="pk"), queues.token("a", REVIEW)
    signed = [
        *(by_case(desk, rows) for rows in (cases, list(cases))),
        *(by_document(desk, rows) for rows in (documents, list(documents))),
    ]
    assert [queues.shown(desk, token) for token in signed] == [("a", REVIEW, as_shown)] * 4


def broken_off(run_id: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The slices a worker decides before it is killed at its third."""
    decided: list[int] = []
    real = deciding.decide_many

    def killed(actor: object, order: deciding.Order) -> deciding.Report:
        if len(decided) == 2:
            raise KeyboardInterrupt
        decided.append(len(order.items))
        return real(actor, order)  # type: ignore[arg-type]  # passed on

    with monkeypatch.context() as dying:
        dying.setattr(deciding, "decide_many", killed)
        with pytest.raises(KeyboardInterrupt):
            batches.work(run_id)
    return decided


def test_a_batch_of_many_is_a_task_that_survives_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make.build()
    monkeypatch.setattr(batches, "SLICE", 40)
    monkeypatch.setattr(batches, "AT_ONCE", 100)
    cases = waiting(world, 201)
    browser, deferred = signed_in(world.employer_admin), list[int]()
    monkeypatch.setattr(type(run_batch), "defer", lambda _task, run_id: deferred.append(run_id))
    address = browser.post("/reviews/all/", {"token": shown(browser), "action": "pass"})["Location"]
    text = page(browser, address)
    assert ("<b>201</b> 条" in text, "涉及 2 人，共申报 201 学时" in text, "通过后有 2 人" in text) == (
        True,
        True,
        True,
    )
    gone = cases[60]
    owner = world.person if w.owner(gone) == world.person.user.pk else world.colleague
    services.withdraw(owner, Declaration.objects.get(case_id=gone).pk)
    assert browser.post(address, {"comment": "集中审核"}).status_code == 302
    run = BatchRun.objects.get()
    assert (deferred, run.processed, ReviewCase.objects.filter(state=CaseState.APPROVED).count()) == ([run.pk], 0, 0)
    assert broken_off(run.pk, monkeypatch) == [batches.SLICE] * 2
    half = page(browser, address)
    assert (f"{2 * batches.SLICE} / 201 条" in half, "every 1s" in half) == (True, True)
    assert ReviewCase.objects.filter(state=CaseState.APPROVED).count() == 2 * batches.SLICE - 1
    assert (batches.resume(), BatchRun.objects.get().processed) == (0, 2 * batches.SLICE), "it may still be running"
    with clock.shifted(batches.STALE * 2):
        resume_batches(0)
    run.refresh_from_db()
    assert (run.processed, run.done, run.refused) == (
        201, 200, [{"title": w.case_title(gone), "reason": "已由他人处理或内容已变更"}],
    )  # fmt: skip
    report = page(browser, address)
    assert ("已通过 200 条" in report, "1 条未处理" in report, w.case_title(gone) in report) == (True, True, True)
    assert w.total(world) in {100, 101}
    assert signed_in(world.stranger_admin).get(address).status_code == 404


@pytest.mark.req("ORG-44", "CV-03")
@pytest.mark.parametrize(("verdict", "word"), [("pass", "已通过"), ("fail", "已驳回")])
def test_what_has_left_the_reviewers_reach_is_named_and_the_batch_comes_to_its_end(verdict: str, word: str) -> None:
    """A stand-in confirms after one unit reviews by itself again and its applicant took a declaration back."""
    world = make.build("shandong")
    stand_in, outsider = signed_in(world.department_admin), make.professional("周文斌", world.stranger)[0]
    rights = [f"/registrations/unit/{unit.pk}/review/" for unit in (world.employer, world.stranger)]
    assert [stand_in.post(right, {"reason": "核查中"}).status_code for right in rights] == [302, 302]
    gone, back, kept = (w.handed_in(one) for one in (world.person, world.colleague, outsider))
    address = stand_in.post("/reviews/all/", {"token": shown(stand_in), "action": verdict})["Location"]
    assert stand_in.post(rights[0], {"reason": ""}).status_code == 302
    services.withdraw(world.person, gone.pk)
    by_hand = {"row": f"{gone.case_id}:{w.case(gone).version}", "verdict": verdict, "comment": "不符"}
    assert stand_in.post("/reviews/decide/", by_hand).status_code == 404, "a single row that is not theirs"
    assert stand_in.post(address, {"comment": "不符"}).status_code == 302
    moved_on = [f"{w.case(one).title}：已由他人处理或内容已变更" for one in (gone, back)]
    assert report_of(stand_in, address) == (f"{word} 1 条", moved_on)
    settled = CaseState.APPROVED if verdict == "pass" else CaseState.REJECTED
    states = [w.case(one).state for one in (gone, back, kept)]
    assert states == [CaseState.WITHDRAWN, CaseState.PENDING, settled]


def test_a_batch_none_of_which_is_within_reach_any_more_ends() -> None:
    world = make.build("shandong")
    stand_in, right = signed_in(world.department_admin), f"/registrations/unit/{world.employer.pk}/review/"
    stand_in.post(right, {"reason": "核查中"})
    gone = w.handed_in(world.person)
    address = stand_in.post("/reviews/all/", {"token": shown(stand_in), "action": "fail"})["Location"]
    assert stand_in.post(right, {"reason": ""}).status_code == 302
    services.withdraw(world.person, gone.pk)
    assert stand_in.post(address, {"comment": "不符"}).status_code == 302
    assert report_of(stand_in, address) == ("已驳回 0 条", [f"{w.case(gone).title}：已由他人处理或内容已变更"])


def test_one_that_fails_holds_up_no_other(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    world = make.build()
    cases, desk = waiting(world, 2), world.employer_admin
    kept = [batches.Freeze("declaration", REVIEW, Verdict.PASS, {case: 1}) for case in cases]
    broken, whole = (batches.confirm(desk, batches.freeze(desk, one).token, "") for one in kept)
    real = deciding.decide_many

    def failing(actor: Actor, order: deciding.Order) -> deciding.Report:
        if cases[0] in order.items:
            raise ZeroDivisionError
        return real(actor, order)

    with clock.shifted(batches.STALE * 2), monkeypatch.context() as breaking:
        breaking.setattr(deciding, "decide_many", failing)
        resume_batches(0)
    finished = BatchRun.objects.filter(finished_at__isnull=False)
    assert list(finished) == [whole]
    assert [record.getMessage() for record in caplog.records] == [f"batch {broken.pk} failed and is tried again"]
    with clock.shifted(batches.STALE * 2):
        resume_batches(0)
    assert set(finished.all()) == {broken, whole}


def test_the_batches_of_a_reviewer_are_found_again() -> None:
    world = make.build()
    waiting(world, 2)
    browser = signed_in(world.employer_admin)
    assert "没有批量处理记录" in page(browser, "/reviews/all/")
    address = browser.post("/reviews/all/", {"token": shown(browser), "action": "pass"})["Location"]
    assert address not in page(browser, "/reviews/all/"), "not confirmed, so it did nothing"
    browser.post(address, {})
    text = page(browser, "/reviews/all/")
    assert (address in text, "学时申报" in text, "2 / 2" in text) == (True, True, True)
    assert address not in page(signed_in(world.stranger_admin), "/reviews/all/")
    assert Verdict(BatchRun.objects.get().verdict) is Verdict.PASS


def test_old_batches_are_forgotten_and_unanswered_ones_sooner() -> None:
    world = make.build()
    waiting(world, 2)
    browser = signed_in(world.employer_admin)
    answered, unanswered = (
        browser.post("/reviews/all/", {"token": shown(browser), "action": "pass"})["Location"] for _ in range(2)
    )
    browser.post(answered, {})
    kept = settings.RETENTION
    for after, left in ((timedelta(0), 2), (kept["unanswered_runs"], 1), (kept["finished_runs"], 0)):
        with clock.shifted(after + timedelta(minutes=1)):
            sweep(0)
            sweep(0)
        assert BatchRun.objects.count() == left
    assert browser.get(unanswered).status_code == 404
