"""学时试算: what the claim on the page would be worth, and what the year will look like once it has passed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xueshi.declarations import rules
from xueshi.declarations.rules import Claim, Effect
from xueshi.ledger.rules import ZERO, Held
from xueshi.policies.caps import Room
from xueshi.policies.formulas import Computed, plain
from xueshi.policies.formulas.sayings import in_words
from xueshi.policies.years import Requirement
from xueshi.ui import parts


@dataclass(frozen=True, slots=True)
class Standing:
    """A year before the claim: what counts, what still waits for a decision, the sums by subject, what is asked."""

    held: Sequence[Held]
    pending: Sequence[Held]
    sums: Mapping[str, Decimal]
    requirement: Requirement


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a claim would bring. ``hours`` is the most that can be recognised of it now, rule and caps together.

    ``later`` is the room that is left if everything that waits passes first.
    """

    computed: Computed
    left: Room
    later: Room
    hours: Decimal
    effect: Effect

    @property
    def over(self) -> bool:
        """Whether a cap, not the rule, is what cuts the claim."""
        return self.left.hours is not None and self.left.hours < self.computed.hours


def outlook(claim: Claim, standing: Standing) -> Outlook:
    """Rule, caps and verdict for a claim against its year; arithmetic only, the same the submission asks."""
    computed = rules.worth(claim)
    left = rules.room_for(claim, standing.held, standing.requirement)
    later = rules.room_for(claim, (*standing.held, *standing.pending), standing.requirement)
    hours = computed.hours if left.hours is None else min(computed.hours, left.hours)
    effect = rules.effect(standing.sums, claim.answers.text("subject"), hours, standing.requirement)
    return Outlook(computed, left, later, hours, effect)


@dataclass(frozen=True, slots=True)
class Row:
    """One condition of the year: now, once the claim has passed, what is asked, what is then missing."""

    label: str
    before: Decimal
    after: Decimal
    need: Decimal

    @property
    def missing(self) -> Decimal:
        """还差, never below nought."""
        return max(self.need - self.after, ZERO)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One of several people: what their year holds, what waits, what the caps leave (None: no bound), if too little."""

    name: str
    held: Decimal
    waits: Decimal
    left: Decimal | None
    short: bool


@dataclass(frozen=True, slots=True)
class Card:
    """The calculator as it is drawn; ``people`` where it is about several, ``rest`` says who of them is left out."""

    headline: parts.State
    lines: tuple[parts.Pair, ...]
    rows: tuple[Row, ...] = ()
    verdict: str = ""
    unread: str = ""
    people: tuple[PersonRow, ...] = ()
    rest: str = ""


def card(claim: Claim, standing: Standing, unread: Sequence[str] = ()) -> Card:
    """The outlook in words. ``unread`` names the questions whose answer could not be understood yet."""
    seen, unit = outlook(claim, standing), claim.unit
    rows = tuple(Row(_label(claim, one.subject), one.before, one.after, one.need) for one in seen.effect.changes)
    return Card(
        headline=headline(claim, seen.computed, seen.hours),
        lines=tuple(_lines(claim, standing, seen)),
        rows=rows,
        verdict=_verdict(seen, rows, unit),
        unread=left_out(unread),
    )


def left_out(unread: Sequence[str]) -> str:
    """The questions whose answer could not be understood yet, in words."""
    return f"{'、'.join(unread)}没有填写正确，暂未参与计算" if unread else ""


def _label(claim: Claim, subject: str) -> str:
    return claim.rules.subject_label(subject) if subject else "年度累计"


def facts_wanting(computed: Computed) -> bool:
    """Whether the rule gives nothing yet because what it counts (days, characters) is not filled in."""
    counted = (told for name, told in computed.inputs if name != "申报学时")
    return computed.limit == ZERO and plain(ZERO) in counted


def headline(claim: Claim, computed: Computed, hours: Decimal, each: str = "") -> parts.State:
    """What can be claimed, in one line; ``hours`` is the most, ``each`` says of whom."""
    most = f"{plain(hours)} {claim.unit}"
    if claim.hours is None:
        words = "填写申请学时后显示结果" if hours == ZERO else f"{each}最多可申报 {most}"
        return parts.State(words, "idle")
    if facts_wanting(computed):
        return parts.State("填写完整后显示结果", "idle")
    if claim.hours > hours:
        return parts.State(f"{each}最多可申报 {most}，超出 {plain(claim.hours - hours)} {claim.unit}", "no")
    return parts.State(f"{each}可申报 {most}", "ok")


def _lines(claim: Claim, standing: Standing, seen: Outlook) -> list[parts.Pair]:
    unit, form = claim.unit, claim.form
    own = total(one for one in standing.held if one.form == form.key)
    waits = total(standing.pending)
    return [
        *rule_lines(claim, seen.computed),
        parts.Pair(label="上限", value=_cap(claim, standing, seen)),
        parts.Pair(
            label="本年已计入", value=_said(total(standing.held), unit), note=f"其中{form.label} {_said(own, unit)}"
        ),
        parts.Pair(label="待审核", value=_said(waits, unit), note=_if_passed_first(seen, unit)),
    ]


def rule_lines(claim: Claim, computed: Computed) -> list[parts.Pair]:
    """The rule in words, and what it was given."""
    if facts_wanting(computed):
        return [parts.Pair(label="规则", value=in_words(claim.form.rule, claim.form.form))]
    lines = [parts.Pair(label="规则", value=computed.text)]
    if computed.inputs:
        told = "，".join(f"{name} {told}" for name, told in computed.inputs)
        lines.append(parts.Pair(label="所用数据", value=told))
    return lines


def _cap(claim: Claim, standing: Standing, seen: Outlook) -> str:
    """The cap that bites, in the words with which handing in would refuse."""
    if facts_wanting(seen.computed):
        return "没有达到上限"
    refusal = rules.within_caps(claim, standing.held, standing.requirement)
    if not refusal:
        return refusal.reason if refusal.reason != seen.computed.text else "按上述规则封顶"
    return seen.left.explain(claim.unit) if seen.over else seen.computed.cap or "没有达到上限"


def _if_passed_first(seen: Outlook, unit: str) -> str:
    if seen.later.hours is None or seen.later.hours >= seen.hours:
        return ""
    return f"如果先通过，本次最多计入 {_said(seen.later.hours, unit)}"


def _verdict(seen: Outlook, rows: Sequence[Row], unit: str) -> str:
    if seen.effect.passed_before:
        return "该年度已经达标" if rows[0].need else "该年度没有学时要求"
    if seen.effect.passed_after:
        return "通过后该年度达标"
    lacking = "，".join(f"{row.label}还差 {_said(row.missing, unit)}" for row in rows if row.missing)
    return f"通过后{lacking}"


def total(rows: Iterable[Held]) -> Decimal:
    """All hours of some holdings."""
    return sum((one.hours for one in rows), ZERO)


def _said(hours: Decimal, unit: str) -> str:
    return f"{plain(hours)} {unit}"
