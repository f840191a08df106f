"""Deciding one, several or thousands of cases: one set-based path.

Rows are locked in key order. A case out of the actor's reach refuses everything (somebody tampered with the request),
unless it was within reach when the order was frozen; a case that moved on meanwhile, or that a rule refuses, is skipped
and named in the report (design ruling on batches).
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import FETCH_PEERS

from xueshi.kernel.errors import MovedOn, NotFound, RuleBroken
from xueshi.kernel.many import Among
from xueshi.organisations.actors import Actor
from xueshi.reviews import kinds, permissions, rules, selectors
from xueshi.reviews.kinds import Outcome
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.rules import Step
from xueshi.reviews.services.moving import Order, Turn, grouped, label_of, write
from xueshi.reviews.states import Move, Stage, StepState, Verdict

__all__ = ["Order", "Refusal", "Report", "check_comment", "check_length", "decide", "decide_many", "within_reach"]

type _Reached = dict[ReviewCase, Sequence[Step]]
"""Cases in key order, each with its steps."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A case that stays as it was, and why; ``status`` is that of the error it would be by itself."""

    case_id: int
    title: str
    reason: str
    status: int = RuleBroken.status


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an order."""

    done: tuple[int, ...]
    refused: tuple[Refusal, ...]


def decide(actor: Actor, order: Order) -> ReviewCase:
    """Decide exactly one case; the refusal, if any, is raised instead of reported."""
    report = decide_many(actor, order)
    for refusal in report.refused:
        raise MovedOn(refusal.reason)
    return ReviewCase.objects.get(pk=report.done[0])


@transaction.atomic
def decide_many(actor: Actor, order: Order) -> Report:
    """Decide the cases of ``order``; returns what was done and what was refused with its reason."""
    if not order.items:
        raise RuleBroken("请先选择要审核的记录")
    check_comment(order.verdict, order.comment)
    reached, strayed = _reached(actor, order)
    order = _with_concerns(actor, order, list(reached))
    turns, refused = _turns(actor, order, reached)
    refused += strayed
    kept: list[Turn] = []
    for (kind_key, move), group in grouped(turns).items():
        outcome = Outcome(actor, [turn.case for turn in group], order.findings, order.comment)
        reasons = _consequences(kind_key, move, outcome)
        refused += [
            Refusal(turn.case.pk, turn.case.title, reasons[turn.case.pk]) for turn in group if turn.case.pk in reasons
        ]
        kept += [turn for turn in group if turn.case.pk not in reasons]
    write(actor, order, kept)
    return Report(tuple(sorted(turn.case.pk for turn in kept)), tuple(sorted(refused, key=lambda row: row.case_id)))


def check_comment(verdict: str, comment: str) -> None:
    """A refusal gives its reason, and no comment is longer than a record takes; else ``RuleBroken``."""
    if verdict == Verdict.FAIL and not comment.strip():
        raise RuleBroken("不通过时请填写审核意见", "comment")
    check_length(comment)


def check_length(comment: str) -> None:
    """``RuleBroken`` when a comment is longer than a record takes."""
    if len(comment) > rules.LONGEST_WORDS:
        message = f"审核意见不能超过 {rules.LONGEST_WORDS} 字"
        raise RuleBroken(message, "comment")


def _with_concerns(actor: Actor, order: Order, cases: Sequence[ReviewCase]) -> Order:
    """The order with the field its refusal speaks of: as named, else as the chosen reason says."""
    if order.verdict == Verdict.PASS:
        return replace(order, concerns="")
    if order.concerns and not all(label_of(case, order.concerns) for case in cases):
        raise RuleBroken("请从列表中选择涉及的项目", "concerns")
    known = selectors.reasons(actor, cases[0].kind) if cases and not order.concerns else []
    said = next((reason.concerns for reason in known if reason.text == order.comment), order.concerns)
    return replace(order, concerns=said)


def _reached(actor: Actor, order: Order) -> tuple[_Reached, list[Refusal]]:
    """The cases of an order, locked; beside them what has left the actor's reach since the order was frozen."""
    if not order.frozen:
        return within_reach(actor, order.items), []
    found = _locked(set(order.items))
    reached = {case: steps for case, steps in found.items() if _is_reached(actor, case, steps)}
    strayed = [case for case in found if case not in reached]
    return reached, [Refusal(case.pk, case.title, rules.MOVED_ON, MovedOn.status) for case in strayed]


def within_reach(actor: Actor, ids: Iterable[int]) -> _Reached:
    """The cases, locked in key order; ``NotFound`` when one of them never was on the actor's desk (A5)."""
    wanted = set(ids)
    found = _locked(wanted)
    if len(found) != len(wanted) or actor.desk_id is None:
        raise NotFound
    if not all(_is_reached(actor, case, steps) for case, steps in found.items()):
        raise NotFound
    return found


def _locked(wanted: Set[int]) -> _Reached:
    """Those of the cases that there are, locked in key order."""
    rows = ReviewCase.objects.select_for_update(no_key=True).filter(Among("pk", wanted)).order_by("pk")
    cases = list(rows.fetch_mode(FETCH_PEERS))
    chains = selectors.chains_of(wanted)
    return {case: chains[case.pk] for case in cases}


def _is_reached(actor: Actor, case: ReviewCase, steps: Sequence[Step]) -> bool:
    """Whether it is or was on the actor's desk; one that was redirected meanwhile may have been."""
    if any(step.desk_id == actor.desk_id for step in steps):
        return True
    return any(step.home_id for step in steps) and bool(permissions.can_see_case(actor, case, steps))


def _turns(actor: Actor, order: Order, reached: _Reached) -> tuple[list[Turn], list[Refusal]]:
    turns: list[Turn] = []
    refused: list[Refusal] = []
    overtaken: _Reached = {}
    for case, steps in reached.items():
        if case.version != order.items[case.pk] or case.desk_id is None:
            overtaken[case] = steps
        elif not (decision := permissions.can_decide(actor, case, steps)):
            refused.append(Refusal(case.pk, case.title, decision.reason))
        else:
            turns.append(_turn(case, steps, order.verdict))
    return turns, [*refused, *_overtaken(overtaken)]


def _overtaken(cases: _Reached) -> list[Refusal]:
    """Why nothing is done about cases that moved on: who decided last in this round, if anybody."""
    last = {case: _decided_last(case, steps) for case, steps in cases.items()}
    names = selectors.names_of(by for by in last.values() if by)
    said = {case: f"{rules.MOVED_ON}（{names[by]}）" if by else rules.MOVED_ON for case, by in last.items()}
    return [Refusal(case.pk, case.title, reason, MovedOn.status) for case, reason in said.items()]


def _decided_last(case: ReviewCase, steps: Sequence[Step]) -> int | None:
    return next((step.decided_by_id for step in reversed(_this_round(case, steps)) if step.decided_by_id), None)


def _this_round(case: ReviewCase, steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.round == case.round]


def _turn(case: ReviewCase, chain: Sequence[Step], verdict: Verdict) -> Turn:
    steps = _this_round(case, chain)
    active = next(step for step in steps if step.state == StepState.ACTIVE)
    move = rules.move_for(verdict, Stage(active.stage), settles=active.settles)
    following = next((step for step in steps if step.position > active.position), None) if rules.goes_on(move) else None
    return Turn(case, active, following, move)


def _consequences(kind_key: str, move: Move, outcome: Outcome) -> Mapping[int, str]:
    kind = kinds.kind(kind_key)
    if move == Move.APPROVE:
        return kind.on_approved(outcome)
    if move == Move.REJECT:
        kind.on_rejected(outcome)
    elif move == Move.REVOKE:
        kind.on_revoked(outcome)
    return {}
