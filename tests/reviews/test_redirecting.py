"""A closed right to review, seen from the reviews: which steps move, which stay, and against whoever decides."""

from functools import partial

import pytest

from tests import small_world as make
from tests.checks.races.contest import accidents, together
from tests.reviews.test_deciding import _kind, opened, order, two_step_chain
from xueshi.config.reports import invariants
from xueshi.organisations.states import Power
from xueshi.reviews import deciding, services
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import CaseState, Move, Stage, StepState

__all__ = ["_kind"]


def steps(case: ReviewCase) -> list[tuple[int, int | None, str]]:
    """(desk, home, state) of each step in order."""
    return list(case.steps.order_by("position").values_list("desk_id", "home_id", "state"))


@pytest.mark.django_db
@pytest.mark.req("ORG-44")
def test_a_desk_still_to_come_moves_without_a_line_of_history_and_returns() -> None:
    world = make.build()
    case, by = opened(world, two_step_chain(world)), services.acting(world.district_admin)
    unit, department, district = world.employer.pk, world.department.pk, world.district.pk
    before = steps(case)
    assert before == [(unit, None, StepState.ACTIVE), (department, None, StepState.WAITING)]
    close = partial(services.move_up, stand_in=world.district, by=by, comment="关闭")
    assert (close(Power.REVIEW_ACCOUNTS, world.department), close(Power.VERIFY_HOURS, world.department)) == (0, 0)
    assert steps(case) == before
    assert close(Power.REVIEW_HOURS, world.department) == 0
    assert steps(case) == [(unit, None, StepState.ACTIVE), (district, department, StepState.WAITING)]
    deciding.decide(world.employer_admin, order(case))
    case.refresh_from_db()
    assert (case.desk_id, case.stage, case.version) == (district, Stage.REVIEW, 2)
    assert services.bring_back(Power.REVIEW_HOURS, world.department, by=by, comment="") == 1
    case.refresh_from_db()
    assert (case.desk_id, case.version) == (department, 3)
    deciding.decide(world.department_admin, order(case))
    assert [event.move for event in case.events.order_by("version")] == [
        Move.SUBMIT, Move.HAND_ON, Move.REDIRECT, Move.APPROVE,
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_was_decided_dropped_or_is_a_verification_stays() -> None:
    world = make.build()
    by = services.acting(world.district_admin)
    refused, approved = opened(world, two_step_chain(world)), opened(world)
    deciding.decide(world.employer_admin, order(refused, deciding.Verdict.FAIL, "不符"))
    deciding.decide(world.employer_admin, order(approved))
    before = [steps(refused), steps(approved)]
    assert services.move_up(Power.REVIEW_HOURS, world.department, world.district, by=by, comment="关闭") == 0
    assert services.move_up(Power.REVIEW_HOURS, world.employer, world.department, by=by, comment="关闭") == 0
    assert [steps(refused), steps(approved)] == before


@pytest.mark.django_db(transaction=True)
def test_closing_and_opening_the_second_desk_against_the_first_leaves_nothing_at_a_closed_desk() -> None:
    """The case goes to whoever reviews when it arrives, or is moved from there; its step and its desk agree."""
    world = make.build()
    by = services.acting(world.district_admin)
    redirects = (
        (partial(services.move_up, Power.REVIEW_HOURS, world.department, world.district), world.district.pk),
        (partial(services.bring_back, Power.REVIEW_HOURS, world.department), world.department.pk),
    )
    halves = [[opened(world, two_step_chain(world)) for _ in range(6)] for _ in range(2)]
    for (redirect, desk), cases in zip(redirects, halves, strict=True):
        decisions = [partial(deciding.decide, world.employer_admin, order(case)) for case in cases]
        assert accidents(together(partial(redirect, by=by, comment=""), *decisions)) == []
        for case in cases:
            case.refresh_from_db()
            assert (case.state, case.desk_id) == (CaseState.PENDING, desk)
            assert steps(case)[1] == (desk, world.department.pk, StepState.ACTIVE)
            assert case.events.count() == case.version
    assert set(ReviewCase.objects.values_list("desk_id", flat=True)) == {world.department.pk}
    assert invariants.check("INV-16").violations == 0
