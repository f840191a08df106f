"""Two and more at once at a desk: threads against the real database."""

from functools import partial

import pytest

from tests import small_world as make
from tests.checks.races.contest import together
from tests.reviews.test_deciding import (
    FAIL,
    PASS,
    _heard,
    _kind,
    opened,
    order,
)
from xueshi.kernel.errors import MovedOn
from xueshi.organisations.actors import Actor
from xueshi.organisations.services import create_role
from xueshi.organisations.states import Power
from xueshi.reviews import deciding, services
from xueshi.reviews.deciding import Order
from xueshi.reviews.models import BatchRun, CaseEvent, ReviewCase
from xueshi.reviews.states import CaseState, Stage, StepState

__all__ = ["_kind"]


@pytest.mark.django_db(transaction=True)
def test_twenty_reviewers_make_one_decision() -> None:
    """CC-01."""
    world = make.build()
    second = make.administrator("第二位", world.employer, is_super=False)
    second = Actor(second.user, second.membership, second.organisation, world.employer_admin.powers)
    case = opened(world)
    jobs = [
        lambda actor=actor, verdict=verdict: deciding.decide(actor, order(case, verdict, "并发"))
        for verdict in (PASS, FAIL) for actor in (world.employer_admin, second) for _ in range(5)
    ]  # fmt: skip
    results = together(*jobs)
    won = [one for one in results if isinstance(one, ReviewCase)]
    lost = [one for one in results if isinstance(one, MovedOn)]
    assert (len(won), len(lost)) == (1, 19)
    assert all("已由他人处理" in one.message for one in lost)
    assert CaseEvent.objects.filter(case=case).count() == 2
    approved = ReviewCase.objects.get(pk=case.pk).state == CaseState.APPROVED
    assert [word for word, _ in _heard] == (["approved"] if approved else ["rejected"])


@pytest.mark.django_db(transaction=True)
def test_withdrawing_against_approving_is_always_consistent() -> None:
    """CC-02."""
    world = make.build()
    for _ in range(20):
        case = opened(world)
        _heard.clear()
        together(
            lambda case=case: services.withdraw(world.person, case.pk),
            lambda case=case: deciding.decide(world.employer_admin, order(case)),
        )
        case.refresh_from_db()
        assert (case.state, _heard[0][0], len(_heard)) in {
            (CaseState.WITHDRAWN, "withdrawn", 1),
            (CaseState.APPROVED, "approved", 1),
        }
        assert case.version == 2


@pytest.mark.django_db(transaction=True)
def test_overlapping_batches_decide_each_row_once() -> None:
    """CC-08."""
    world = make.build()
    ids = {case.pk: 1 for case in [opened(world) for _ in range(12)]}
    halves = [dict(list(ids.items())[start : start + 8]) for start in (0, 4, 2, 4)]
    results = together(
        *[lambda items=items: deciding.decide_many(world.employer_admin, Order(PASS, items)) for items in halves]
    )
    done = [pk for report in results for pk in report.done]  # type: ignore[attr-defined]
    assert sorted(done) == sorted(ids)
    assert BatchRun.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_handing_over_against_deciding_is_always_consistent() -> None:
    """Either it was decided, or it is the colleague's; never both, and the page of before decides nothing."""
    world = make.build()
    second = make.administrator("第二位", world.employer, is_super=False)
    assert second.membership is not None
    second.membership.role = create_role(world.employer, "审核员", world.employer_admin.powers)
    second.membership.save()
    for _ in range(6):
        case = opened(world)
        wanted = services.Entrusting(case.pk, 1, second.membership.pk)
        together(
            lambda wanted=wanted: services.entrust(world.employer_admin, wanted),
            lambda case=case: deciding.decide(world.employer_admin, order(case)),
        )
        case.refresh_from_db()
        assert (case.state, case.handler_id, case.version) in {
            (CaseState.APPROVED, None, 2),
            (CaseState.PENDING, second.membership.pk, 2),
        }
        assert case.events.count() == 2


@pytest.mark.django_db(transaction=True)
def test_closing_a_desk_against_handing_in_and_deciding_leaves_nothing_behind() -> None:
    """What is handed in or decided while the superior closes the desk is either decided or waits above (AMB-27)."""
    world = make.build()
    cases = [opened(world) for _ in range(6)]
    by = services.acting(world.department_admin)
    move = partial(services.move_up, Power.REVIEW_HOURS, world.employer, world.department, by=by, comment="关闭")
    together(move, *(lambda case=case: deciding.decide(world.employer_admin, order(case)) for case in cases))
    for case in cases:
        case.refresh_from_db()
        assert (case.state, case.desk_id, case.stage) in {
            (CaseState.APPROVED, world.department.pk, Stage.VERIFICATION),
            (CaseState.PENDING, world.department.pk, Stage.REVIEW),
        }
        active = case.steps.get(state=StepState.ACTIVE)
        assert (active.desk_id, active.home_id) == (case.desk_id, world.employer.pk if active.position == 1 else None)
    left = [case for case in cases if case.state == CaseState.PENDING]
    assert services.bring_back(Power.REVIEW_HOURS, world.employer, by=by, comment="") == len(left)
    assert ReviewCase.objects.filter(desk=world.employer).count() == len(left)
