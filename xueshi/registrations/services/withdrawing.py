"""撤回注册和同意: registrations that nobody has decided, taken back, with the consent they came with (C7)."""

from collections.abc import Iterable

from django.db import transaction

from xueshi.accounts import consents
from xueshi.accounts.consents import Said
from xueshi.accounts.models import User
from xueshi.organisations.actors import actor_from
from xueshi.registrations.models import Registration
from xueshi.reviews import services as reviews
from xueshi.reviews.states import CaseState


@transaction.atomic
def take_back(user: User, registrations: Iterable[Registration], said: Said | None = None) -> None:
    """End what waits at its desk; the rows stay (PIPL 15, 47). With ``said`` the consent of the account goes too.

    ``registrations`` are the user's own, of ``selectors.takeable`` or ``selectors.own``.

    Raises:
        NotAllowed: a desk has decided meanwhile.
    """
    for registration in sorted(registrations, key=lambda one: one.case_id or 0):
        case = registration.case
        if case is not None and case.state == CaseState.PENDING:
            reviews.withdraw(actor_from(user, None), case.pk)
    if said is not None:
        consents.withdraw(user, said)
