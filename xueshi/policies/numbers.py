"""Hours as exact numbers: said as people write them, rounded only down."""

from decimal import ROUND_FLOOR, Decimal

STEP = Decimal("0.5")
"""The precision assumed where nobody says another (policy facts 6); a pack's own is ``precision.step``."""


def plain(hours: Decimal) -> str:
    """A number as people write it: 24, 1.5 — no trailing noughts."""
    return f"{hours.normalize():f}"


def round_down(hours: Decimal, step: Decimal) -> Decimal:
    """To the whole step below (precision 0.5, policy facts 6)."""
    return (hours / step).to_integral_value(ROUND_FLOOR) * step
