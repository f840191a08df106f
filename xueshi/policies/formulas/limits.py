"""What each formula gives: one function a kind. Numbers come from the pack, facts from the claim."""

from decimal import Decimal
from functools import singledispatch

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
from xueshi.policies.formulas.grades import AuthorShare, Bonus, FixedByGrade, RankDecay, RankTable
from xueshi.policies.formulas.inputs import Inputs, Limit
from xueshi.policies.formulas.kinds import Choice, Sum
from xueshi.policies.numbers import plain, round_down

NOUGHT = Decimal(0)


@singledispatch
def limit_of(rule: object, _inputs: Inputs) -> Limit:
    """The most a rule gives for these facts, with its reasons; ``TypeError`` for what is no formula."""
    message = f"no computation for {type(rule).__name__}"
    raise TypeError(message)


@limit_of.register
def _(rule: AsApproved, inputs: Inputs) -> Limit:
    if rule.max is None:
        return Limit(None, "按审核认定的学时计入")
    return Limit(rule.max, f"按审核认定的学时计入，最多 {plain(rule.max)} {inputs.unit}")


@limit_of.register
def _(rule: AsLabelled, inputs: Inputs) -> Limit:
    labelled = inputs.labelled or NOUGHT
    return Limit(labelled, f"按课程标注的 {plain(labelled)} {inputs.unit}计入", (("课程标注", plain(labelled)),))


@limit_of.register
def _(rule: PerDay, inputs: Inputs) -> Limit:
    known = inputs.claimed is not None if inputs.hours_known is None else inputs.hours_known
    rate = rule.rate if known else (rule.rate_if_hours_unknown or rule.rate)
    limit = _days(rate, inputs)
    limit = capped(limit, rule.cap_once, f"一次{inputs.activity}", inputs)
    if rule.cap_once_years is not None and inputs.year_total is not None:
        limit = capped(limit, rule.cap_once_years * inputs.year_total, f"一次{inputs.activity}", inputs)
    if rule.cap_year is None:
        return limit
    left = max(rule.cap_year - inputs.used, NOUGHT)
    words = f"{inputs.activity}每年最多 {inputs.said(rule.cap_year)}，还可计入 {inputs.said(left)}"
    return _cut(limit, left, words)


def _days(rate: Decimal, inputs: Inputs) -> Limit:
    hours = rate * inputs.learning_days
    travel = f"（路途 {inputs.travel_days} 天不计）" if inputs.travel_days else ""
    text = (
        f"{inputs.learning_days} 天的{inputs.activity}{travel}最多申报 {inputs.said(hours)}（每天 {inputs.said(rate)}）"
    )
    return Limit(hours, text, (("天数", str(inputs.learning_days)), ("每天学时", plain(rate))))


@limit_of.register
def _(rule: Tiers, inputs: Inputs) -> Limit:
    reached = [
        tier
        for tier in rule.tiers
        if tier.start[0] == 0 or inputs.lasts(tier.start[0], over=tier.over_months is not None)
    ]
    limit = _days(rule.rate, inputs)
    return capped(limit, reached[-1].cap, f"此时长的{inputs.activity}", inputs) if reached else limit


@limit_of.register
def _(rule: PerItem, inputs: Inputs) -> Limit:
    return _each(rule.amount, "项", rule.cap, inputs)


@limit_of.register
def _(rule: PerCourse, inputs: Inputs) -> Limit:
    return _each(rule.hours, "门", rule.cap, inputs)


@limit_of.register
def _(rule: PerSubject, inputs: Inputs) -> Limit:
    return _each(rule.hours, "科", rule.cap, inputs)


def _each(amount: Decimal, classifier: str, cap: Decimal | None, inputs: Inputs) -> Limit:
    hours = amount * inputs.items
    text = f"{inputs.activity}每{classifier} {inputs.said(amount)}，{inputs.items} {classifier}共 {inputs.said(hours)}"
    return capped(Limit(hours, text, ((f"{classifier}数", str(inputs.items)),)), cap, "", inputs)


@limit_of.register
def _(rule: FixedByGrade, inputs: Inputs) -> Limit:
    hours = rule.table.get(inputs.codes(rule.by))
    return _graded(hours, rule.by, inputs)


def _graded(hours: Decimal | None, by: tuple[str, ...], inputs: Inputs, rank: str = "") -> Limit:
    used = (("等级", inputs.names(by)),) + ((("位次", str(inputs.rank)),) if rank else ())
    of = f"{inputs.activity}（{inputs.names(by)}）{rank}"
    if hours is None:
        return Limit(NOUGHT, f"{of}未列入折算标准", used)
    return Limit(hours, f"{of} {inputs.said(hours)}", used)


@limit_of.register
def _(rule: RankTable, inputs: Inputs) -> Limit:
    row = rule.table.get(inputs.codes(rule.by), ())
    hours = row[inputs.rank - 1] if 1 <= inputs.rank <= len(row) else None
    return _graded(hours, rule.by, inputs, f"第 {inputs.rank} 位")


@limit_of.register
def _(rule: RankDecay, inputs: Inputs) -> Limit:
    hours = max(rule.start - rule.step * (inputs.rank - 1), rule.floor)
    text = f"{inputs.activity}第 1 位 {inputs.said(rule.start)}，每后一位少 {inputs.said(rule.step)}"
    text += f"，第 {inputs.rank} 位 {inputs.said(hours)}"
    return Limit(hours, text, (("位次", str(inputs.rank)),))


@limit_of.register
def _(rule: AuthorShare, inputs: Inputs) -> Limit:
    hours = author_hours(rule, inputs.rank, inputs.people)
    text = f"{inputs.activity}独立完成 {inputs.said(rule.amount)}"
    text += f"；{inputs.people} 人中第 {inputs.rank} 位 {inputs.said(hours)}"
    return Limit(hours, text, (("人数", str(inputs.people)), ("位次", str(inputs.rank))))


def author_hours(rule: AuthorShare, rank: int, people: int) -> Decimal:
    """One author's hours of an achievement of several."""
    if not 1 <= rank <= max(people, 1) or (rule.counted is not None and rank > rule.counted):
        return NOUGHT
    if people <= rule.in_full:
        return rule.amount
    first = rule.amount * rule.first
    if rank == 1:
        return first
    sharing = min(people, rule.counted or people) - 1
    return rule.other if rule.other is not None else (rule.amount - first) / sharing


@limit_of.register
def _(rule: PerWords, inputs: Inputs) -> Limit:
    units = Decimal(inputs.words) / rule.unit
    hours = rule.hours * (round_down(units, Decimal(1)) if rule.whole_units else units)
    text = f"{inputs.activity}每 {rule.unit} 字 {inputs.said(rule.hours)}，{inputs.words} 字共 {inputs.said(hours)}"
    return capped(Limit(hours, text, (("字数", str(inputs.words)),)), rule.cap, "", inputs)


@limit_of.register
def _(rule: Multiplier, inputs: Inputs) -> Limit:
    taught = inputs.taught or NOUGHT
    hours = taught * rule.factor
    text = f"{inputs.activity}按授课学时的 {plain(rule.factor)} 倍计 {inputs.said(hours)}"
    return capped(Limit(hours, text, (("授课学时", plain(taught)),)), rule.cap, "", inputs)


@limit_of.register
def _(rule: WholeYear, inputs: Inputs) -> Limit:
    hours = inputs.year_total or NOUGHT
    used = (("年度要求", plain(hours)),)
    if rule.usable_years is not None and not 1 <= inputs.nth_year <= rule.usable_years:
        text = f"{inputs.activity}只能在 {rule.usable_years} 年内计入一次，所选年度是第 {inputs.nth_year} 年"
        return Limit(NOUGHT, text, (*used, ("第几年", str(inputs.nth_year))))
    return Limit(hours, f"{inputs.activity}满一年，最多计入全年 {inputs.said(hours)}", used)


@limit_of.register
def _(rule: CompleteBucket, inputs: Inputs) -> Limit:
    hours = inputs.minimums.get(rule.bucket, NOUGHT)
    label = inputs.named.get(rule.bucket, "该科目")
    text = f"{inputs.activity}计满本年度{label}要求的 {inputs.said(hours)}"
    return Limit(hours, text, (("科目要求", plain(hours)),))


@limit_of.register
def _(rule: Spread, inputs: Inputs) -> Limit:
    part = round_down(rule.total / rule.years, inputs.step)
    used = (("第几年", str(inputs.nth_year)),)
    text = f"{inputs.activity}共 {inputs.said(rule.total)}，分 {rule.years} 年计入"
    if not 1 <= inputs.nth_year <= rule.years:
        return Limit(NOUGHT, f"{text}，所选年度不在其内", used)
    hours = rule.total - part * (rule.years - 1) if inputs.nth_year == rule.years else part
    return Limit(hours, f"{text}，第 {inputs.nth_year} 年 {inputs.said(hours)}", used)


@limit_of.register
def _(rule: Bonus, inputs: Inputs) -> Limit:
    if not _meets(rule, inputs):
        return Limit(NOUGHT, "")
    return Limit(rule.amount, f"{rule.label}加 {inputs.said(rule.amount)}", ((rule.label, plain(rule.amount)),))


def _meets(rule: Bonus, inputs: Inputs) -> bool:
    if any(inputs.code(key) not in wanted for key, wanted in rule.when.items()):
        return False
    if rule.words_from is not None and inputs.words < rule.words_from:
        return False
    return rule.words_below is None or inputs.words < rule.words_below


@limit_of.register
def _(rule: Sum, inputs: Inputs) -> Limit:
    limits = [limit_of(part, inputs) for part in rule.parts]
    used = tuple(dict.fromkeys(pair for limit in limits for pair in limit.inputs))
    text = "，".join(limit.text for limit in limits if limit.text)
    if any(limit.hours is None for limit in limits):
        return capped(Limit(None, text, used), rule.cap, "", inputs)
    hours = sum((limit.hours or NOUGHT for limit in limits), NOUGHT)
    cap = next((limit.cap for limit in limits if limit.cap), "")
    if sum(1 for limit in limits if limit.hours) > 1:
        text = f"{text}，合计 {inputs.said(hours)}"
    return capped(Limit(hours, text, used, cap), rule.cap, "", inputs)


@limit_of.register
def _(rule: Choice, inputs: Inputs) -> Limit:
    chosen = rule.cases.get(inputs.codes(rule.by))
    names = inputs.names(rule.by)
    if chosen is None:
        return Limit(NOUGHT, f"{inputs.activity}（{names}）未列入折算标准", (("类别", names),))
    limit = limit_of(chosen, inputs)
    return Limit(limit.hours, f"{names}：{limit.text}", (("类别", names), *limit.inputs), limit.cap)


def capped(limit: Limit, cap: Decimal | None, when: str, inputs: Inputs) -> Limit:
    """The limit cut at a cap, which is then named in its words."""
    return limit if cap is None else _cut(limit, cap, f"{when}最多 {inputs.said(cap)}")


def _cut(limit: Limit, cap: Decimal, words: str) -> Limit:
    if limit.hours is not None and limit.hours <= cap:
        return limit
    return Limit(cap, f"{limit.text}，{words}", limit.inputs, words)
