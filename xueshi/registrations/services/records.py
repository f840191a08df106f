"""Taking a reviewed record off one's own list."""

from django.db import transaction

from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.organisations.actors import Actor
from xueshi.registrations import permissions, selectors
from xueshi.registrations.models import HiddenRecord, Registration
from xueshi.reviews.services import acting
from xueshi.reviews.states import CaseState


@transaction.atomic
def hide_record(actor: Actor, case_id: int) -> Registration:
    """删除 in the reviewed tab: the record leaves this person's list, person and unit stay as they are (SYS-21)."""
    registration = selectors.registration_for(actor, case_id)
    if not permissions.can_review_registrations(actor):
        raise NotFound
    if registration.case is None or registration.case.state == CaseState.PENDING:
        raise RuleBroken("待审核的记录不能删除")
    hidden, created = HiddenRecord.objects.get_or_create(
        registration=registration, user=actor.user, defaults={"at": clock.now()}
    )
    if created:
        audit.record(acting(actor), "registration.record_hidden", hidden, case=case_id)
    return registration
