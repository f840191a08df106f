"""Every (object kind, state, action, roles, next state), read from the tables of transitions themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from xueshi.certificates import states as certificates
from xueshi.organisations.states import CEILING, Power
from xueshi.reviews import kinds
from xueshi.reviews.kinds import DocumentKind
from xueshi.reviews.states import CASE_MOVES, CaseState, Move, Stage

OWNER: Final = "owner"
"""The person the document is about, or whoever handed it in."""
NONE: Final = "-"
_BY_OWNER: Final = frozenset({Move.SUBMIT, Move.RESUBMIT, Move.WITHDRAW})
_VERIFYING: Final = frozenset({Move.VERIFY, Move.REVOKE})
_DRAFTS: Final = (
    ("declaration", NONE, "save", "draft"),
    ("declaration", "draft", "edit", "draft"),
    ("declaration", "draft", "delete", NONE),
    ("declaration", "draft", "submit", CaseState.PENDING.value),
    ("declaration", CaseState.WITHDRAWN.value, "edit", CaseState.WITHDRAWN.value),
    ("declaration", CaseState.WITHDRAWN.value, "delete", NONE),
)
"""What happens to a declaration while it has no case, or one that was taken back."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``roles`` are kinds of bodies, ``owner``, or ``ledger`` for what no person does."""

    object_kind: str
    state: str
    action: str
    roles: tuple[str, ...]
    next_state: str


def rows() -> Iterator[Row]:
    """The whole table, by kind."""
    for kind, state, action, after in _DRAFTS:
        yield Row(kind, state, action, (OWNER,), after)
    for document in sorted(kinds.all_kinds(), key=lambda kind: kind.key):
        yield from _of(document)
    for paper, move, then in certificates.TRANSITIONS.rows():
        who = (OWNER, *_holding(Power.CERTIFICATES)) if move == certificates.Move.SUPERSEDE else ("ledger",)
        yield Row("certificate", paper, move, who, then)
    yield Row("certificate", NONE, "issue", (OWNER, *_holding(Power.CERTIFICATES)), certificates.CertificateState.VALID)


def _of(document: DocumentKind) -> Iterator[Row]:
    yield Row(document.key, NONE, Move.SUBMIT, (OWNER,), CaseState.PENDING)
    for state, move, after in CASE_MOVES.rows():
        if move in _VERIFYING and Stage.VERIFICATION not in document.powers:
            continue
        yield Row(document.key, state, move, _roles(document, move), after)


def _roles(document: DocumentKind, move: Move) -> tuple[str, ...]:
    if move in _BY_OWNER:
        return (OWNER,)
    return _holding(document.powers[Stage.VERIFICATION if move in _VERIFYING else Stage.REVIEW])


def _holding(power: Power) -> tuple[str, ...]:
    """The kinds of bodies that can ever hold a power."""
    return tuple(kind.value for kind, ceiling in CEILING.items() if power in ceiling)
