"""An event in words: what is asked, where it stands, its way so far."""

from typing import Any

from django.urls import reverse

from xueshi.adjustments import permissions, selectors
from xueshi.adjustments.models import Adjustment
from xueshi.adjustments.web.images import proof_scan
from xueshi.organisations.actors import Actor
from xueshi.policies import registry
from xueshi.reviews import permissions as reviewing
from xueshi.reviews import queues
from xueshi.reviews import selectors as reviews
from xueshi.reviews.states import CaseState, StepState
from xueshi.ui import parts

REVOKED = parts.State("已取消", "no")
WITHDRAWN = parts.State("已撤销", "idle")
AT_ONCE = parts.State("已生效", "ok")


def state(row: Adjustment) -> parts.State:
    """Where the event stands."""
    if row.revoked_at is not None:
        return REVOKED
    if row.case is None:
        return AT_ONCE
    known = CaseState(row.case.state)
    return WITHDRAWN if known is CaseState.WITHDRAWN else queues.STATE_WORDS[known]


def handler(row: Adjustment) -> str:
    """The body whose turn it is."""
    steps = list(row.case.steps.all()) if row.case is not None else []
    return next((step.desk.name for step in steps if step.state == StepState.ACTIVE), "")


def pairs(row: Adjustment) -> list[parts.Pair]:
    """The event as its readers see it."""
    found = [
        parts.Pair(label="年度", value=str(row.year)),
        parts.Pair(label="调整内容", value=selectors.words(row), strong=True),
        parts.Pair(label="起止时间", value=f"{row.starts_on} 至 {row.ends_on}"),
        parts.Pair(label="情况说明", value=row.explanation),
    ]
    rule = selectors.rule_of(row)
    if rule is not None:
        title = registry.pack(row.portal).year(row.year).title
        found.append(parts.Pair(label="依据", value=title, note=rule.mark.words))
    if row.revoked_at is not None and row.revoked_by is not None:
        found += [
            parts.Pair(label="取消时间", value=row.revoked_at, note=row.revoked_by.name),
            parts.Pair(label="取消原因", value=row.revoked_because),
        ]
    return found


def detail(actor: Actor, case_id: int, next_url: str = "") -> dict[str, Any]:
    """Everything the detail draws; ``NotFound`` when the event is not the actor's to see."""
    row = selectors.adjustment_for(actor, case_id)
    case = row.case
    assert case is not None  # noqa: S101 - it was found by its case
    steps = sorted(case.steps.all(), key=lambda step: (step.round, step.position))
    return queues.decision(actor, case, next_url or reverse("adjustments:desk")) | {
        "heading": row.person.user.name,
        "unit": case.organisation.name,
        "state": state(row),
        "pairs": pairs(row),
        "scans": [proof_scan(case_id, one.file) for one in selectors.proofs(row)],
        "steps": queues.timeline(steps, list(reviews.history([case.pk]))),
        "may_withdraw": bool(reviewing.can_withdraw(actor, case)) and row.person.user_id == actor.user.pk,
        "may_revoke": bool(permissions.can_revoke(actor, row)),
    }
