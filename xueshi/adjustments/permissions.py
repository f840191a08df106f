"""Who may see, ask for, decide and revoke a requirement event."""

from django.db.models import Exists, OuterRef, Q

from xueshi.adjustments.models import Adjustment
from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.reviews import permissions as reviews
from xueshi.reviews.models import ReviewCase, ReviewStep
from xueshi.reviews.states import CaseState, StepState

POWER = Power.REVIEW_HOURS
"""What an administrator needs to decide events: they bear on hours."""


def can_see_adjustment(actor: Actor, adjustment: Adjustment) -> Decision:
    """Its person, and whoever may see its case; one that took effect without a review is the person's alone."""
    if adjustment.person.user_id == actor.user.pk:
        return ALLOW
    return reviews.can_see_case(actor, adjustment.case) if adjustment.case is not None else deny("不在您的管辖范围内")


def adjustments_seen_by(actor: Actor) -> Q:
    """The events ``can_see_adjustment`` would allow."""
    cases = ReviewCase.objects.filter(reviews.cases_seen_by(actor), pk=OuterRef("case_id"))
    return Q(person__user_id=actor.user.pk) | Q(Exists(cases))


def can_review_adjustments(actor: Actor) -> Decision:
    """Administrators who review hours."""
    return ALLOW if actor.desk_id is not None and actor.has(POWER) else deny("您没有学时审核的权限")


def can_revoke(actor: Actor, adjustment: Adjustment) -> Decision:
    """The desk whose approval put the event in force, by somebody whom it does not concern."""
    case = adjustment.case
    if case is None or case.state != CaseState.APPROVED or adjustment.revoked_at is not None:
        return deny("该调整当前不在执行中")
    if not can_review_adjustments(actor) or actor.user.pk in {case.owner_id, case.submitted_by_id}:
        return deny("您没有取消该调整的权限")
    steps = [step for step in case.steps.all() if step.settles and step.state == StepState.PASSED]
    return ALLOW if any(step.desk_id == actor.desk_id for step in steps) else deny("须由批准该调整的单位取消")


def revocable_by(actor: Actor) -> Q:
    """The events ``can_revoke`` would allow."""
    if not can_review_adjustments(actor):
        return Q(pk__in=[])
    settled = ReviewStep.objects.filter(
        case_id=OuterRef("case_id"), desk_id=actor.desk_id, settles=True, state=StepState.PASSED
    )
    mine = Q(case__owner_id=actor.user.pk) | Q(case__submitted_by_id=actor.user.pk)
    return Q(case__state=CaseState.APPROVED, revoked_at=None) & Q(Exists(settled)) & ~mine
