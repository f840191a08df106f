"""Taking a reviewed record off one's own list, and putting it back."""

from django.db import transaction

from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, NotFound
from xueshi.organisations.actors import Actor
from xueshi.reviews import kinds, selectors
from xueshi.reviews.models import RemovedRecord, ReviewCase
from xueshi.reviews.services.cases import acting
from xueshi.reviews.states import CaseState


@transaction.atomic
def remove_record(actor: Actor, case_id: int) -> ReviewCase:
    """删除 in the reviewed tab: the record leaves this person's list; nothing else changes (AMB-26).

    ``MovedOn`` when it waits (again): it was shown before that.
    """
    case = _read_by(actor, case_id)
    decided = any(step.desk_id == actor.desk_id and step.decided_by_id for step in case.steps.all())
    if case.desk_id == actor.desk_id or (case.state == CaseState.PENDING and not decided):
        raise MovedOn("待审核的记录不能删除")
    record, created = RemovedRecord.objects.get_or_create(case=case, user=actor.user, defaults={"at": clock.now()})
    if created:
        audit.record(acting(actor), "review.record_removed", record, case=case_id)
    return case


@transaction.atomic
def restore_record(actor: Actor, case_id: int) -> ReviewCase:
    """Put a removed record back on one's own list; nothing happens when it stands there."""
    case = _read_by(actor, case_id)
    for record in RemovedRecord.objects.filter(case=case, user=actor.user):
        audit.record(acting(actor), "review.record_restored", record, case=case_id)
        record.delete()
    return case


def _read_by(actor: Actor, case_id: int) -> ReviewCase:
    """A case that the actor sees and could have reviewed by their powers."""
    case = selectors.cases_seen(actor).filter(pk=case_id).first()
    if case is None or actor.desk_id is None or not actor.powers & set(kinds.kind(case.kind).powers.values()):
        raise NotFound
    return case
