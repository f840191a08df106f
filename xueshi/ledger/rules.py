"""The yearly target and verdict, and what is left of a cap, as arithmetic."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from xueshi.ledger.states import Effect
from xueshi.policies.caps import Room, Usage, remaining, tightest
from xueshi.policies.years import ANY_SUBJECT, Requirement, YearRules

ZERO = Decimal(0)
SUBJECTS = ("public", "professional", "elective")
"""The subjects that have a running sum of their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """One condition of the year: what is there, what is needed. ``subject`` is empty for the total."""

    subject: str
    have: Decimal
    need: Decimal

    @property
    def missing(self) -> Decimal:
        """Hours still lacking, never below zero."""
        return max(self.need - self.have, ZERO)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the year is passed, and each condition that says so."""

    passed: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What an event does to the targets of the years ``first_year`` to ``last_year``; None leaves that side open.

    ``amount``: hours to add (negative: to take away), or a share of 0 to 1 to take away.
    """

    effect: Effect
    amount: Decimal
    first_year: int | None
    last_year: int | None
    label: str
    source_kind: str = ""
    source_id: int = 0

    def concerns(self, year: int) -> bool:
        """Whether it bears on that year."""
        return (self.first_year is None or self.first_year <= year) and (
            self.last_year is None or year <= self.last_year
        )


def target(requirement: Requirement, changes: Sequence[Change], step: Decimal) -> Requirement:
    """What is left to ask after the events of a year: shares first, then hours (policy facts 3, decision 0029).

    Minimums keep their proportion to the total, rounded down to ``step`` as all hours are.
    """
    if not changes:
        return requirement
    total = requirement.total
    for change in changes:
        if change.effect is Effect.SHARE:
            total *= 1 - change.amount
    total += sum((change.amount for change in changes if change.effect is Effect.HOURS), ZERO)
    nothing = any(change.effect is Effect.NOTHING for change in changes)
    total = ZERO if nothing else _rounded(max(total, ZERO), step)
    minimums = tuple(  # multiplied first: a third as a decimal would lose half an hour to the rounding
        one.model_copy(update={"hours": _rounded(one.hours * total / requirement.total, step)})
        for one in requirement.minimums
    )
    base = requirement.ratio_base if total else "required"
    return requirement.model_copy(update={"total": total, "minimums": minimums, "ratio_base": base})


def _rounded(hours: Decimal, step: Decimal) -> Decimal:
    return hours // step * step


def judge(sums: Mapping[str, Decimal], requirement: Requirement) -> Verdict:
    """The verdict of a year: total reached and every minimum reached (policy facts 3, AMB-12).

    With base ``required`` minimums are fixed hours of the required total, so studying more never fails a year;
    with base ``actual`` they are shares of what was done.
    """
    total = sum(sums.values(), ZERO)
    scale = total / requirement.total if requirement.ratio_base == "actual" else Decimal(1)
    lines = [Line("", total, requirement.total)]
    for minimum in requirement.minimums:
        lines.append(Line(minimum.key, sums.get(minimum.key, ZERO), minimum.hours * max(scale, Decimal(1))))
    return Verdict(all(line.missing == 0 for line in lines), tuple(lines))


@dataclass(frozen=True, slots=True)
class Share:
    """Hours of one posting that go to one subject."""

    subject: str
    hours: Decimal


def spread(subject: str, hours: Decimal, sums: Mapping[str, Decimal], requirement: Requirement) -> tuple[Share, ...]:
    """Where hours go: to their own subject, or for 全部 to the gaps, largest first (policy facts 3).

    What is left when all gaps are closed goes to the last subject filled, else to the one most is asked of.
    """
    if subject != ANY_SUBJECT:
        return (Share(subject, hours),)
    order = _gaps(sums, requirement)
    shares: dict[str, Decimal] = {}
    left = hours
    for key, gap in order:
        part = min(gap, left)
        if part > 0:
            shares[key] = part
            left -= part
    if left > 0:
        last = next(reversed(shares), _most_asked(requirement))
        shares[last] = shares.get(last, ZERO) + left
    return tuple(Share(key, part) for key, part in shares.items())


def _most_asked(requirement: Requirement) -> str:
    asked = sorted(requirement.minimums, key=lambda one: one.hours)
    return asked[-1].key if asked else "professional"


def _gaps(sums: Mapping[str, Decimal], requirement: Requirement) -> list[tuple[str, Decimal]]:
    named = [(one.key, max(one.hours - sums.get(one.key, ZERO), ZERO)) for one in requirement.minimums]
    if requirement.any_fills == "professional_first":
        return sorted(named, key=lambda pair: pair[0] != "professional")
    return sorted(named, key=lambda pair: -pair[1])


class Held(NamedTuple):
    """Hours already in an account, as caps look at them; made by the ten thousand, hence a tuple."""

    form: str
    subject: str
    hours: Decimal
    starts_on: date | None
    ends_on: date | None

    @property
    def days(self) -> int:
        """As of what is wanted."""
        return _days(self.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Hours about to come in."""

    form: str
    subject: str
    starts_on: date | None
    ends_on: date | None

    @property
    def days(self) -> int:
        """Calendar days, both ends counted; 0 without dates."""
        return _days(self.starts_on, self.ends_on)


def lacking(subject: str, held: Sequence[Held], requirement: Requirement) -> Decimal:
    """What the year still needs that hours of a subject could fill: of the total, or of its minimum if that is more."""
    sums: dict[str, Decimal] = {}
    for one in held:
        for share in spread(one.subject, one.hours, sums, requirement):
            sums[share.subject] = sums.get(share.subject, ZERO) + share.hours
    total, *minimums = judge(sums, requirement).lines
    gaps = [line.missing for line in minimums if subject in {line.subject, ANY_SUBJECT}]
    return max(total.missing, sum(gaps, ZERO))


def room(wanted: Wanted, held: Sequence[Held], of_year: YearRules, requirement: Requirement | None = None) -> Room:
    """The tightest of a year's caps over ``wanted`` given what the account already holds, in the year's whole steps.

    ``requirement`` is what the year asks of the person now; caps per gap are asked only with it.
    """
    rooms = []
    per_gap = any(cap.per == "gap" for cap in of_year.caps)
    gap = lacking(wanted.subject, held, requirement) if per_gap and requirement is not None else None
    for cap in of_year.caps:
        counted = [one for one in held if cap.covers(one.form, one.subject)]
        usage = Usage(
            form=wanted.form,
            subject=wanted.subject,
            in_year=sum((one.hours for one in counted), ZERO),
            days=wanted.days,
            on_days=_on_days(wanted, counted),
            lacking=gap,
        )
        rooms.append(remaining(cap, usage, of_year.precision.step))
    return tightest(rooms)


def _on_days(wanted: Wanted, held: Iterable[Held]) -> Fraction:
    """The part of held hours that falls on the wanted days, all of them spread evenly over their own days."""
    common = ((one, days) for one in held if (days := _common_days(wanted, one)))
    return sum((Fraction(one.hours) * days / one.days for one, days in common), Fraction())


def _common_days(wanted: Wanted, held: Held) -> int:
    if wanted.starts_on is None or wanted.ends_on is None or held.starts_on is None or held.ends_on is None:
        return 0
    return max(_days(max(wanted.starts_on, held.starts_on), min(wanted.ends_on, held.ends_on)), 0)


def _days(first: date | None, last: date | None) -> int:
    """Calendar days, both ends counted; 0 without dates."""
    return (last - first).days + 1 if first is not None and last is not None else 0
