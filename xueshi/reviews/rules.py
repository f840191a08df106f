"""What a verdict at a step does to its case, without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from xueshi.reviews.states import Move, Stage, Verdict

LONGEST_WORDS = 300
"""Characters of what a reviewer writes with a decision or a 转交."""
MOVED_ON = "已由他人处理或内容已变更"


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One step of a chain as frozen at submission: whose desk, which stage, whether the document counts once passed.

    ``home_id`` is the body that the chain names where ``desk_id`` stands in for it.
    """

    key: str
    label: str
    desk_id: int
    stage: Stage
    settles: bool
    home_id: int | None = None


class Step(NamedTuple):
    """A step of a case as deciding looks at it; of thousands of cases at once, hence a tuple."""

    pk: int
    case_id: int
    round: int
    position: int
    desk_id: int
    home_id: int | None
    stage: str
    settles: bool
    state: str
    decided_by_id: int | None


class BadChain(ValueError):
    """A chain that could never settle a document."""


def check_chain(chain: Sequence[StepPlan]) -> None:
    """A chain has exactly one settling step; reviews stand up to it, verifications after it."""
    settling = [position for position, step in enumerate(chain) if step.settles]
    if len(settling) != 1:
        message = "a chain needs exactly one step after which the document counts"
        raise BadChain(message)
    for position, step in enumerate(chain):
        expected = Stage.REVIEW if position <= settling[0] else Stage.VERIFICATION
        if step.stage != expected:
            message = f"step {step.key}: {step.stage} stands on the wrong side of the settling step"
            raise BadChain(message)


def move_for(verdict: Verdict, stage: Stage, *, settles: bool) -> Move:
    """The move that ``verdict`` makes at a step."""
    if stage == Stage.VERIFICATION:
        return Move.VERIFY if verdict == Verdict.PASS else Move.REVOKE
    if verdict == Verdict.FAIL:
        return Move.REJECT
    return Move.APPROVE if settles else Move.HAND_ON


def goes_on(move: Move) -> bool:
    """Whether the next desk of the chain becomes active after ``move``."""
    return move in {Move.HAND_ON, Move.APPROVE, Move.VERIFY}
