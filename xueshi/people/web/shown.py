"""A title change in words: old and new side by side, its state, who has it, its way so far."""

from typing import Any

from django.urls import reverse

from xueshi.organisations.actors import Actor
from xueshi.people import selectors
from xueshi.people.models import Title, TitleChange
from xueshi.people.web.scans import change_scan
from xueshi.policies import registry
from xueshi.policies.packs import Pack
from xueshi.reviews import permissions as reviewing
from xueshi.reviews import queues
from xueshi.reviews import selectors as reviews
from xueshi.reviews.models import ReviewStep
from xueshi.reviews.states import CaseState, StepState
from xueshi.ui import parts
from xueshi.ui.printing import printed

EMPTY = "--"
"""What stands before or after where nothing was given: 变更明细 prints it so (REV-13); elsewhere it is ``—``."""

WITHDRAWN = parts.State("已撤销", "idle")
AT_ONCE = parts.State("已生效", "ok")


def values(title: Title) -> dict[str, str]:
    """A title in words by the field that asks for it; a value no longer offered keeps its name."""
    names = {
        "department": title.department.name if title.department is not None else "",
        "title_series": registry.catalogue("title_series").label(title.series),
        "practice_field": registry.catalogue("practice_fields").label(title.practice_field),
        "title_level": registry.catalogue("title_levels").label(title.level),
        "title": registry.catalogue("titles").label(title.title),
        "title_effective": str(printed(title.effective_on)) if title.effective_on else "",
        "certificate_number": title.certificate,
        "appointed": str(printed(title.appointed_on)) if title.appointed_on else "",
        "title_certificate": title.scan.name if title.scan is not None else "",
    }
    return {key: text or EMPTY for key, text in names.items()}


def differences(pack: Pack, change: TitleChange) -> list[parts.Change]:
    """Every item before and after, in the order of the form."""
    before, after = values(change.before), values(change.after)
    fields = [field for field in pack.profile.tab("title").form.fields if field.key in before]
    rows = [parts.Change(label=field.label, before=before[field.key], after=after[field.key]) for field in fields]
    return [*rows[:-1], _scans_differ(change, rows[-1])]


def _scans_differ(change: TitleChange, row: parts.Change) -> parts.Change:
    """Two scans of one name are told apart."""
    if change.before.scan_id == change.after.scan_id or row.differs:
        return row
    return parts.Change(label=row.label, before=row.before, after=f"{row.after}（新）")


def changed_only(pack: Pack, change: TitleChange) -> str:
    """What differs on one line: 职称级别：初级 → 中级."""
    rows = [row for row in differences(pack, change) if row.differs]
    return "；".join(f"{row.label}：{row.before} → {row.after}" for row in rows)


def state(change: TitleChange) -> parts.State:
    """Where the change stands."""
    if change.case is None:
        return AT_ONCE
    known = CaseState(change.case.state)
    return WITHDRAWN if known is CaseState.WITHDRAWN else queues.STATE_WORDS[known]


def decided(change: TitleChange) -> ReviewStep | None:
    """The last desk that spoke."""
    steps = list(change.case.steps.all()) if change.case is not None else []
    spoken = [step for step in steps if step.state in {StepState.PASSED, StepState.FAILED}]
    return spoken[-1] if spoken else None


def handler(change: TitleChange) -> str:
    """The body whose turn it is."""
    steps = list(change.case.steps.all()) if change.case is not None else []
    return next((step.desk.name for step in steps if step.state == StepState.ACTIVE), "")


def detail(actor: Actor, case_id: int, next_url: str = "") -> dict[str, Any]:
    """Everything the detail draws; ``NotFound`` when the change is not the actor's to see."""
    change = selectors.change_for(actor, case_id)
    case = change.case
    assert case is not None  # noqa: S101 - it was found by its case
    pack = registry.pack(case.portal)
    steps = sorted(case.steps.all(), key=lambda step: (step.round, step.position))
    scans = [("新", change.after.scan), ("原", change.before.scan if change.before.scan != change.after.scan else None)]
    return queues.decision(actor, case, next_url or reverse("people:changes")) | {
        "heading": case.title,
        "unit": case.organisation.name,
        "state": state(change),
        "changes": differences(pack, change),
        "scans": [change_scan(case_id, file, when) for when, file in scans if file is not None],
        "steps": queues.timeline(steps, list(reviews.history([case.pk]))),
        "may_withdraw": bool(reviewing.can_withdraw(actor, case)),
    }
