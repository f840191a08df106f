"""A conversion as people say it, without any claim to apply it to: for the page of rules."""

from collections.abc import Callable
from decimal import Decimal
from functools import singledispatch

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
    Tier,
    Tiers,
    WholeYear,
)
from xueshi.policies.formulas.base import SEPARATOR
from xueshi.policies.formulas.grades import AuthorShare, Bonus, FixedByGrade, RankDecay, RankTable
from xueshi.policies.formulas.kinds import Choice, Formula, Sum
from xueshi.policies.numbers import plain

type Names = Callable[[tuple[str, ...], str], str]


def in_words(rule: Formula, form: FormSpec | None = None) -> str:
    """The rule in words; with the form's own labels for the codes of its tables."""

    def names(by: tuple[str, ...], codes: str) -> str:
        parts = zip(by, codes.split(SEPARATOR), strict=False)
        return "、".join(form.field(key).label_of(code) if form and key in form else code for key, code in parts)

    return _said(rule, names)


def _most(limit: Decimal | None, when: str = "") -> str:
    return f"，{when}最多 {plain(limit)} 学时" if limit is not None else ""


def _each(one: str, hours: Decimal, most: Decimal | None) -> str:
    return f"每{one} {plain(hours)} 学时" + _most(most)


@singledispatch
def _said(rule: object, _names: Names) -> str:
    message = f"no words for {type(rule).__name__}"
    raise TypeError(message)


@_said.register
def _(rule: AsApproved, _names: Names) -> str:
    return "按审核认定的学时计入" + _most(rule.max)


@_said.register
def _(_rule: AsLabelled, _names: Names) -> str:
    return "按课程标注的学时计入"


@_said.register
def _(rule: PerDay, _names: Names) -> str:
    unknown = f"（只知天数的每天 {plain(rule.rate_if_hours_unknown)} 学时）" if rule.rate_if_hours_unknown else ""
    years = f"，一次最多计 {plain(rule.cap_once_years)} 年的学时" if rule.cap_once_years else ""
    return (
        f"每天 {plain(rule.rate)} 学时{unknown}" + _most(rule.cap_once, "一次") + years + _most(rule.cap_year, "每年")
    )


@_said.register
def _(rule: PerItem, _names: Names) -> str:
    return _each("项", rule.amount, rule.cap)


@_said.register
def _(rule: PerCourse, _names: Names) -> str:
    return _each("门", rule.hours, rule.cap)


@_said.register
def _(rule: PerSubject, _names: Names) -> str:
    return _each("科", rule.hours, rule.cap)


@_said.register
def _(rule: FixedByGrade, names: Names) -> str:
    return "按级别：" + "，".join(f"{names(rule.by, key)} {plain(hours)} 学时" for key, hours in rule.table.items())


@_said.register
def _(rule: Bonus, _names: Names) -> str:
    return f"{rule.label}加 {plain(rule.amount)} 学时"


@_said.register
def _(rule: RankTable, names: Names) -> str:
    rows = (f"{names(rule.by, key)}依次 {'、'.join(map(plain, row))} 学时" for key, row in rule.table.items())
    return "按级别和位次：" + "，".join(rows)


@_said.register
def _(rule: RankDecay, _names: Names) -> str:
    floor = f"，不少于 {plain(rule.floor)} 学时" if rule.floor else ""
    return f"第 1 位 {plain(rule.start)} 学时，每后一位少 {plain(rule.step)} 学时{floor}"


@_said.register
def _(rule: AuthorShare, _names: Names) -> str:
    full = f"前 {rule.in_full} 人以内各 " if rule.in_full > 1 else "独立完成 "
    others = "其余平分剩余学时" if rule.other is None else f"其他作者各 {plain(rule.other)} 学时"
    counted = f"，只计前 {rule.counted} 位" if rule.counted else ""
    return f"{full}{plain(rule.amount)} 学时，多人的第一作者 {plain(rule.amount * rule.first)} 学时，{others}{counted}"


@_said.register
def _(rule: PerWords, _names: Names) -> str:
    whole = "（不足的部分不计）" if rule.whole_units else ""
    return f"每 {rule.unit} 字 {plain(rule.hours)} 学时{whole}" + _most(rule.cap)


@_said.register
def _(rule: Multiplier, _names: Names) -> str:
    return f"按授课学时的 {plain(rule.factor)} 倍计入" + _most(rule.cap)


@_said.register
def _(rule: WholeYear, _names: Names) -> str:
    usable = f"，{rule.usable_years} 年内可计入一次" if rule.usable_years else ""
    return f"满一年，计入全年要求的学时{usable}"


@_said.register
def _(_rule: CompleteBucket, _names: Names) -> str:
    return "计满本年度该科目要求的学时"


@_said.register
def _(rule: Spread, _names: Names) -> str:
    return f"共 {plain(rule.total)} 学时，分 {rule.years} 年计入"


@_said.register
def _(rule: Tiers, _names: Names) -> str:
    return f"每天 {plain(rule.rate)} 学时（路途不计），" + "，".join(map(_tier, rule.tiers))


def _tier(tier: Tier) -> str:
    months, over = tier.start
    when = f"{'超过' if over else '满'} {months} 个月的" if months else "一次"
    return f"{when}最多 {plain(tier.cap)} 学时"


@_said.register
def _(rule: Sum, names: Names) -> str:
    return "；".join(_said(part, names) for part in rule.parts) + _most(rule.cap, "合计")


@_said.register
def _(rule: Choice, names: Names) -> str:
    return "；".join(f"{names(rule.by, key)}：{_said(case, names)}" for key, case in rule.cases.items())
