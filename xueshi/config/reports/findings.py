"""What a check of an invariant found."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

SHOWN: Final = 5
"""So many ids are named; the count is complete."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant: how many violations, and the first few."""

    id: str
    statement: str
    violations: int
    examples: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Invariant:
    """A statement and the question that lists what breaks it, as ``table:id`` or the like."""

    id: str
    statement: str
    broken: Callable[[], Sequence[str]]

    def check(self) -> Finding:
        """Ask now."""
        broken = self.broken()
        return Finding(self.id, self.statement, len(broken), tuple(broken[:SHOWN]))
