"""The history of cases: one event and one act of the audit for each case that has moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from xueshi.audit import services as audit
from xueshi.kernel import many
from xueshi.reviews.models import CaseEvent, ReviewCase
from xueshi.reviews.states import CaseState, Move


@dataclass(frozen=True, slots=True)
class Moved:
    """A case with the version and the state its move has brought it to.

    ``to_id`` is whom it was entrusted to, ``details`` what the audit keeps besides the kind.
    """

    case: ReviewCase
    move: Move
    version: int
    state: CaseState | str
    comment: str = ""
    to_id: int | None = None
    details: Mapping[str, object] = field(default_factory=dict)


def note(by: audit.By, moved: Sequence[Moved], at: datetime) -> None:
    """Write down what has moved, in order; call it last in the transaction, as the audit asks."""
    if by.user_id is None:
        message = "a case is moved by a person"
        raise ValueError(message)
    events = [
        {
            "case_id": one.case.pk, "version": one.version, "round": one.case.round, "move": one.move,
            "state": one.state, "to_id": one.to_id, "comment": one.comment,
        }
        for one in moved
    ]  # fmt: skip
    many.insert(CaseEvent, events, {"by_id": by.user_id, "organisation_id": by.organisation_id, "at": at})
    audit.record_many(by, (_act(one) for one in moved))


def _act(one: Moved) -> audit.Act:
    details = {"kind": one.case.kind, **one.details}
    return audit.Act(f"review.{one.move}", "reviews.reviewcase", str(one.case.pk), details)
