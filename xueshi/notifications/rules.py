"""When a message that failed is tried again."""

from datetime import timedelta

PAUSES = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
MOST_TRIES = len(PAUSES) + 1


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries; ``None`` when there were enough (D9: five, with growing pauses)."""
    return PAUSES[tries - 1] if 0 < tries < MOST_TRIES else None
