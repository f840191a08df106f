"""How a declaration is shown to its readers: state, answers, timeline, effect on the year."""

from collections.abc import Sequence
from decimal import Decimal

from xueshi.declarations import rules, selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.states import DeclarationState
from xueshi.kernel.clock import SHANGHAI
from xueshi.ledger.rules import SUBJECTS, Held
from xueshi.organisations.models import Organisation
from xueshi.policies import registry
from xueshi.policies.formulas import plain
from xueshi.policies.packs import Pack
from xueshi.policies.years import Requirement
from xueshi.reviews.models import ReviewStep
from xueshi.reviews.queues import timeline
from xueshi.reviews.states import Stage, StepState
from xueshi.ui import parts

_TONES: dict[DeclarationState, parts.Tone] = {
    DeclarationState.DRAFT: "idle",
    DeclarationState.PENDING: "wait",
    DeclarationState.APPROVED: "ok",
    DeclarationState.AWAITING_VERIFICATION: "ok",
    DeclarationState.VERIFIED: "ok",
    DeclarationState.REJECTED: "no",
    DeclarationState.VERIFICATION_FAILED: "no",
}


def form_label(row: Declaration) -> str:
    """学习形式 as its own pack and year call it."""
    form = selectors.learning_form(row)
    return form.label if form is not None else row.form


def subject_label(row: Declaration) -> str:
    """科目类型 as its own pack and year call it."""
    return registry.pack(row.portal).year(row.year).subject_label(row.subject) if row.subject else ""


def state(row: Declaration, pack: Pack) -> parts.State:
    """The state in the pack's words."""
    stands = selectors.state(row)
    return parts.State(pack.word(f"states.{stands}"), _TONES[stands])


def progress(row: Declaration, pack: Pack) -> parts.Cell:
    """The state as the progress query lists it: one of four words, the verification beneath (CR-16)."""
    stands = selectors.state(row)
    if stands in {DeclarationState.AWAITING_VERIFICATION, DeclarationState.VERIFIED}:
        return parts.Cell(text=parts.State(pack.word("states.approved"), "ok"), note=pack.word(f"states.{stands}"))
    return parts.Cell(text=state(row, pack))


def handler(row: Declaration) -> str:
    """当前处理人: the body that has it and whom it was entrusted to there; empty once nobody has (CR-31)."""
    desk: Organisation | None = row.case.desk if row.case is not None else None
    if desk is None or row.case is None:
        return ""
    return f"{desk.name} · {row.case.handler.user.name}" if row.case.handler is not None else desk.name


def refusal(row: Declaration) -> str:
    """What the last desk that refused it wrote; empty while nobody refused it."""
    if selectors.state(row) not in {DeclarationState.REJECTED, DeclarationState.VERIFICATION_FAILED}:
        return ""
    return next((step.comment for step in reversed(selectors.steps_of(row)) if step.state == StepState.FAILED), "")


def pairs(row: Declaration, pack: Pack) -> list[parts.Pair]:
    """Everything that was declared, in the form's order, hours declared and recognised side by side (CV-10, CR-32)."""
    unit = pack.word("hours")
    by_unit = [parts.Pair(label="申报单位", value=row.declaring_body.name)] if row.declaring_body is not None else []
    lines = [
        *by_unit,
        parts.Pair(label=pack.word("declaration.year"), value=str(row.year)),
        parts.Pair(label=pack.word("declaration.learning_form"), value=form_label(row)),
    ]
    form = selectors.learning_form(row)
    for line in form.form.lines(selectors.answers_of(row, form)) if form is not None else ():
        if line.field.key == "hours":
            lines.append(parts.Pair(label=line.field.label, value=row.hours_declared, note=unit, strong=True))
            lines.append(parts.Pair(label=pack.word("declaration.recognised"), value=row.hours_recognised, strong=True))
        else:
            lines.append(parts.Pair(label=line.field.label, value=line.text))
    return lines


def chain(row: Declaration, steps: Sequence[ReviewStep]) -> list[parts.ChainStep]:
    """The way through the desks, from its submission."""
    if row.case is None:
        return []
    at = row.case.submitted_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    who = row.declared_by.name if row.declaring_body is None else f"{row.declaring_body.name} · {row.declared_by.name}"
    return [parts.ChainStep(title="提交申报", who=who, at=at, tone="ok"), *timeline(steps)]


def counts_next(steps: Sequence[ReviewStep]) -> bool:
    """Whether passing the active step makes the hours count."""
    return any(step.state == StepState.ACTIVE and step.settles for step in steps)


def standing(row: Declaration, held: Sequence[Held], requirement: Requirement, *, adding: bool) -> list[parts.Pair]:
    """年度累计 before → after, and what the decision does to the verdict of the year that holds ``held``."""
    of_year = registry.pack(row.portal).year(row.year)
    sums = dict.fromkeys(SUBJECTS, Decimal(0))
    for one in held:
        sums[one.subject] = sums.get(one.subject, Decimal(0)) + one.hours
    hours = row.hours_declared or Decimal(0)
    effect = rules.effect(sums, row.subject, hours if adding else Decimal(0), requirement)
    lines = [
        parts.Pair(label=of_year.subject_label(one.subject) if one.subject else "年度累计", value=_change(one))
        for one in effect.changes
    ]
    if effect.passed_after:
        word = "已达标" if effect.passed_before else "审通过后达标"
        lines[0] = parts.Pair(label=lines[0].label, value=lines[0].value, state=parts.State(word, "ok"))
    return lines


def _change(one: rules.Change) -> str:
    moved = f"{plain(one.before)} → {plain(one.after)}" if one.after != one.before else plain(one.after)
    return f"{moved} / {plain(one.need)}" if one.need else moved


def decides(row: Declaration, stage: Stage) -> bool:
    """Whether the case waits at this stage at all."""
    return row.case is not None and row.case.stage == stage
