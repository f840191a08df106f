"""The named formulas of conversion as a pack writes them: a kind and its numbers (policy facts 5.1)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from xueshi.policies.forms import FormSpec
from xueshi.policies.formulas.amounts import (
    AsApproved,
    AsLabelled,
    CompleteBucket,
    Multiplier,
    PerCourse,
    PerDay,
    PerItem,
    PerSubject,
    PerWords,
    Spread,
    Tiers,
    WholeYear,
)
from xueshi.policies.formulas.base import SEPARATOR, Asks, Positive, Rule, Tables
from xueshi.policies.formulas.grades import AuthorShare, Bonus, FixedByGrade, RankDecay, RankTable
from xueshi.policies.values import Key


class Sum(Rule):
    """Several formulas added up: a base and its bonuses."""

    kind: Literal["sum"]
    parts: Annotated[tuple["Formula", ...], Field(min_length=2)]
    cap: Positive | None = None

    @property
    def parts_of(self) -> tuple[Rule, ...]:
        """What is added."""
        return self.parts


class Choice(Rule):
    """One formula or another, by an answer: half-time or full-time, book or paper."""

    kind: Literal["choice"]
    by: tuple[Key, ...]
    cases: Mapping[str, "Formula"]

    @property
    def asks(self) -> Asks:
        """The fields that choose."""
        return tuple((key,) for key in self.by)

    @property
    def tables(self) -> Tables:
        """The answers that have a formula."""
        return ((self.by, tuple(self.cases)),)

    @property
    def parts_of(self) -> tuple[Rule, ...]:
        """What may be chosen."""
        return tuple(self.cases.values())


type Formula = Annotated[
    AsApproved
    | AsLabelled
    | PerDay
    | PerItem
    | PerCourse
    | PerSubject
    | FixedByGrade
    | Bonus
    | RankTable
    | RankDecay
    | AuthorShare
    | PerWords
    | Multiplier
    | WholeYear
    | CompleteBucket
    | Spread
    | Tiers
    | Sum
    | Choice,
    Field(discriminator="kind"),
]

Sum.model_rebuild()
Choice.model_rebuild()


def within(rule: Rule) -> Iterator[Rule]:
    """The formula and all it is made of."""
    yield rule
    for part in rule.parts_of:
        yield from within(part)


def lacking(rule: Rule, form: FormSpec) -> str:
    """What the formula needs and the form does not ask, in a sentence; empty when they fit."""
    for one in within(rule):
        for keys in one.asks:
            if not any(key in form for key in keys):
                return f"{_kind(one)} needs the field {' or '.join(keys)}"
        for by, codes in one.tables:
            if found := _unknown(by, codes, form):
                return f"{_kind(one)}: {found}"
    return ""


def _kind(rule: Rule) -> str:
    return str(getattr(rule, "kind", ""))


def _unknown(by: tuple[str, ...], rows: tuple[str, ...], form: FormSpec) -> str:
    for row in rows:
        codes = row.split(SEPARATOR)
        if len(codes) != len(by):
            return f"{row!r} should name {len(by)} codes, of {SEPARATOR.join(by)}"
        for key, code in zip(by, codes, strict=True):
            if code not in {option.code for option in form.field(key).options}:
                return f"the field {key} offers no {code!r}"
    return ""
