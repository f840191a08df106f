"""What declaring tells people: what they have filled in and not handed in, while the year lasts."""

from django.urls import reverse

from xueshi.accounts import messages
from xueshi.declarations import selectors
from xueshi.kernel import clock
from xueshi.ledger.messages import closing_term, year_ends
from xueshi.notifications.services import NoteDraft
from xueshi.policies.packs import Pack

_AT_ONCE = 500
"""People of one transaction."""


def remind_of_drafts(pack: Pack) -> None:
    """Tell whoever keeps drafts for the year that is about to end, once a term."""
    today = clock.today()
    term, last = closing_term(pack, today), 0
    while term is not None:
        counted = selectors.drafts_counted(pack.key, today.year, after=last, limit=_AT_ONCE)
        if not counted:
            return
        last = max(counted)
        messages.tell(
            [
                NoteDraft(
                    key=f"drafts:{user_id}:{pack.key}:{today.year}:{term}",
                    user_id=user_id,
                    portal=pack.key,
                    template="drafts",
                    values={
                        "year": str(today.year), "count": str(number), "date": f"{year_ends(today.year):%Y-%m-%d}",
                    },
                    url=reverse("declarations:mine"),
                )
                for user_id, number in counted.items()
            ]
        )  # fmt: skip
