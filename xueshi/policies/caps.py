"""Limits over several claims: hours a day across forms, hours a year of one form (policy facts 6).

Whoever posts hours asks again under the lock of the account, because two claims can be pending at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Self

from pydantic import Field, model_validator

from xueshi.policies.numbers import STEP, plain, round_down
from xueshi.policies.values import Key, Label, Sourced


class Cap(Sourced):
    """One limit: ``day`` counts the hours of a period against its days, ``year`` all hours of the year.

    ``gap`` has no number of its own: no more than the year's requirement still lacks (policy facts 5.7). ``forms`` and
    ``subjects`` empty mean all of them together.
    """

    key: Key
    label: Label
    per: Literal["day", "year", "gap"]
    hours: Decimal = Field(default=Decimal(0), ge=0)
    forms: tuple[Key, ...] = ()
    subjects: tuple[Key, ...] = ()

    @model_validator(mode="after")
    def _has_a_number_or_needs_none(self) -> Self:
        if (self.per == "gap") == bool(self.hours):
            raise ValueError("a cap names its hours, above nought; one per gap has none")
        return self

    def covers(self, form: str, subject: str) -> bool:
        """Whether a claim of that form and subject counts towards it."""
        return (not self.forms or form in self.forms) and (not self.subjects or subject in self.subjects)


@dataclass(frozen=True)
class Usage:
    """Hours already recognised or pending, beside the new claim.

    ``on_days`` are those falling on the claim's own days, ``days`` is their number (0: the claim has no dates); hours
    spread over days are thirds and sevenths, which only a fraction adds up again.
    ``lacking`` is what the year still needs for this subject; None where nobody asked.
    """

    form: str
    subject: str
    in_year: Decimal = Decimal(0)
    days: int = 0
    on_days: Fraction = Fraction(0)
    lacking: Decimal | None = None


@dataclass(frozen=True)
class Room:
    """What is left; ``hours`` None means no cap applies, ``cap`` is the one that bites first."""

    hours: Decimal | None = None
    cap: Cap | None = None

    def explain(self, unit: str = "学时") -> str:
        """The cap in words, empty when there is none."""
        if self.cap is None or self.hours is None:
            return ""
        if self.cap.per == "gap":
            return f"{self.cap.label}：{_gap_in_words(self.hours, unit)}"
        per = "每天" if self.cap.per == "day" else "每年"
        return f"{self.cap.label}{per}最多 {plain(self.cap.hours)} {unit}，还可计入 {plain(self.hours)} {unit}"


def _gap_in_words(hours: Decimal, unit: str) -> str:
    return (
        f"本年度还差 {plain(hours)} {unit}，最多计入 {plain(hours)} {unit}" if hours else f"本年度{unit}已满，不再计入"
    )


def remaining(cap: Cap, usage: Usage, step: Decimal = STEP) -> Room:
    """What one cap still allows this claim, in whole steps; never below zero."""
    if not cap.covers(usage.form, usage.subject) or (cap.per == "day" and usage.days == 0):
        return Room()
    if cap.per == "gap":
        return Room() if usage.lacking is None else Room(round_down(usage.lacking, step), cap)
    by_day = cap.per == "day"
    left = Fraction(cap.hours) * usage.days - usage.on_days if by_day else Fraction(cap.hours - usage.in_year)
    return Room(round_down(max(left, Fraction(0)), step), cap)


def tightest(rooms: Iterable[Room]) -> Room:
    """The narrowest of several; the first named wins a tie."""
    bounded = [room for room in rooms if room.hours is not None]
    return min(bounded, key=lambda room: room.hours or Decimal(0), default=Room())
