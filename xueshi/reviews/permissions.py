"""Who may see, decide and withdraw a case. Each question has its filter beside it."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.organisations import rules as tree
from xueshi.organisations.actors import Actor
from xueshi.reviews import kinds
from xueshi.reviews.models import ReviewCase, ReviewStep
from xueshi.reviews.rules import Step
from xueshi.reviews.states import CaseState, Stage, StepState

_DECIDED = [StepState.PASSED, StepState.FAILED]


type Steps = Iterable[ReviewStep | Step]
"""The steps of a case, for who has read them already; else they are asked of it."""


def is_own(actor: Actor, case: ReviewCase) -> bool:
    """Its owner; and who handed it in for them, as long as they act for the body that did."""
    if actor.user.pk == case.owner_id:
        return True
    acts = actor.desk_id == case.organisation_id and bool(actor.powers & kinds.kind(case.kind).submitters)
    return acts and actor.user.pk == case.submitted_by_id


def own_cases(actor: Actor) -> Q:
    """The cases of which ``is_own`` is true."""
    own = Q(owner_id=actor.user.pk)
    handed_in = [kind.key for kind in kinds.all_kinds() if actor.powers & kind.submitters]
    if actor.desk_id is None or not handed_in:
        return own
    return own | Q(submitted_by_id=actor.user.pk, organisation_id=actor.desk_id, kind__in=handed_in)


def can_see_case(actor: Actor, case: ReviewCase, steps: Steps | None = None) -> Decision:
    """Whose own it is; and with a power that reads its kind the desks of its chain and the bodies above.

    What was withdrawn is theirs alone again (ORG-39).
    """
    if is_own(actor, case):
        return ALLOW
    if case.state == CaseState.WITHDRAWN:
        return deny("申请人已撤销")
    if not actor.is_administrator or actor.organisation is None or not actor.powers & kinds.kind(case.kind).read_with:
        return deny("不在您的管辖范围内")
    if any(step.desk_id == actor.desk_id for step in steps or case.steps.all()):
        return ALLOW
    within = tree.is_within(case.organisation.path or "", actor.organisation.path or " ")
    return ALLOW if within else deny("不在您的管辖范围内")


def cases_seen_by(actor: Actor) -> Q:
    """The cases ``can_see_case`` would allow."""
    own = own_cases(actor)
    if not actor.is_administrator or actor.organisation is None:
        return own
    at_desk = Exists(ReviewStep.objects.filter(case_id=OuterRef("pk"), desk_id=actor.desk_id))
    readable = Q(kind__in=[kind.key for kind in kinds.all_kinds() if actor.powers & kind.read_with])
    readable &= ~Q(state=CaseState.WITHDRAWN)
    return own | (readable & (Q(at_desk) | Q(organisation__path__startswith=actor.organisation.path)))


def can_decide(actor: Actor, case: ReviewCase, steps: Steps | None = None) -> Decision:
    """Whoever ``may_review`` it, unless it was entrusted to somebody else, and if its kind allows."""
    decision = may_review(actor, case, steps)
    if not decision:
        return decision
    hat = actor.membership.pk if actor.membership is not None else None
    if case.handler is not None and case.handler_id != hat:
        return deny(f"已转交{case.handler.user.name}处理")
    return kinds.kind(case.kind).may_decide(actor, case)


def may_while_open(actor: Actor, case: ReviewCase) -> Decision:
    """For kinds whose right to review can be closed: not while the superior has (CV-11); verification is another."""
    closed = actor.organisation is not None and actor.organisation.review_closed
    return deny("上级部门已关闭本单位的审核权限") if closed and case.stage == Stage.REVIEW else ALLOW


def may_review(actor: Actor, case: ReviewCase, steps: Steps | None = None) -> Decision:
    """The active desk's administrator with the power of that stage, a stranger to the case until now (A9)."""
    if case.desk_id is None or case.stage is None:
        return deny("该事项已由他人处理")
    if case.desk_id != actor.desk_id:
        return deny("当前不由本单位处理")
    if actor.user.pk in {case.owner_id, case.submitted_by_id}:
        return deny("不能审核本人或本人提交的事项")
    this_round = (step for step in steps or case.steps.all() if step.round == case.round)
    if any(step.decided_by_id == actor.user.pk for step in this_round):
        return deny("您已在上一环节处理过该事项，请由其他管理员处理")
    power = kinds.kind(case.kind).powers.get(Stage(case.stage))
    if power is None or not actor.has(power):
        return deny("您没有审核此类事项的权限")
    return ALLOW


def cases_decidable_by(actor: Actor) -> Q:
    """The cases ``can_decide`` would allow, but for what a kind asks besides."""
    hat = actor.membership.pk if actor.membership is not None else None
    return cases_reviewable_by(actor) & (Q(handler=None) | Q(handler_id=hat))


def cases_reviewable_by(actor: Actor) -> Q:
    """The cases ``may_review`` would allow."""
    if actor.desk_id is None:
        return Q(pk__in=[])
    allowed = Q(pk__in=[])
    for stage in Stage:
        granted = [kind.key for kind in kinds.all_kinds() if stage in kind.powers and actor.has(kind.powers[stage])]
        if granted:
            allowed |= Q(stage=stage, kind__in=granted)
    mine = Q(owner_id=actor.user.pk) | Q(submitted_by_id=actor.user.pk) | Q(deciders__contains=[actor.user.pk])
    return Q(desk_id=actor.desk_id) & allowed & ~mine


def can_take_back(actor: Actor, case: ReviewCase) -> Decision:
    """收回 of what was entrusted: whoever of the desk might review it, so that nothing waits for somebody absent."""
    return may_review(actor, case) if case.handler_id is not None else deny("该事项没有转交")


def cases_taken_back_by(actor: Actor) -> Q:
    """The cases ``can_take_back`` would allow."""
    return cases_reviewable_by(actor) & Q(handler__isnull=False)


def can_withdraw(actor: Actor, case: ReviewCase) -> Decision:
    """Whose own it is, while nobody has decided anything in this round (CR-18, CR-21)."""
    if not is_own(actor, case):
        return deny("只能撤销本人提交的事项")
    if case.state != CaseState.PENDING:
        return deny("该事项已经撤销" if case.state == CaseState.WITHDRAWN else "已审核的事项不能撤销")
    if any(step.state in _DECIDED for step in case.steps.all() if step.round == case.round):
        return deny("已有单位审核，不能撤销")
    return ALLOW


def cases_withdrawable_by(actor: Actor) -> Q:
    """The cases ``can_withdraw`` would allow."""
    decided = ReviewStep.objects.filter(case_id=OuterRef("pk"), round=OuterRef("round"), state__in=_DECIDED)
    return own_cases(actor) & Q(state=CaseState.PENDING) & ~Q(Exists(decided))


def can_keep_reasons(actor: Actor, kind: str) -> Decision:
    """The administrators who review such documents keep their organisation's reasons."""
    known = next((one for one in kinds.all_kinds() if one.key == kind), None)
    if actor.desk_id is None or known is None or not actor.powers & set(known.powers.values()):
        return deny("您没有审核此类事项的权限")
    return ALLOW


def reasons_kept_by(actor: Actor) -> Q:
    """The reasons of the actor's organisation for what they review."""
    kept = [one.key for one in kinds.all_kinds() if can_keep_reasons(actor, one.key)]
    return Q(organisation_id=actor.desk_id, kind__in=kept)
