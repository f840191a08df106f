"""撤回注册和同意: a registration that nobody has approved, taken back with the consent it came with (C7)."""

from django.db import transaction

from xueshi.accounts import consents
from xueshi.accounts.consents import Said
from xueshi.organisations.actors import actor_from
from xueshi.registrations.models import Registration
from xueshi.reviews import services as reviews
from xueshi.reviews.states import CaseState


@transaction.atomic
def take_back(registration: Registration, said: Said) -> None:
    """End what waits at its desk, and keep what was said; the rows of the registration stay (PIPL 15, 47).

    ``registration`` is one of ``selectors.unreviewed_of``, hence the caller's own.

    Raises:
        NotAllowed: a desk has decided meanwhile.
    """
    case = registration.case
    if case is not None and case.state == CaseState.PENDING:
        reviews.withdraw(actor_from(registration.user, None), case.pk)
    consents.withdraw(registration.user, said)
