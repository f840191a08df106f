"""Formulas over the grade of an achievement and one's rank among its people."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from xueshi.policies.formulas.base import RANK, Asks, Positive, Rule, Tables
from xueshi.policies.values import Key, Label

type Part = Annotated[Decimal, Field(gt=0, le=1)]


class FixedByGrade(Rule):
    """An amount by grade, or by the codes of several fields: ``by = ["grade", "part"]``, ``"national/main" = 72``."""

    kind: Literal["fixed_by_grade"]
    by: tuple[Key, ...] = ("grade",)
    table: Mapping[str, Positive]

    @property
    def asks(self) -> Asks:
        """Each field of the table."""
        return tuple((key,) for key in self.by)

    @property
    def tables(self) -> Tables:
        """Its own."""
        return ((self.by, tuple(self.table)),)


class Bonus(Rule):
    """An amount that is added when the answers say so: nothing where they do not.

    ``when`` maps fields to the answers wanted; ``words_from`` and ``words_below`` bound the length in characters.
    """

    kind: Literal["bonus"]
    label: Label
    amount: Positive
    when: Mapping[Key, tuple[str, ...]] = Field(default_factory=dict)
    words_from: int | None = None
    words_below: int | None = None

    @model_validator(mode="after")
    def _has_a_condition(self) -> Self:
        if not self.when and self.words_from is None and self.words_below is None:
            raise ValueError("a bonus needs a condition")
        return self

    @property
    def asks(self) -> Asks:
        """What its condition looks at."""
        bounded = self.words_from is not None or self.words_below is not None
        return tuple((key,) for key in self.when) + ((("words",),) if bounded else ())

    @property
    def tables(self) -> Tables:
        """The answers of its condition."""
        return tuple(((key,), codes) for key, codes in self.when.items())


class RankTable(Rule):
    """Hours by grade and by one's rank among the participants; behind the last rank named, nothing."""

    kind: Literal["rank_table"]
    by: tuple[Key, ...] = ("grade",)
    table: Mapping[str, Annotated[tuple[Positive, ...], Field(min_length=1)]]

    @property
    def asks(self) -> Asks:
        """Each field of the table, and the rank."""
        return (*((key,) for key in self.by), RANK)

    @property
    def tables(self) -> Tables:
        """Its own."""
        return ((self.by, tuple(self.table)),)


class RankDecay(Rule):
    """``start`` hours for the first rank, ``step`` fewer for each one behind, never below ``floor``."""

    kind: Literal["rank_decay"]
    start: Positive
    step: Positive
    floor: Annotated[Decimal, Field(ge=0)] = Decimal(0)

    @property
    def asks(self) -> Asks:
        """The rank."""
        return (RANK,)


class AuthorShare(Rule):
    """One achievement of several authors, worth ``amount`` to one who did it alone.

    Up to ``in_full`` authors each have the whole. With more, the first has the share ``first`` of it, and each other
    has ``other`` hours, or (``divided``) an equal part of the remainder. Only the first ``counted`` have anything.
    """

    kind: Literal["author_share"]
    amount: Positive
    first: Part = Decimal(1)
    other: Positive | None = None
    divided: bool = False
    in_full: int = Field(default=1, ge=1)
    counted: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _others_have_one_rule(self) -> Self:
        if (self.other is not None) == self.divided:
            raise ValueError("others have either their own hours (other) or the remainder (divided)")
        return self

    @property
    def asks(self) -> Asks:
        """The rank, and how many they are where the remainder is divided."""
        return (RANK, ("people",)) if self.divided else (RANK,)
