"""Formulas over days, items, characters, hours and years."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from xueshi.policies.formulas.base import DAYS, Asks, Positive, Rule
from xueshi.policies.values import Key, Value


class AsApproved(Rule):
    """What the reviewer recognises, at most ``max`` if there is one."""

    kind: Literal["as_approved"]
    max: Positive | None = None


class AsLabelled(Rule):
    """The hours printed on the course itself, asked as ``labelled``."""

    kind: Literal["as_labelled"]

    @property
    def asks(self) -> Asks:
        """The label."""
        return (("labelled",),)


class PerDay(Rule):
    """``rate`` hours a day, days of travel left out; less when only the days are known.

    ``cap_once`` limits one training, ``cap_once_years`` limits it to so many years' requirements, ``cap_year`` all
    trainings of the form in one year (it also becomes a cap of the year, so that the ledger holds it).
    """

    kind: Literal["per_day"]
    rate: Positive
    rate_if_hours_unknown: Positive | None = None
    cap_once: Positive | None = None
    cap_once_years: Positive | None = None
    cap_year: Positive | None = None

    @property
    def asks(self) -> Asks:
        """The days."""
        return (DAYS,)


class PerItem(Rule):
    """A fixed amount for each paper or patent, asked as ``items``; one where nothing is asked."""

    kind: Literal["per_item"]
    amount: Positive
    cap: Positive | None = None


class PerCourse(Rule):
    """Hours for each course passed, asked as ``items``."""

    kind: Literal["per_course"]
    hours: Positive
    cap: Positive | None = None


class PerSubject(Rule):
    """Hours for each examination subject passed, asked as ``items``."""

    kind: Literal["per_subject"]
    hours: Positive
    cap: Positive | None = None


class PerWords(Rule):
    """``hours`` for every ``unit`` characters, in proportion; with ``whole_units`` only for whole ones."""

    kind: Literal["per_words"]
    hours: Positive
    unit: Annotated[int, Field(gt=0)]
    whole_units: bool = False
    cap: Positive | None = None

    @property
    def asks(self) -> Asks:
        """The length."""
        return (("words",),)


class Multiplier(Rule):
    """Taught hours, asked as ``taught``, times ``factor``."""

    kind: Literal["multiplier"]
    factor: Positive
    cap: Positive | None = None

    @property
    def asks(self) -> Asks:
        """The hours taught."""
        return (("taught",),)


class WholeYear(Rule):
    """A posting or a degree that fills the year: the year's requirement.

    With ``usable_years`` it may be booked once, in the year asked as ``first_year`` or one of those behind it.
    """

    kind: Literal["whole_year"]
    usable_years: int | None = Field(default=None, ge=1)

    @property
    def asks(self) -> Asks:
        """The first year, where it matters."""
        return (("first_year",),) if self.usable_years else ()


class CompleteBucket(Rule):
    """All that the year asks of one subject."""

    kind: Literal["complete_bucket"]
    bucket: Key


class Spread(Rule):
    """``total`` hours booked over ``years`` years in equal parts, from the one asked as ``first_year``."""

    kind: Literal["spread"]
    total: Positive
    years: int = Field(ge=1)

    @property
    def asks(self) -> Asks:
        """The first of the years."""
        return (("first_year",),)


class Tier(Value):
    """A limit for trainings from, or of more than, so many months; a tier without either is for the shortest."""

    cap: Positive
    from_months: int | None = Field(default=None, ge=1)
    over_months: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _begins_once(self) -> Self:
        if self.from_months is not None and self.over_months is not None:
            raise ValueError("a tier begins from or over so many months, not both")
        return self

    @property
    def start(self) -> tuple[int, int]:
        """For the order of tiers."""
        return (self.over_months, 1) if self.over_months is not None else (self.from_months or 0, 0)


class Tiers(Rule):
    """``rate`` hours a day, days of travel left out, at most the cap of its duration."""

    kind: Literal["tiers"]
    rate: Positive
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        starts = [tier.start for tier in self.tiers]
        if starts != sorted(set(starts)):
            raise ValueError("tiers stand in the order of their durations, each once")
        return self

    @property
    def asks(self) -> Asks:
        """Both ends: months are counted by the calendar."""
        return (("period",),)
