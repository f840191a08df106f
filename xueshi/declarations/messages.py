"""What declaring tells people: what they have filled in and not handed in, while the year lasts."""

from django.urls import reverse

from xueshi.accounts import messages
from xueshi.declarations import selectors
from xueshi.kernel import clock
from xueshi.ledger.messages import Closing, closing
from xueshi.notifications.services import NoteDraft
from xueshi.policies.packs import Pack

_AT_ONCE = 500
"""People of one transaction."""


def remind_of_drafts(pack: Pack) -> None:
    """Tell whoever keeps drafts for the year that is about to close, once a term."""
    ending, last = closing(pack, clock.today()), 0
    while ending is not None:
        counted = selectors.drafts_counted(pack.key, ending.year, after=last, limit=_AT_ONCE)
        if not counted:
            return
        last = max(counted)
        messages.tell([_draft(pack, ending, user_id, number) for user_id, number in counted.items()])


def _draft(pack: Pack, ending: Closing, user_id: int, number: int) -> NoteDraft:
    return NoteDraft(
        key=f"drafts:{user_id}:{pack.key}:{ending.year}:{ending.term}",
        user_id=user_id,
        portal=pack.key,
        template="drafts",
        values={"year": str(ending.year), "count": str(number), "date": ending.day},
        url=reverse("declarations:mine"),
    )
