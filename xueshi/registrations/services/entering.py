"""Registrations of people whom somebody entered all at once: on record without a review, with the boxes they ticked."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from xueshi.accounts.models import User
from xueshi.kernel import clock, one_time
from xueshi.organisations.models import Membership
from xueshi.organisations.states import Hat
from xueshi.registrations import rules
from xueshi.registrations.models import Consent, Registration


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody on a portal, with the hat they came for; without one a bare account."""

    user: User
    portal: str
    membership: Membership | None = None


@transaction.atomic
def enter_known(people: Iterable[Known], *, version: str) -> None:
    """Write what registering leaves of each, now, with the ``version`` of the texts that stood; two statements.

    An administrator who was added to a body did not register it, hence names none.
    """
    made = Registration.objects.bulk_create([_registration(one) for one in people])
    Consent.objects.bulk_create(
        Consent(
            registration=one, round=1, subject=subject, version=version, channel="web", at=one.created_at
        )
        for one in made for subject in sorted(rules.AGREEMENT_FIELDS)
    )  # fmt: skip


def _registration(one: Known) -> Registration:
    hat = one.membership
    way, key = _way(hat), one_time.token()
    registered = hat if hat is not None and (hat.hat == Hat.PROFESSIONAL or hat.is_super) else None
    return Registration(
        kind=way, role=way, portal=one.portal, user=one.user, created_by=one.user, created_at=clock.now(),
        organisation=registered.organisation if registered is not None else None, membership=registered,
        submission_key=key, request_digest=rules.kind_key(way),
    )  # fmt: skip


def _way(hat: Membership | None) -> str:
    if hat is None:
        return "account"
    return Hat.PROFESSIONAL.value if hat.hat == Hat.PROFESSIONAL else hat.organisation.kind
