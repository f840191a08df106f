"""What a formula may look at, and what comes of it."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from xueshi.policies.formulas.base import SEPARATOR
from xueshi.policies.numbers import STEP, plain, round_down
from xueshi.policies.values import Mark

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Inputs:
    """The facts of one claim. ``claimed`` are hours applied for; None means the person named none.

    ``days`` are calendar days, of which ``travel_days`` do not count; ``starts_on`` and ``ends_on`` both count.
    ``hours_known`` False: only the days are proved (None: as ``claimed`` says). ``rank`` of ``people``, first is 1.
    ``words`` are characters. ``nth_year`` counts from the achievement's first year, which is 1. ``chosen`` and
    ``named`` are the codes and labels of choices by field, ``minimums`` what the year asks by subject, ``used`` the
    hours of this form that the year already holds, ``step`` the precision results are rounded down to.
    """

    claimed: Decimal | None = None
    days: int = 0
    items: int = 1
    grade: str = ""
    labelled: Decimal | None = None
    taught: Decimal | None = None
    year_total: Decimal | None = None
    activity: str = "学习"
    unit: str = "学时"
    travel_days: int = 0
    starts_on: date | None = None
    ends_on: date | None = None
    hours_known: bool | None = None
    rank: int = 1
    people: int = 1
    words: int = 0
    nth_year: int = 1
    chosen: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    minimums: Mapping[str, Decimal] = field(default_factory=dict)
    used: Decimal = Decimal(0)
    step: Decimal = STEP

    @property
    def learning_days(self) -> int:
        """Days without those of travel."""
        return max(self.days - self.travel_days, 0)

    def code(self, key: str) -> str:
        """The answer to a choice, empty when it was left open."""
        return self.chosen.get(key, self.grade if key == "grade" else "")

    def codes(self, by: tuple[str, ...]) -> str:
        """The key of a table's row."""
        return SEPARATOR.join(self.code(key) for key in by)

    def names(self, by: tuple[str, ...]) -> str:
        """What the answers are called."""
        return "、".join(self.named.get(key, self.code(key)) or "未选择" for key in by)

    def said(self, hours: Decimal) -> str:
        """Hours with their unit, as people write them."""
        return f"{plain(round_down(hours, _HUNDREDTH))} {self.unit}"

    def lasts(self, months: int, *, over: bool) -> bool:
        """Whether the period reaches so many calendar months, or (``over``) exceeds them."""
        if self.starts_on is None or self.ends_on is None:
            return False
        full, after = _months_later(self.starts_on, months), self.ends_on + timedelta(days=1)
        return after > full if over else after >= full


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Computed:
    """The result with its reasons: ``hours`` to recognise at most, ``limit`` of the rule (None: no limit).

    ``text`` says the rule to the person, ``inputs`` are the values used, ``cap`` names what cut the claim, if anything.
    """

    hours: Decimal
    limit: Decimal | None
    text: str
    inputs: tuple[tuple[str, str], ...]
    cap: str
    mark: Mark


@dataclass(frozen=True)
class Limit:
    """What a formula gives before it meets a claim; ``cap`` is the limit inside it that bit."""

    hours: Decimal | None
    text: str
    inputs: tuple[tuple[str, str], ...] = ()
    cap: str = ""
