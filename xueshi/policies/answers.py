"""What a form specification has accepted: typed, immutable, and storable as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

type Json = str | int | bool | list[str]


@dataclass(frozen=True)
class Period:
    """Two days in order, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Calendar days, both ends counted."""
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d} 至 {self.end:%Y-%m-%d}"


type Answer = str | int | bool | Decimal | date | Period | tuple[str, ...]


@dataclass(frozen=True)
class Answers:
    """The answers by field key; a field left empty or hidden is absent."""

    given: Mapping[str, Answer]

    def __post_init__(self) -> None:
        object.__setattr__(self, "given", MappingProxyType(dict(self.given)))

    def __contains__(self, key: object) -> bool:
        return key in self.given

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def get(self, key: str) -> Answer | None:
        """The answer, or None when it was left empty."""
        return self.given.get(key)

    def text(self, key: str) -> str:
        """A text answer; empty when it was left empty."""
        found = self.given.get(key, "")
        return found if isinstance(found, str) else str(found)

    def flag(self, key: str) -> bool:
        """A ticked box, or the answer 是 of a yes-or-no question."""
        return self.given.get(key) in {True, "yes"}

    def day(self, key: str) -> date | None:
        """A date, or None."""
        found = self.given.get(key)
        return found if isinstance(found, date) else None

    def period(self, key: str) -> Period | None:
        """A period, or None."""
        found = self.given.get(key)
        return found if isinstance(found, Period) else None

    def hours(self, key: str) -> Decimal | None:
        """Hours as an exact number, or None."""
        found = self.given.get(key)
        return found if isinstance(found, Decimal) else None

    def integer(self, key: str) -> int | None:
        """A whole number, or None."""
        found = self.given.get(key)
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def many(self, key: str) -> tuple[str, ...]:
        """The references of a file or multiple-choice field."""
        found = self.given.get(key, ())
        return found if isinstance(found, tuple) else (str(found),)

    def without(self, *keys: str) -> "Answers":
        """The same without some keys: those that became columns."""
        return Answers({key: value for key, value in self.given.items() if key not in keys})

    def as_json(self) -> dict[str, Json]:
        """For a JSON column; ``FormSpec.restore`` is the way back. Passwords must be dropped first (`without`)."""
        return {key: _plain(value) for key, value in self.given.items()}


def _plain(value: Answer) -> Json:
    if isinstance(value, Period):
        return [value.start.isoformat(), value.end.isoformat()]
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
