"""What decided cases become: their steps, their next desk, their history and what is told; a handful of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Func, Value

from xueshi.kernel import clock
from xueshi.kernel.many import Among
from xueshi.organisations.actors import Actor
from xueshi.reviews import kinds, messages, rules
from xueshi.reviews.kinds import Findings
from xueshi.reviews.models import ReviewCase, ReviewStep
from xueshi.reviews.rules import Step
from xueshi.reviews.services.cases import acting
from xueshi.reviews.services.noting import Moved, note
from xueshi.reviews.states import CASE_MOVES, CaseState, Move, StepState, Verdict


@dataclass(frozen=True, slots=True)
class Order:
    """A reviewer's verdict over the cases they were shown: ``items`` maps case id to the version shown.

    ``concerns`` is the key of the field that a refusal speaks of; empty when it is about the whole. The items of a
    ``frozen`` order were the reviewer's when it was kept: what left their reach since has moved on.
    """

    verdict: Verdict
    items: Mapping[int, int]
    comment: str = ""
    findings: Findings = field(default_factory=dict)
    concerns: str = ""
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One case about to move."""

    case: ReviewCase
    step: Step
    following: Step | None
    move: Move


def label_of(case: ReviewCase, concerns: str) -> str:
    """What the case's portal calls a field of such documents."""
    return kinds.kind(case.kind).fields(case.portal).get(concerns, "") if concerns else ""


def grouped(turns: Iterable[Turn]) -> dict[tuple[str, Move], list[Turn]]:
    """The turns by kind of document and move."""
    groups: dict[tuple[str, Move], list[Turn]] = defaultdict(list)
    for turn in turns:
        groups[turn.case.kind, turn.move].append(turn)
    return groups


def write(actor: Actor, order: Order, turns: Sequence[Turn]) -> None:
    """Move the cases, which the caller has locked and judged; nothing is asked here any more."""
    now = clock.now()
    passed = order.verdict == Verdict.PASS
    ReviewStep.objects.filter(Among("pk", (turn.step.pk for turn in turns))).update(
        state=StepState.PASSED if passed else StepState.FAILED,
        decided_by=actor.user,
        decided_at=now,
        comment=order.comment,
    )
    for group in grouped(turns).values() if order.concerns else ():
        label = label_of(group[0].case, order.concerns)
        steps = Among("pk", (turn.step.pk for turn in group))
        ReviewStep.objects.filter(steps).update(concerns=order.concerns, concerns_label=label)
    for turn in turns:
        if said := {name: told for name, told in order.findings.get(turn.case.pk, {}).items() if told}:
            ReviewStep.objects.filter(pk=turn.step.pk).update(findings=said)
    _drop_rest(turns)
    for destination, group in _by_destination(turns).items():
        _move(group, destination, now, _after(actor))
    note(acting(actor), [_moved(turn, order.comment) for turn in turns], now)
    messages.tell_verdicts(
        messages.Said(turn.case, turn.move, order.comment, label_of(turn.case, order.concerns)) for turn in turns
    )


def _drop_rest(turns: Iterable[Turn]) -> None:
    ended = [turn.case.pk for turn in turns if not rules.goes_on(turn.move)]
    if ended:
        ReviewStep.objects.filter(Among("case_id", ended), state=StepState.WAITING).update(state=StepState.DROPPED)


type _Destination = tuple[Move, CaseState, tuple[int, str] | None]


def _by_destination(turns: Iterable[Turn]) -> dict[_Destination, list[Turn]]:
    groups: dict[_Destination, list[Turn]] = defaultdict(list)
    for turn in turns:
        state = CASE_MOVES.next(CaseState(turn.case.state), turn.move)
        following = (turn.following.desk_id, turn.following.stage) if turn.following is not None else None
        groups[turn.move, state, following].append(turn)
    return groups


def _after(actor: Actor) -> Func:
    """Who has decided in this round once the actor has."""
    return Func(F("deciders"), Value(actor.user.pk), function="array_append")


def _move(group: Sequence[Turn], destination: _Destination, now: datetime, deciders: Func) -> None:
    move, state, following = destination
    desk_id, stage = following or (None, None)
    changes: dict[str, object] = {
        "state": state,
        "version": F("version") + 1,
        "desk_id": desk_id,
        "stage": stage,
        "waiting_since": now if following else None,
        "handler": None,
        "deciders": deciders if following else [],
    }
    if move != Move.HAND_ON:
        changes["settled_at"] = now
    ReviewCase.objects.filter(Among("pk", (turn.case.pk for turn in group))).update(**changes)
    upcoming = (turn.following.pk for turn in group if turn.following is not None)
    ReviewStep.objects.filter(Among("pk", upcoming)).update(state=StepState.ACTIVE)


def _moved(turn: Turn, comment: str) -> Moved:
    state = CASE_MOVES.next(CaseState(turn.case.state), turn.move)
    return Moved(turn.case, turn.move, turn.case.version + 1, state, comment)
