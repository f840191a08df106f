"""Cases, chains, rounds, batches, races: with a kind of document that exists only here."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import small_world as make
from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, NotAllowed, NotFound, RuleBroken
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import MembershipState, Power
from xueshi.reviews import batches, deciding, kinds, permissions, rules, selectors, services
from xueshi.reviews.deciding import Order
from xueshi.reviews.kinds import DocumentKind, Outcome
from xueshi.reviews.models import CaseEvent, ReviewCase, ReviewStep
from xueshi.reviews.rules import BadChain, StepPlan
from xueshi.reviews.services import Submission
from xueshi.reviews.states import CASE_MOVES, CaseState, Move, Stage, StepState, Verdict

pytestmark = pytest.mark.django_db
PASS, FAIL = Verdict.PASS, Verdict.FAIL
_heard: list[tuple[str, tuple[int, ...]]] = []
_full: set[int] = set()


def _approved(outcome: Outcome) -> Mapping[int, str]:
    refused = {case.pk: "本年度已满" for case in outcome.cases if case.pk in _full}
    _heard.append(("approved", tuple(case.pk for case in outcome.cases if case.pk not in refused)))
    return refused


def _heard_as(word: str) -> "kinds.Follow":
    def follow(outcome: Outcome) -> None:
        _heard.append((word, tuple(case.pk for case in outcome.cases)))

    return follow


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    _heard.clear()
    _full.clear()
    kind = DocumentKind(
        key="paper", label="测试", url="declarations:case", queue_url="declarations:desk",
        powers={Stage.REVIEW: Power.REVIEW_HOURS, Stage.VERIFICATION: Power.VERIFY_HOURS},
        on_approved=_approved, on_rejected=_heard_as("rejected"), on_withdrawn=_heard_as("withdrawn"),
        on_revoked=_heard_as("revoked"),
    )  # fmt: skip
    monkeypatch.setitem(kinds._KINDS, "paper", kind)


def verified_chain(world: make.SmallWorld) -> tuple[StepPlan, ...]:
    """Hours count on the employer's word and are looked at again."""
    return (
        StepPlan("employer", "用人单位初审", world.employer.pk, Stage.REVIEW, settles=True),
        StepPlan("superior", "主管部门审验", world.department.pk, Stage.VERIFICATION, settles=False),
    )


def two_step_chain(world: make.SmallWorld) -> tuple[StepPlan, ...]:
    """Hours count on the second word."""
    return (
        StepPlan("employer", "用人单位审核", world.employer.pk, Stage.REVIEW, settles=False),
        StepPlan("superior", "主管部门审核", world.department.pk, Stage.REVIEW, settles=True),
    )


def submission(world: make.SmallWorld, chain: tuple[StepPlan, ...], title: str = "论文") -> Submission:
    return Submission("paper", "weihai", title, world.person.user.pk, world.employer.pk, "d" * 64, chain)


def opened(world: make.SmallWorld, chain: tuple[StepPlan, ...] | None = None) -> ReviewCase:
    return services.open_case(
        submission(world, chain or verified_chain(world)),
        by=services.acting(world.person),
        submitted_by_id=world.person.user.pk,
    )


def order(case: ReviewCase, verdict: Verdict = PASS, comment: str = "同意") -> Order:
    return Order(verdict, {case.pk: case.version}, comment)


def test_a_chain_settles_exactly_once() -> None:
    first = StepPlan("a", "甲", 1, Stage.REVIEW, settles=False)
    with pytest.raises(BadChain):
        rules.check_chain((first,))
    late = StepPlan("b", "乙", 1, Stage.VERIFICATION, settles=True)
    with pytest.raises(BadChain):
        rules.check_chain((first, late))


@pytest.mark.parametrize(
    ("verdict", "stage", "settles", "move"),
    [
        (PASS, Stage.REVIEW, False, Move.HAND_ON),
        (PASS, Stage.REVIEW, True, Move.APPROVE),
        (FAIL, Stage.REVIEW, False, Move.REJECT),
        (FAIL, Stage.REVIEW, True, Move.REJECT),
        (PASS, Stage.VERIFICATION, False, Move.VERIFY),
        (FAIL, Stage.VERIFICATION, False, Move.REVOKE),
    ],
)
def test_what_a_verdict_does(verdict: Verdict, stage: Stage, settles: bool, move: Move) -> None:
    assert rules.move_for(verdict, stage, settles=settles) is move


def test_counts_at_the_first_desk_and_is_taken_back_at_the_second() -> None:
    world = make.build()
    case = opened(world)
    case = deciding.decide(world.employer_admin, order(case))
    assert (case.state, case.desk_id, case.stage) == (CaseState.APPROVED, world.department.pk, Stage.VERIFICATION)
    case = deciding.decide(world.department_admin, order(case, FAIL, "材料不符"))
    assert (case.state, case.desk_id) == (CaseState.REVOKED, None)
    assert _heard == [("approved", (case.pk,)), ("revoked", (case.pk,))]


def test_counts_only_at_the_second_desk() -> None:
    world = make.build()
    case = opened(world, two_step_chain(world))
    case = deciding.decide(world.employer_admin, order(case))
    assert (case.state, case.desk_id, _heard) == (CaseState.PENDING, world.department.pk, [])
    case = deciding.decide(world.department_admin, order(case))
    assert (case.state, case.desk_id, _heard) == (CaseState.APPROVED, None, [("approved", (case.pk,))])


def test_history_has_no_gaps_and_names_everybody() -> None:
    world = make.build()
    case = deciding.decide(world.employer_admin, order(opened(world)))
    case = deciding.decide(world.department_admin, order(case))
    lines = list(CaseEvent.objects.filter(case=case).order_by("version").values_list("version", "move", "by__name"))
    assert lines == [(1, "submit", "王志远"), (2, "approve", "张敏"), (3, "verify", "部门管理员")]
    assert case.version == 3


def test_rejection_needs_a_word_and_a_new_round_begins_afresh() -> None:
    world = make.build()
    case = opened(world, two_step_chain(world))
    with pytest.raises(RuleBroken, match="请填写审核意见"):
        deciding.decide(world.employer_admin, order(case, FAIL, " "))
    case = deciding.decide(world.employer_admin, order(case, FAIL, "未盖章"))
    assert case.state == CaseState.REJECTED
    states = list(case.steps.order_by("position").values_list("state", flat=True))
    assert states == [StepState.FAILED, StepState.DROPPED]
    case = services.resubmit(world.person, case.pk, submission(world, verified_chain(world)))
    assert (case.round, case.state, case.desk_id) == (2, CaseState.PENDING, world.employer.pk)
    case = deciding.decide(world.employer_admin, order(case))
    assert case.state == CaseState.APPROVED


def test_withdrawing_only_before_anybody_decided() -> None:
    world = make.build()
    case = opened(world, two_step_chain(world))
    with pytest.raises(NotFound):
        services.withdraw(world.colleague, case.pk)
    with pytest.raises(NotAllowed):
        services.withdraw(world.employer_admin, case.pk)
    withdrawn = services.withdraw(world.person, case.pk)
    assert (withdrawn.state, withdrawn.desk_id) == (CaseState.WITHDRAWN, None)
    assert _heard == [("withdrawn", (case.pk,))]
    again = services.resubmit(world.person, case.pk, submission(world, two_step_chain(world)))
    deciding.decide(world.employer_admin, order(again))
    with pytest.raises(NotAllowed, match="已有单位审核"):
        services.withdraw(world.person, case.pk)


def test_an_old_version_is_not_decided() -> None:
    world = make.build()
    case = opened(world)
    stale = order(case)
    services.withdraw(world.person, case.pk)
    services.resubmit(world.person, case.pk, submission(world, verified_chain(world)))
    with pytest.raises(MovedOn, match="已变更"):
        deciding.decide(world.employer_admin, stale)
    case.refresh_from_db()
    assert case.state == CaseState.PENDING


def test_a_row_out_of_reach_refuses_the_whole_batch() -> None:
    world = make.build()
    mine, foreign = opened(world), opened(world, two_step_chain(world))
    ReviewStep.objects.filter(case=foreign).update(desk=world.stranger)
    ReviewCase.objects.filter(pk=foreign.pk).update(desk=world.stranger)
    for extra in ({foreign.pk: 1}, {0: 1}):
        with pytest.raises(NotFound):
            deciding.decide_many(world.employer_admin, Order(PASS, {mine.pk: 1, **extra}))
    assert set(ReviewCase.objects.values_list("state", flat=True)) == {CaseState.PENDING}
    assert CaseEvent.objects.count() == 2


def test_a_batch_reports_what_it_could_not_do() -> None:
    world = make.build()
    good, gone, full = opened(world), opened(world), opened(world)
    items = {case.pk: case.version for case in (good, gone, full)}
    services.withdraw(world.person, gone.pk)
    _full.add(full.pk)
    report = deciding.decide_many(world.employer_admin, Order(PASS, items))
    assert report.done == (good.pk,)
    assert [(row.case_id, row.reason) for row in report.refused] == [
        (gone.pk, "已由他人处理或内容已变更"),
        (full.pk, "本年度已满"),
    ]
    full.refresh_from_db()
    assert (full.state, full.version, full.desk_id) == (CaseState.PENDING, 1, world.employer.pk)


def test_nobody_decides_what_is_theirs() -> None:
    world = make.build()
    case = opened(world)
    own_hat = make.hat(world.person.user, world.employer, world.employer_admin.membership.hat)
    as_admin = Actor(world.person.user, own_hat, world.employer, world.employer_admin.powers)
    with pytest.raises(MovedOn, match="不能审核本人"):
        deciding.decide(as_admin, order(case))
    assert list(selectors.inbox(as_admin, "paper")) == []
    case.refresh_from_db()
    assert case.state == CaseState.PENDING


def test_nobody_decides_twice_at_two_levels() -> None:
    world = make.build()
    case = deciding.decide(world.employer_admin, order(opened(world)))
    hat = make.hat(world.employer_admin.user, world.department, world.department_admin.membership.hat)
    above = Actor(world.employer_admin.user, hat, world.department, world.department_admin.powers)
    with pytest.raises(MovedOn, match="上一环节"):
        deciding.decide(above, order(case))
    assert list(selectors.inbox(above, "paper", Stage.VERIFICATION)) == []


def test_the_checks_and_the_filters_agree() -> None:
    world = make.build()
    opened(world)
    deciding.decide(world.employer_admin, order(opened(world)))
    deciding.decide(world.employer_admin, order(opened(world), FAIL, "不符"))
    opened(world, two_step_chain(world))
    for hat in (
        world.employer_admin.membership,
        make.administrator("第二位", world.employer, is_super=False).membership,
    ):
        ReviewCase.objects.filter(pk=opened(world).pk).update(handler=hat)
    powerless = Actor(world.employer_admin.user, world.employer_admin.membership, world.employer, frozenset())
    actors = (
        world.person,
        world.colleague,
        world.employer_admin,
        world.department_admin,
        world.stranger_admin,
        powerless,
    )
    cases = list(ReviewCase.objects.prefetch_related("steps").select_related("organisation"))
    pairs = (
        (permissions.can_see_case, permissions.cases_seen_by),
        (permissions.can_decide, permissions.cases_decidable_by),
        (permissions.can_withdraw, permissions.cases_withdrawable_by),
        (permissions.may_review, permissions.cases_reviewable_by),
        (permissions.can_take_back, permissions.cases_taken_back_by),
    )
    for actor in actors:
        for check, narrow in pairs:
            allowed = {case.pk for case in cases if check(actor, case)}
            assert set(ReviewCase.objects.filter(narrow(actor)).values_list("pk", flat=True)) == allowed


def test_the_todo_count_is_one_query_over_all_kinds(django_assert_num_queries: object) -> None:
    world = make.build()
    opened(world)
    deciding.decide(world.employer_admin, order(opened(world)))
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert selectors.todo_counts(world.employer_admin) == {("paper", Stage.REVIEW): 1}
    assert selectors.todo_counts(world.department_admin) == {("paper", Stage.VERIFICATION): 1}


def test_a_batch_of_all_takes_the_shown_set_only() -> None:
    world = make.build()
    shown = [opened(world) for _ in range(3)]
    as_shown = {case.pk: case.version for case in shown}
    run = batches.freeze(world.employer_admin, batches.Freeze("paper", Stage.REVIEW, PASS, as_shown))
    later = opened(world)
    services.withdraw(world.person, shown[1].pk)
    with pytest.raises(NotFound):
        batches.confirm(world.stranger_admin, run.token, "")
    batches.work(batches.confirm(world.employer_admin, run.token, "").pk)
    with pytest.raises(MovedOn):
        batches.confirm(world.employer_admin, run.token, "")
    run.refresh_from_db()
    assert (run.done, len(run.refused), run.processed) == (2, 1, 3)
    later.refresh_from_db()
    assert later.state == CaseState.PENDING


def test_a_batch_whose_process_died_goes_on() -> None:
    world = make.build()
    case = opened(world)
    run = batches.freeze(world.employer_admin, batches.Freeze("paper", Stage.REVIEW, PASS, {case.pk: case.version}))
    batches.confirm(world.employer_admin, run.token, "")
    assert batches.resume() == 0
    with clock.shifted(timedelta(minutes=2)):
        assert batches.resume() == 1
        assert batches.resume() == 0
    assert ReviewCase.objects.get(pk=case.pk).state == CaseState.APPROVED


def test_authority_is_read_while_a_batch_runs() -> None:
    world = make.build()
    case = opened(world)
    run = batches.freeze(world.employer_admin, batches.Freeze("paper", Stage.REVIEW, PASS, {case.pk: case.version}))
    batches.confirm(world.employer_admin, run.token, "")
    Membership.objects.filter(pk=world.employer_admin.membership.pk).update(state=MembershipState.ENDED)
    batches.work(run.pk)
    run.refresh_from_db()
    assert (run.done, run.refused[0]["reason"]) == (0, "审核权限已被收回")
    assert ReviewCase.objects.get(pk=case.pk).state == CaseState.PENDING


def test_the_database_knows_the_rules_too() -> None:
    world = make.build()
    case = opened(world)
    attempts = (
        lambda: ReviewStep.objects.filter(case=case).update(state=StepState.ACTIVE),
        lambda: ReviewStep.objects.filter(case=case).update(state=StepState.PASSED),
        lambda: ReviewCase.objects.filter(pk=case.pk).update(desk=None),
        lambda: CaseEvent.objects.create(case=case, version=1, round=1, move="x", state="x", by=world.person.user,
                                         at=case.submitted_at),
    )  # fmt: skip
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_the_table_has_no_other_rows() -> None:
    assert len(list(CASE_MOVES.rows())) == 13
    assert Organisation.objects.count() == 0
