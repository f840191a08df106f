"""Deciding one, several or thousands of cases: one set-based path.

Rows are locked in key order. A case out of the actor's reach refuses everything (somebody tampered with the request); a
case that moved on meanwhile, or that a rule refuses, is skipped and named in the report (design ruling on batches).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.db.models import FETCH_PEERS, F

from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, NotFound, RuleBroken
from xueshi.kernel.many import Among
from xueshi.organisations.actors import Actor
from xueshi.reviews import kinds, messages, permissions, rules, selectors
from xueshi.reviews.kinds import Findings, Outcome
from xueshi.reviews.models import ReviewCase, ReviewStep
from xueshi.reviews.rules import Step
from xueshi.reviews.services import acting
from xueshi.reviews.services.noting import Moved, note
from xueshi.reviews.states import CASE_MOVES, CaseState, Move, Stage, StepState, Verdict

type _Reached = dict[ReviewCase, Sequence[Step]]
"""Cases in key order, each with its steps."""


@dataclass(frozen=True, slots=True)
class Order:
    """A reviewer's verdict over the cases they were shown: ``items`` maps case id to the version shown.

    ``concerns`` is the key of the field that a refusal speaks of; empty when it is about the whole.
    """

    verdict: Verdict
    items: Mapping[int, int]
    comment: str = ""
    findings: Findings = field(default_factory=dict)
    concerns: str = ""


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


@dataclass(frozen=True, slots=True)
class _Turn:
    """One case about to move."""

    case: ReviewCase
    step: Step
    following: Step | None
    move: Move


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
    reached = within_reach(actor, order.items)
    order = _with_concerns(actor, order, list(reached))
    turns, refused = _turns(actor, order, reached)
    kept: list[_Turn] = []
    for (kind_key, move), group in _grouped(turns).items():
        outcome = Outcome(actor, [turn.case for turn in group], order.findings, order.comment)
        reasons = _consequences(kind_key, move, outcome)
        refused += [
            Refusal(turn.case.pk, turn.case.title, reasons[turn.case.pk]) for turn in group if turn.case.pk in reasons
        ]
        kept += [turn for turn in group if turn.case.pk not in reasons]
    _write(actor, order, kept)
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
    if order.concerns and not all(_label(case, order.concerns) for case in cases):
        raise RuleBroken("请从列表中选择涉及的项目", "concerns")
    known = selectors.reasons(actor, cases[0].kind) if not order.concerns else []
    said = next((reason.concerns for reason in known if reason.text == order.comment), order.concerns)
    return replace(order, concerns=said)


def _label(case: ReviewCase, concerns: str) -> str:
    """What the case's portal calls a field of such documents."""
    return kinds.kind(case.kind).fields(case.portal).get(concerns, "") if concerns else ""


def within_reach(actor: Actor, ids: Iterable[int]) -> _Reached:
    """The cases, locked in key order; ``NotFound`` when one of them never was on the actor's desk (A5)."""
    wanted = set(ids)
    rows = ReviewCase.objects.select_for_update(no_key=True).filter(Among("pk", wanted)).order_by("pk")
    cases = list(rows.fetch_mode(FETCH_PEERS))
    chains = selectors.chains_of(wanted)
    reached: _Reached = {case: chains[case.pk] for case in cases}
    if len(cases) != len(wanted) or actor.desk_id is None:
        raise NotFound
    if not all(_is_reached(actor, case, steps) for case, steps in reached.items()):
        raise NotFound
    return reached


def _is_reached(actor: Actor, case: ReviewCase, steps: Sequence[Step]) -> bool:
    """Whether it is or was on the actor's desk; one that was redirected meanwhile may have been."""
    if any(step.desk_id == actor.desk_id for step in steps):
        return True
    return any(step.home_id for step in steps) and bool(permissions.can_see_case(actor, case, steps))


def _turns(actor: Actor, order: Order, reached: _Reached) -> tuple[list[_Turn], list[Refusal]]:
    turns: list[_Turn] = []
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


def _turn(case: ReviewCase, chain: Sequence[Step], verdict: Verdict) -> _Turn:
    steps = _this_round(case, chain)
    active = next(step for step in steps if step.state == StepState.ACTIVE)
    move = rules.move_for(verdict, Stage(active.stage), settles=active.settles)
    following = next((step for step in steps if step.position > active.position), None) if rules.goes_on(move) else None
    return _Turn(case, active, following, move)


def _grouped(turns: Iterable[_Turn]) -> dict[tuple[str, Move], list[_Turn]]:
    groups: dict[tuple[str, Move], list[_Turn]] = defaultdict(list)
    for turn in turns:
        groups[turn.case.kind, turn.move].append(turn)
    return groups


def _consequences(kind_key: str, move: Move, outcome: Outcome) -> Mapping[int, str]:
    kind = kinds.kind(kind_key)
    if move == Move.APPROVE:
        return kind.on_approved(outcome)
    if move == Move.REJECT:
        kind.on_rejected(outcome)
    elif move == Move.REVOKE:
        kind.on_revoked(outcome)
    return {}


def _write(actor: Actor, order: Order, turns: Sequence[_Turn]) -> None:
    now = clock.now()
    passed = order.verdict == Verdict.PASS
    ReviewStep.objects.filter(Among("pk", (turn.step.pk for turn in turns))).update(
        state=StepState.PASSED if passed else StepState.FAILED,
        decided_by=actor.user,
        decided_at=now,
        comment=order.comment,
    )
    for group in _grouped(turns).values() if order.concerns else ():
        label = _label(group[0].case, order.concerns)
        steps = Among("pk", (turn.step.pk for turn in group))
        ReviewStep.objects.filter(steps).update(concerns=order.concerns, concerns_label=label)
    for turn in turns:
        if said := {name: told for name, told in order.findings.get(turn.case.pk, {}).items() if told}:
            ReviewStep.objects.filter(pk=turn.step.pk).update(findings=said)
    _drop_rest(turns)
    for (move, state, following), group in _by_destination(turns).items():
        _move(group, move, state, following, now)
    note(acting(actor), [_moved(turn, order.comment) for turn in turns], now)
    messages.tell_verdicts(
        messages.Said(turn.case, turn.move, order.comment, _label(turn.case, order.concerns)) for turn in turns
    )


def _drop_rest(turns: Iterable[_Turn]) -> None:
    ended = [turn.case.pk for turn in turns if not rules.goes_on(turn.move)]
    if ended:
        ReviewStep.objects.filter(Among("case_id", ended), state=StepState.WAITING).update(state=StepState.DROPPED)


type _Destination = tuple[Move, CaseState, tuple[int, str] | None]


def _by_destination(turns: Iterable[_Turn]) -> dict[_Destination, list[_Turn]]:
    groups: dict[_Destination, list[_Turn]] = defaultdict(list)
    for turn in turns:
        state = CASE_MOVES.next(CaseState(turn.case.state), turn.move)
        following = (turn.following.desk_id, turn.following.stage) if turn.following is not None else None
        groups[turn.move, state, following].append(turn)
    return groups


def _move(
    group: Sequence[_Turn], move: Move, state: CaseState, following: tuple[int, str] | None, now: datetime
) -> None:
    desk_id, stage = following or (None, None)
    changes: dict[str, object] = {
        "state": state,
        "version": F("version") + 1,
        "desk_id": desk_id,
        "stage": stage,
        "waiting_since": now if following else None,
        "handler": None,
    }
    if move != Move.HAND_ON:
        changes["settled_at"] = now
    ReviewCase.objects.filter(Among("pk", (turn.case.pk for turn in group))).update(**changes)
    upcoming = (turn.following.pk for turn in group if turn.following is not None)
    ReviewStep.objects.filter(Among("pk", upcoming)).update(state=StepState.ACTIVE)


def _moved(turn: _Turn, comment: str) -> Moved:
    state = CASE_MOVES.next(CaseState(turn.case.state), turn.move)
    return Moved(turn.case, turn.move, turn.case.version + 1, state, comment)
