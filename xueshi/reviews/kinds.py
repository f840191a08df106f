"""The kinds of documents that can be reviewed: registered values, never subclasses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xueshi.kernel.decisions import ALLOW, Decision
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import Stage

type Findings = Mapping[int, Mapping[str, str]]
"""What a reviewer found besides the verdict, by case id; only the kind understands it (recognised hours, say)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One verdict over several cases of a kind, all in the deciding transaction."""

    actor: Actor
    cases: Sequence[ReviewCase]
    findings: Findings
    comment: str = ""


type Settle = Callable[[Outcome], Mapping[int, str]]
type Follow = Callable[[Outcome], None]


def _nothing(outcome: Outcome) -> None:
    """Let the verdict stand without further effect."""


def _anyone(actor: Actor, case: ReviewCase) -> Decision:
    """No further condition."""
    return ALLOW


def _unforeseen(case_ids: Sequence[int]) -> Sequence[str]:
    """Nothing to say before."""
    return ()


def _no_fields(portal: str) -> Mapping[str, str]:
    """Nothing can be named."""
    return {}


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """How a kind of document takes part in reviews.

    ``on_approved`` returns the cases it must refuse with the reason (a cap filled meanwhile); these stay undecided.
    ``submitters`` are the powers with which a body hands such documents in for its people.
    ``url`` names the page that shows a document, by case id. ``queue_url`` and ``verification_url`` name its queues.
    ``fields`` are the questions of such documents on a portal, key to label: a refusal may name one of them.
    ``foresee`` says in words what passing these cases would bring about, before a reviewer confirms many at once.
    """

    key: str
    label: str
    url: str
    queue_url: str
    powers: Mapping[Stage, Power]
    on_approved: Settle
    on_rejected: Follow = _nothing
    on_withdrawn: Follow = _nothing
    on_revoked: Follow = _nothing
    may_decide: Callable[[Actor, ReviewCase], Decision] = _anyone
    verification_url: str = ""
    readers: frozenset[Power] = frozenset()
    submitters: frozenset[Power] = frozenset()
    fields: Callable[[str], Mapping[str, str]] = _no_fields
    foresee: Callable[[Sequence[int]], Sequence[str]] = _unforeseen

    def queues_at(self, stage: str | None) -> list[str]:
        """The names of its queues, first the one in which documents of that stage wait."""
        names = [name for name in (self.queue_url, self.verification_url) if name]
        return names[::-1] if stage == Stage.VERIFICATION else names

    @property
    def read_with(self) -> frozenset[Power]:
        """An administrator reads documents with one of these: the powers that decide, and ``readers``."""
        return self.readers | frozenset(self.powers.values())


_KINDS: dict[str, DocumentKind] = {}


def register(kind: DocumentKind) -> DocumentKind:
    """Make a kind known; a second kind of the same key is a programming error."""
    if kind.key in _KINDS and _KINDS[kind.key] != kind:
        message = f"document kind {kind.key!r} is registered twice"
        raise ValueError(message)
    _KINDS[kind.key] = kind
    return kind


def kind(key: str) -> DocumentKind:
    """The kind of that key."""
    return _KINDS[key]


def all_kinds() -> Iterator[DocumentKind]:
    """Every registered kind."""
    yield from _KINDS.values()
