"""An organisation's own list of reasons for refusing."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.kernel.text import clean
from xueshi.organisations.actors import Actor
from xueshi.reviews import kinds, permissions, selectors
from xueshi.reviews.models import RejectionReason
from xueshi.reviews.services.cases import acting

AT_MOST = 30
"""More than this nobody finds in a drop-down."""


@dataclass(frozen=True, slots=True)
class ReasonDraft:
    """A reason as typed: for which kind of document, its words, the field it concerns (may be empty)."""

    kind: str
    text: str
    concerns: str = ""


@transaction.atomic
def save_reason(actor: Actor, draft: ReasonDraft, reason_id: int | None = None) -> RejectionReason:
    """Add a reason to the list of the actor's organisation, or change one; ``RuleBroken`` names the field."""
    if not permissions.can_keep_reasons(actor, draft.kind) or actor.organisation is None:
        raise NotFound
    text = clean(draft.text, field="text")
    if not text:
        raise RuleBroken("请填写驳回原因", "text")
    if draft.concerns and draft.concerns not in kinds.kind(draft.kind).fields(actor.organisation.portal):
        raise RuleBroken("请从列表中选择涉及的项目", "concerns")
    reason = _found(actor, draft.kind, reason_id) if reason_id is not None else _new(actor, draft.kind)
    reason.text, reason.concerns = text, draft.concerns
    try:
        with transaction.atomic():
            reason.save()
    except IntegrityError:
        raise RuleBroken("列表中已有相同的原因", "text") from None
    audit.record(acting(actor), "review.reason_saved", reason, kind=draft.kind)
    return reason


@transaction.atomic
def delete_reason(actor: Actor, kind: str, reason_id: int) -> None:
    """Take a reason off the list; decisions that used it keep their words."""
    if not permissions.can_keep_reasons(actor, kind):
        raise NotFound
    reason = _found(actor, kind, reason_id)
    audit.record(acting(actor), "review.reason_deleted", reason, kind=kind)
    reason.delete()


def _found(actor: Actor, kind: str, reason_id: int) -> RejectionReason:
    reason = selectors.own_reasons(actor, kind).filter(pk=reason_id).first()
    if reason is None:
        raise NotFound
    return reason


def _new(actor: Actor, kind: str) -> RejectionReason:
    if selectors.own_reasons(actor, kind).count() >= AT_MOST:
        message = f"最多维护 {AT_MOST} 条常用原因，请先删除不用的"
        raise RuleBroken(message, "text")
    assert actor.organisation is not None  # noqa: S101 - asked by the caller
    return RejectionReason(organisation=actor.organisation, kind=kind, created_by=actor.user, created_at=clock.now())
