"""What may be claimed, for which year, and what a reviewer may recognise: arithmetic, no database."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.kernel.errors import RuleBroken
from xueshi.ledger.rules import ZERO, Held, Wanted, judge, room, spread
from xueshi.policies.answers import Answers
from xueshi.policies.caps import Room
from xueshi.policies.chains import Chain
from xueshi.policies.fields import FieldSpec
from xueshi.policies.formulas import Computed, Inputs, compute, plain, shared_total
from xueshi.policies.packs import Pack
from xueshi.policies.routes import Applicant
from xueshi.policies.years import LearningForm, Requirement, YearRules

LARGEST = Decimal(99999)


def years_open(pack: Pack, today: date) -> tuple[int, ...]:
    """The years hours may be declared for today, newest first: those in whose window it lies (CR-05)."""
    years = range(today.year + 1, min(pack.years) - 1, -1)
    return tuple(year for year in years if today in pack.year(year).declaring(year))


def in_window(pack: Pack, year: int, today: date) -> Decision:
    """Whether hours may be declared for a year today; the reason says when (policy facts 7)."""
    if year < min(pack.years) or year > today.year + 1:
        return deny("该年度不能申报")
    term = pack.year(year).declaring(year)
    if today < term.first:
        return deny(f"该年度不能申报：{year} 年度的学时自 {term.first:%Y-%m-%d} 起申报")
    if today > term.last:
        return deny(f"该年度不能申报：{year} 年度的学时申报已于 {term.last:%Y-%m-%d} 截止")
    return ALLOW


@dataclass(frozen=True, slots=True)
class Claim:
    """What a person asks for: a learning form of a year, and the answers to its questions."""

    rules: YearRules
    form: LearningForm
    answers: Answers
    unit: str = "学时"
    year: int = 0

    @property
    def hours(self) -> Decimal | None:
        """申请学时."""
        return self.answers.hours("hours")

    @property
    def days(self) -> int:
        """Calendar days of the period, both ends counted; 0 without one."""
        period = self.answers.period("period")
        return period.days if period is not None else 0

    @property
    def wanted(self) -> Wanted:
        """The claim as caps look at it: only full-day forms count against caps per day (policy facts 6)."""
        period = self.answers.period("period") if self.form.full_days else None
        return Wanted(
            self.form.key,
            self.answers.text("subject"),
            period.start if period else None,
            period.end if period else None,
        )


def worth(claim: Claim) -> Computed:
    """What the form's rule gives for this claim at most, with its reasons."""
    return compute(claim.form.rule, inputs_of(claim))


def shared(claim: Claim) -> Decimal | None:
    """What the form's rule gives all people of the achievement together; None where it sets no sum."""
    return shared_total(claim.form.rule, inputs_of(claim))


def inputs_of(claim: Claim) -> Inputs:
    """The answers a formula may look at, by the keys that all packs use for them (docs/policies.md)."""
    answers, period = claim.answers, claim.answers.period("period")
    requirement = claim.rules.requirement
    known = answers.text("hours_known")
    rank, people = _rank(answers)
    return Inputs(
        claimed=claim.hours,
        days=claim.days or answers.integer("days") or 0,
        travel_days=answers.integer("travel_days") or 0,
        starts_on=period.start if period else None,
        ends_on=period.end if period else None,
        hours_known=known == "yes" if known else None,
        items=answers.integer("items") or 1,
        words=answers.integer("words") or 0,
        rank=rank,
        people=people,
        nth_year=_nth_year(claim),
        grade=answers.text("grade"),
        taught=answers.hours("taught"),
        labelled=answers.hours("labelled"),
        chosen={field.key: answers.text(field.key) for field in _choices(claim)},
        named=_named(claim),
        year_total=requirement.total,
        minimums={minimum.key: minimum.hours for minimum in requirement.minimums},
        activity=claim.form.label,
        unit=claim.unit,
        step=claim.rules.precision.step,
    )


def _choices(claim: Claim) -> tuple[FieldSpec, ...]:
    return tuple(field for field in claim.form.form.fields if field.options)


def _named(claim: Claim) -> dict[str, str]:
    named = {subject.key: subject.title for subject in claim.rules.subjects}
    return named | {field.key: field.label_of(claim.answers.text(field.key)) for field in _choices(claim)}


_RANKS = {"sole": 1, "first": 1, "second": 2, "other": 3}
"""What the choice 作者位次 says at least; a form that asks ``rank`` knows it exactly."""


def _rank(answers: Answers) -> tuple[int, int]:
    """One's rank and how many people there are, as far as the form asks."""
    said = answers.text("author_rank")
    rank = answers.integer("rank") or _RANKS.get(said, 1)
    fewest = rank if said in {"", "sole"} else max(rank, 2)
    return rank, answers.integer("people") or fewest


def _nth_year(claim: Claim) -> int:
    first = claim.answers.integer("first_year")
    return claim.year - first + 1 if first and claim.year else 1


def chain_of(claim: Claim, role: str, industry: str) -> Chain:
    """The chain a claim takes when that role hands it in for somebody of a body of that industry (a code)."""
    return claim.rules.route(Applicant(role, claim.answers.text("subject"), claim.form.key, industry))


def within_rule(claim: Claim) -> Decision:
    """Whether the hours asked for stay within the form's own rule; the reason is the rule in words."""
    computed = worth(claim)
    if computed.limit is None or claim.hours is None or claim.hours <= computed.limit:
        return ALLOW
    return deny(computed.text)


def room_for(claim: Claim, held: Sequence[Held], requirement: Requirement) -> Room:
    """What the caps leave for a claim."""
    return room(claim.wanted, held, claim.rules, requirement)


def within_caps(claim: Claim, held: Sequence[Held], requirement: Requirement | None = None) -> Decision:
    """Whether the year still has room for the claim beside what it holds; asked again under the account's lock.

    ``requirement`` is what the year asks of this person, where it is not the pack's.
    """
    left = room_for(claim, held, requirement or claim.rules.requirement)
    if left.hours is None or claim.hours is None or claim.hours <= left.hours:
        return ALLOW
    return deny(_cap_in_words(claim, left))


def _cap_in_words(claim: Claim, left: Room) -> str:
    if left.cap is None or left.hours is None or left.cap.per != "day":
        return left.explain(claim.unit)
    most = left.cap.hours * claim.days
    text = f"{claim.days} 天的{claim.form.label}最多申报 {plain(most)} {claim.unit}"
    text += f"（每天 {plain(left.cap.hours)} {claim.unit}）"
    if left.hours < most:
        text += f"，这些日期已计入 {plain(most - left.hours)} {claim.unit}，还可申报 {plain(left.hours)} {claim.unit}"
    return text


def recognised(finding: Mapping[str, str], declared: Decimal, *, step: Decimal, comment: str) -> Decimal:
    """认定学时: what the reviewer found; what was declared where nothing was asked of them (a batch).

    Raises ``RuleBroken``: emptied, above the declared hours, not a positive multiple of ``step``, or lowered without a
    comment (policy facts 6).
    """
    if "hours" not in finding:
        return declared
    typed = finding["hours"].strip()
    if not typed:
        raise RuleBroken("请填写认定学时；不予认定请驳回", "hours")
    try:
        hours = Decimal(typed)
    except InvalidOperation:
        raise RuleBroken("认定学时应为数字", "hours") from None
    if not hours.is_finite() or not 0 < hours <= LARGEST:
        raise RuleBroken("认定学时必须大于 0；不予认定请驳回", "hours")
    if hours > declared:
        message = f"认定学时不能超过申报的 {plain(declared)} 学时"
        raise RuleBroken(message, "hours")
    if hours % step:
        message = f"认定学时应为 {plain(step)} 的整数倍"
        raise RuleBroken(message, "hours")
    if hours < declared and not comment.strip():
        raise RuleBroken("调低认定学时请在审核意见中说明理由", "comment")
    return hours


def digest(claim: Claim, year: int, files: Sequence[str]) -> str:
    """One fingerprint of all a reviewer sees: answers and the digests of the evidence in order (D3, D12)."""
    seen = {"year": year, "form": claim.form.key, "answers": claim.answers.as_json(), "files": list(files)}
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """One condition of the year before and after a decision; ``subject`` is empty for the total."""

    subject: str
    before: Decimal
    after: Decimal
    need: Decimal


@dataclass(frozen=True, slots=True)
class Effect:
    """What recognising some hours would do to a year."""

    changes: tuple[Change, ...]
    passed_before: bool
    passed_after: bool


def effect(sums: Mapping[str, Decimal], subject: str, hours: Decimal, requirement: Requirement) -> Effect:
    """The year's verdict now and with ``hours`` more of ``subject``; nought hours compare nothing."""
    later = dict(sums)
    for share in spread(subject, hours, sums, requirement) if hours else ():
        later[share.subject] = later.get(share.subject, ZERO) + share.hours
    now, then = judge(sums, requirement), judge(later, requirement)
    changes = (
        Change(before.subject, before.have, after.have, after.need)
        for before, after in zip(now.lines, then.lines, strict=True)
    )
    return Effect(tuple(changes), now.passed, then.passed)
