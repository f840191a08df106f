"""How an event bears on what a year asks."""

from enum import StrEnum


class Effect(StrEnum):
    """What a target change does to the years it concerns."""

    HOURS = "hours"
    """So many hours more, or fewer when negative."""
    SHARE = "share"
    """That share fewer."""
    NOTHING = "nothing"
    """Nothing is asked."""
