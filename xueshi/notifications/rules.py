"""When a message that failed is tried again, and by which way somebody is reached."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from xueshi.notifications.states import Channel

PAUSES = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
MOST_TRIES = len(PAUSES) + 1


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries; ``None`` when there were enough (D9: five, with growing pauses)."""
    return PAUSES[tries - 1] if 0 < tries < MOST_TRIES else None


def way(
    contacts: Mapping[Channel, str], chosen: Channel | None, offered: Collection[Channel], *, asked: bool
) -> Channel | None:
    """The one way out by which somebody hears of a message: their own choice if they made one (``asked``), else mail
    before SMS; ``None`` for who wants none, has no such contact, or whose installation sends by none."""
    wanted = (chosen,) if asked else (Channel.MAIL, Channel.SMS)
    return next((one for one in wanted if one is not None and one in offered and contacts.get(one)), None)
