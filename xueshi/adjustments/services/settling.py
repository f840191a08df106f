"""What a verdict does to events: their target changes come into force, or are taken back."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from xueshi.adjustments import permissions, rules, selectors
from xueshi.adjustments.models import Adjustment
from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.errors import RuleBroken
from xueshi.kernel.text import clean
from xueshi.ledger import services as ledger
from xueshi.ledger.services import Shift
from xueshi.organisations.actors import Actor
from xueshi.policies import registry
from xueshi.reviews import permissions as reviewing
from xueshi.reviews import services as reviews
from xueshi.reviews.kinds import DocumentKind, Outcome
from xueshi.reviews.services import acting
from xueshi.reviews.states import Stage

MAX_REASON = 300


def approved(outcome: Outcome) -> Mapping[int, str]:
    """认定: the targets change; returns the cases refused because the year no longer asks so much."""
    rows = selectors.of_cases(case.pk for case in outcome.cases)
    refused = take_effect(rows, by=acting(outcome.actor))
    return {row.case_id: refused[row.pk] for row in rows if row.case_id is not None and row.pk in refused}


def take_effect(rows: Sequence[Adjustment], *, by: audit.By) -> Mapping[int, str]:
    """Change the targets; events beyond what a year still asks are refused with the reason, by key."""
    return ledger.change_targets([_shift(row) for row in rows], by=by)


def _shift(row: Adjustment) -> Shift:
    rule = selectors.rule_of(row)
    if rule is None:
        message = f"year {row.year} of {row.portal} no longer describes the event {row.kind}"
        raise ValueError(message)
    unit = registry.pack(row.portal).word("hours")
    return Shift(row.person_id, row.portal, rules.changes(selectors.event_of(row, rule), rule, unit))


def ended(outcome: Outcome) -> None:
    """Refused or withdrawn: the person may ask anew."""
    _close(row.pk for row in selectors.of_cases(case.pk for case in outcome.cases))


def _close(pks: Iterable[int]) -> None:
    Adjustment.objects.filter(pk__in=list(pks)).update(live=False)


@transaction.atomic
def revoke(actor: Actor, case_id: int, reason: str) -> Adjustment:
    """Find an approval wrong after all: the target is as it was without the event, the year is judged anew.

    Raises:
        NotFound: absent, or not to be seen.
        NotAllowed: another desk approved it, or it is not in force.
        RuleBroken: without a reason, or with signs in it that nobody sees.
    """
    reviews.locked(case_id)
    selectors.of_cases([case_id])
    adjustment = selectors.adjustment_for(actor, case_id)
    permissions.can_revoke(actor, adjustment).require()
    because = clean(reason, field="reason")
    if not because or len(because) > MAX_REASON:
        message = f"请填写取消原因，不超过 {MAX_REASON} 字"
        raise RuleBroken(message, "reason")
    ledger.restore_targets(rules.KIND, [adjustment.pk], by=acting(actor))
    adjustment.live, adjustment.revoked_at = False, clock.now()
    adjustment.revoked_by, adjustment.revoked_because = actor.user, because
    adjustment.save(update_fields=["live", "revoked_at", "revoked_by", "revoked_because"])
    audit.record(acting(actor), "adjustment.revoked", adjustment, case=case_id)
    return adjustment


def asked_on(portal: str) -> dict[str, str]:
    """What a refusal may concern."""
    del portal
    return {
        "year": "年度",
        "kind": "调整类型",
        "reason": "调整原因",
        "amount": "调整数量",
        "period": "起止时间",
        "evidence": "证明材料",
    }


KIND = DocumentKind(
    key=rules.KIND,
    label="学时要求调整",
    url="adjustments:case",
    queue_url="adjustments:desk",
    powers={Stage.REVIEW: permissions.POWER},
    may_decide=reviewing.may_while_open,
    on_approved=approved,
    on_rejected=ended,
    on_withdrawn=ended,
    fields=asked_on,
)
