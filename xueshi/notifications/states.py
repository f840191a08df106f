"""Words of the outbox."""

from enum import StrEnum


class Channel(StrEnum):
    """How a message travels."""

    SMS = "sms"
    MAIL = "mail"


class MessageState(StrEnum):
    """Where a message stands. Only ``waiting`` ones are ever sent."""

    WAITING = "waiting"
    SENT = "sent"
    EXPIRED = "expired"
    """Not sent in time; its content is worthless now."""
    PARKED = "parked"
    """Failed five times, or refused for good; somebody has to look."""
