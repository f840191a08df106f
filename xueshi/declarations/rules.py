"""What may be claimed, for which year, and what a reviewer may recognise: arithmetic, no database."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.kernel.errors import RuleBroken
from xueshi.ledger.rules import ZERO, Held, Wanted, judge, room, spread
from xueshi.policies.answers import Answers
from xueshi.policies.caps import Room
from xueshi.policies.formulas import Computed, Inputs, compute, plain
from xueshi.policies.years import LearningForm, Requirement, YearRules

LARGEST = Decimal(99999)


def years_open(this_year: int, years_back: int, first: int) -> tuple[int, ...]:
    """The years hours may still be declared for, newest first: never before the pack's ``first`` rules (CR-05)."""
    return tuple(range(this_year, max(this_year - years_back, first) - 1, -1))


@dataclass(frozen=True, slots=True)
class Claim:
    """What a person asks for: a learning form of a year, and the answers to its questions."""

    rules: YearRules
    form: LearningForm
    answers: Answers
    unit: str = "学时"

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
    inputs = Inputs(
        claimed=claim.hours,
        days=claim.days,
        grade=claim.answers.text("grade"),
        taught=claim.answers.hours("taught"),
        labelled=claim.answers.hours("labelled"),
        year_total=claim.rules.requirement.total,
        activity=claim.form.label,
        unit=claim.unit,
    )
    return compute(claim.form.rule, inputs)


def within_rule(claim: Claim) -> Decision:
    """Whether the hours asked for stay within the form's own rule; the reason is the rule in words."""
    computed = worth(claim)
    if computed.limit is None or claim.hours is None or claim.hours <= computed.limit:
        return ALLOW
    return deny(computed.text)


def within_caps(claim: Claim, held: Sequence[Held]) -> Decision:
    """Whether the year still has room for the claim beside what it holds; asked again under the account's lock."""
    left = room(claim.wanted, held, claim.rules.caps)
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
    """认定学时: what the reviewer found, else what was declared.

    Raises ``RuleBroken``: above the declared hours, not a positive multiple of ``step``, or lowered without a comment
    (policy facts 6).
    """
    typed = finding.get("hours", "").strip()
    if not typed:
        return declared
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
