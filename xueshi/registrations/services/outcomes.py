"""What a verdict does to registrations; runs inside the deciding transaction."""

from collections.abc import Mapping

from django.db import transaction

from xueshi.audit import services as audit
from xueshi.kernel.errors import RuleBroken
from xueshi.organisations import selectors as bodies
from xueshi.organisations import services as organisations
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import MembershipState, OrganisationKind, OrganisationState
from xueshi.registrations import selectors
from xueshi.registrations.models import Registration
from xueshi.registrations.services import applicants
from xueshi.reviews.kinds import Outcome
from xueshi.reviews.services import acting


def on_approved(outcome: Outcome) -> Mapping[int, str]:
    """Open the hats (and bodies); what cannot be opened any more is refused with its reason and stays undecided."""
    refused: dict[int, str] = {}
    for registration in selectors.by_cases(case.pk for case in outcome.cases):
        try:
            with transaction.atomic():
                take_effect(registration, by=acting(outcome.actor))
        except RuleBroken as broken:
            refused[registration.case_id or 0] = broken.message
    return refused


def on_rejected(outcome: Outcome) -> None:
    """Close the hats (and bodies); number, name and code are free for a new registration (AMB-39)."""
    _close(outcome, MembershipState.REJECTED)


def _close(outcome: Outcome, state: MembershipState) -> None:
    by = acting(outcome.actor)
    for registration in selectors.by_cases(case.pk for case in outcome.cases):
        if registration.membership is not None:
            organisations.set_hat_state(registration.membership, state, by=by)
        if _is_new_body(registration) and registration.organisation is not None:
            organisations.reject_organisation(registration.organisation)


def on_withdrawn(outcome: Outcome) -> None:
    """End the hats (and bodies) of what its registrant took back; number, name and code are free as after a refusal."""
    _close(outcome, MembershipState.ENDED)


def take_effect(registration: Registration, *, by: audit.By) -> None:
    """Sign-in opens, the body takes its place in the tree, the hat is live (REV-07)."""
    if registration.organisation is not None and _is_new_body(registration):
        _check_name_is_free(registration.organisation)
        organisations.activate_organisation(registration.organisation)
    if registration.membership is not None:
        organisations.set_hat_state(registration.membership, MembershipState.ACTIVE, by=by)
    applicants.open_account(registration.user, by=by)


def _is_new_body(registration: Registration) -> bool:
    body = registration.organisation
    return registration.professional_id is None and body is not None and body.state == OrganisationState.PENDING


def _check_name_is_free(body: Organisation) -> None:
    if bodies.active_by_name(body.portal, body.name, OrganisationKind(body.kind)) is not None:
        raise RuleBroken("同名单位已经生效，请核对后驳回", "unit_name")
