"""What certificates tell their holders: that one no longer stands, and why."""

from collections.abc import Iterable

from django.urls import reverse

from xueshi.accounts import messages
from xueshi.certificates.models import Certificate
from xueshi.ledger.models import YearAccount
from xueshi.notifications.services import NoteDraft


def tell_ended(ended: Iterable[tuple[Certificate, YearAccount]]) -> None:
    """Tell the holders of certificates that were just superseded or revoked; accounts come with their person."""
    messages.tell(
        [
            NoteDraft(
                key=f"certificate:{one.pk}:{one.state}",
                user_id=account.person.user_id,
                portal=account.portal,
                template=f"certificate_{one.state}",
                values={"year": str(account.year), "number": one.number, "reason": "；".join(one.ended_because)},
                url=reverse("certificates:detail", args=[one.pk]),
            )
            for one, account in ended
        ]
    )
