"""When a counted year opens and closes, and until when hours may be declared for it (policy facts 7)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from xueshi.policies.values import Sourced

_MOMENT = re.compile(r"(?:\+([0-9]) )?([0-9]{2})-([0-9]{2})")


def _day(moment: str, year: int) -> date:
    match = _MOMENT.fullmatch(moment)
    if match is None:
        message = f"{moment!r} is no day of a year; write 12-31, or +1 04-30 for a day of the next year"
        raise ValueError(message)
    later, month, day = match.groups()
    return date(year + int(later or 0), int(month), int(day))


def _is_a_day(moment: str) -> str:
    _day(moment, 2001)  # no leap year: a day that only some years have would close nothing in the others
    return moment


type Moment = Annotated[str, AfterValidator(_is_a_day)]


@dataclass(frozen=True, slots=True)
class Term:
    """From one day to another, both included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


class Window(Sourced):
    """The bounds of a counted year: the calendar's unless a pack says otherwise.

    Days are written ``12-31``, with ``+1 `` before those of the following year. ``declared_until`` is the last day of
    declaring hours for it; without one, ``declaration.years_back`` years after it closes.
    """

    opening: Moment = Field("01-01", alias="opens")
    closing: Moment = Field("12-31", alias="closes")
    declared_until: Moment | None = None

    def opens(self, year: int) -> date:
        """The first day of the counted year, and of declaring for it."""
        return _day(self.opening, year)

    def closes(self, year: int) -> date:
        """The last day of the counted year."""
        return _day(self.closing, year)

    def declaring(self, year: int, years_back: int) -> Term:
        """When hours may be declared for a year."""
        last = _day(self.declared_until, year) if self.declared_until else _day(self.closing, year + years_back)
        return Term(self.opens(year), last)
