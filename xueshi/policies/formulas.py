"""The named formulas of conversion: how many hours one piece of learning is worth at most (policy facts 5.1).

A formula is one class, which a pack fills with numbers, and one registered function, which computes. To add a kind:
write both here, name the class in ``Formula``, and give the worked examples of its source as a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import singledispatch
from typing import Annotated, Literal

from pydantic import Field

from xueshi.policies.values import Mark, Sourced

type Positive = Annotated[Decimal, Field(gt=0)]


class AsApproved(Sourced):
    """What the reviewer recognises, at most ``max`` if there is one."""

    kind: Literal["as_approved"]
    max: Positive | None = None


class AsLabelled(Sourced):
    """The hours printed on the course itself."""

    kind: Literal["as_labelled"]


class PerDay(Sourced):
    """``rate`` hours a day; less when only the days are known; capped for one training."""

    kind: Literal["per_day"]
    rate: Positive
    rate_if_hours_unknown: Positive | None = None
    cap_once: Positive | None = None


class PerItem(Sourced):
    """A fixed amount for each paper, course or patent."""

    kind: Literal["per_item"]
    amount: Positive
    cap: Positive | None = None


class FixedByGrade(Sourced):
    """An amount by grade: national, provincial, municipal."""

    kind: Literal["fixed_by_grade"]
    table: Mapping[str, Positive]


class WholeYear(Sourced):
    """A posting that fills the year: the year's requirement, whatever was claimed below it."""

    kind: Literal["whole_year"]


class Multiplier(Sourced):
    """Taught hours times ``factor``."""

    kind: Literal["multiplier"]
    factor: Positive
    cap: Positive | None = None


type Formula = Annotated[
    AsApproved | AsLabelled | PerDay | PerItem | FixedByGrade | WholeYear | Multiplier, Field(discriminator="kind")
]


@dataclass(frozen=True)
class Inputs:
    """What a formula may look at. ``claimed`` are hours applied for; None means the person named none."""

    claimed: Decimal | None = None
    days: int = 0
    items: int = 1
    grade: str = ""
    labelled: Decimal | None = None
    taught: Decimal | None = None
    year_total: Decimal | None = None
    activity: str = "学习"
    unit: str = "学时"


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
class _Limit:
    hours: Decimal | None
    text: str
    inputs: tuple[tuple[str, str], ...] = ()
    cap: str = ""


def compute(rule: Formula, inputs: Inputs) -> Computed:
    """What a claim is worth under a rule: never more than the rule gives, never more than was claimed."""
    limit = _limit(rule, inputs)
    claimed = inputs.claimed
    if claimed is None or (limit.hours is not None and claimed > limit.hours):
        hours, cap = limit.hours or Decimal(0), limit.cap or limit.text
    else:
        hours, cap = claimed, ""
    used = limit.inputs + ((("申报学时", plain(claimed)),) if claimed is not None else ())
    return Computed(hours, limit.hours, limit.text, used, cap if claimed is not None else "", rule.mark)


def plain(hours: Decimal) -> str:
    """A number as people write it: 24, 1.5 — no trailing noughts."""
    return f"{hours.normalize():f}"


def round_down(hours: Decimal, step: Decimal) -> Decimal:
    """To the whole step below (precision 0.5, policy facts 6)."""
    return (hours / step).to_integral_value(ROUND_FLOOR) * step


@singledispatch
def _limit(rule: object, _inputs: Inputs) -> _Limit:
    message = f"no computation for {type(rule).__name__}"
    raise TypeError(message)


@_limit.register
def _(rule: AsApproved, inputs: Inputs) -> _Limit:
    if rule.max is None:
        return _Limit(None, "按审核认定的学时计入")
    return _Limit(rule.max, f"按审核认定的学时计入，最多 {plain(rule.max)} {inputs.unit}")


@_limit.register
def _(rule: AsLabelled, inputs: Inputs) -> _Limit:
    labelled = inputs.labelled or Decimal(0)
    return _Limit(labelled, f"按课程标注的 {plain(labelled)} {inputs.unit}计入", (("课程标注", plain(labelled)),))


@_limit.register
def _(rule: PerDay, inputs: Inputs) -> _Limit:
    unknown = inputs.claimed is None and rule.rate_if_hours_unknown is not None
    rate = rule.rate_if_hours_unknown if unknown and rule.rate_if_hours_unknown else rule.rate
    hours = rate * inputs.days
    per_day = f"每天 {plain(rate)} {inputs.unit}"
    text = f"{inputs.days} 天的{inputs.activity}最多申报 {plain(hours)} {inputs.unit}（{per_day}）"
    cap = ""
    if rule.cap_once is not None and hours > rule.cap_once:
        hours = rule.cap_once
        cap = f"一次{inputs.activity}最多 {plain(hours)} {inputs.unit}"
        text = f"{text}，{cap}"
    return _Limit(hours, text, (("天数", str(inputs.days)), ("每天学时", plain(rate))), cap)


@_limit.register
def _(rule: PerItem, inputs: Inputs) -> _Limit:
    hours = rule.amount * inputs.items
    text = f"{inputs.activity}每项 {plain(rule.amount)} {inputs.unit}，{inputs.items} 项共 {plain(hours)} {inputs.unit}"
    return _capped(hours, rule.cap, _Limit(hours, text, (("项数", str(inputs.items)),)), inputs)


@_limit.register
def _(rule: FixedByGrade, inputs: Inputs) -> _Limit:
    hours = rule.table.get(inputs.grade, Decimal(0))
    text = f"{inputs.activity}（{inputs.grade}）{plain(hours)} {inputs.unit}"
    return _Limit(hours, text, (("等级", inputs.grade),))


@_limit.register
def _(_rule: WholeYear, inputs: Inputs) -> _Limit:
    hours = inputs.year_total or Decimal(0)
    text = f"{inputs.activity}满一年，最多计入全年 {plain(hours)} {inputs.unit}"
    return _Limit(hours, text, (("年度要求", plain(hours)),))


@_limit.register
def _(rule: Multiplier, inputs: Inputs) -> _Limit:
    taught = inputs.taught or Decimal(0)
    hours = taught * rule.factor
    text = f"{inputs.activity}按授课学时的 {plain(rule.factor)} 倍计 {plain(hours)} {inputs.unit}"
    return _capped(hours, rule.cap, _Limit(hours, text, (("授课学时", plain(taught)),)), inputs)


def _capped(hours: Decimal, cap: Decimal | None, limit: _Limit, inputs: Inputs) -> _Limit:
    if cap is None or hours <= cap:
        return limit
    words = f"最多 {plain(cap)} {inputs.unit}"
    return _Limit(cap, f"{limit.text}，{words}", limit.inputs, words)
