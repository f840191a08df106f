"""Telling people something: inside the program always, and by the one way out that reaches them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from xueshi.accounts import selectors
from xueshi.accounts.models import User
from xueshi.kernel import clock
from xueshi.kernel import text as texts
from xueshi.notifications import rules, wording
from xueshi.notifications import selectors as notes
from xueshi.notifications import services as notifications
from xueshi.notifications.services import Letter, NoteDraft
from xueshi.notifications.states import Channel

WORTH_SENDING = timedelta(days=3)
"""A reminder that could not leave for so long says nothing new any more; the note inside the program stays."""


@transaction.atomic(savepoint=False)  # kept or lost with the deed it tells of
def tell(drafts: Sequence[NoteDraft]) -> None:
    """Write notes and, for those that are new, letters; in the transaction of the caller, each effect once.

    A few statements however many there are. Nobody is written to who has no contact, or wants to hear nothing
    outside the program; to closed accounts, and where consent was taken back, nothing leaves.
    """
    fresh = notifications.add_notes(drafts)
    told = [one for one in drafts if one.key in fresh]
    offered = [one for one in Channel if notifications.offered(one)]
    if not told or not offered:
        return
    people = {user.pk: user for user in selectors.reachable({one.user_id for one in told})}
    chosen = notes.choices_of(people)
    letters, expires_at = [], clock.now() + WORTH_SENDING
    for one in told:
        user = people.get(one.user_id)
        ways = contacts(user) if user is not None else {}
        way = rules.way(ways, chosen.get(one.user_id), offered, asked=one.user_id in chosen)
        if way is not None:
            letters.append(_letter(one, way, ways[way], expires_at))
    notifications.write_many(letters)


def warn(ways: Mapping[Channel, str], template: str, *, key: str, portal: str) -> None:
    """Tell the owner of an account, by each of these ways that is offered, what opens it now and since when (A13)."""
    time = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    for channel, recipient in ways.items():
        if recipient and notifications.offered(channel):
            letter = Letter(
                key=f"{key}:{channel}",
                portal=portal,
                channel=channel,
                recipient=recipient,
                template=template,
                values={"time": time},
            )
            notifications.write(letter)


def contacts(user: User) -> dict[Channel, str]:
    """Where a person can be written to, in canonical spelling; empty where they left nothing."""
    return {Channel.SMS: user.phone, Channel.MAIL: texts.half_width(user.email).strip().lower()}


def _letter(draft: NoteDraft, way: Channel, recipient: str, expires_at: datetime) -> Letter:
    """Only what it is about leaves the program; who, how much and why is read inside (C3)."""
    return Letter(
        key=draft.key,
        portal=draft.portal,
        channel=way,
        recipient=recipient,
        template="notice",
        values={"what": wording.note_title(draft.portal, draft.template, draft.values)},
        expires_at=expires_at,
    )
