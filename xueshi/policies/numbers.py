"""Hours as exact numbers: said as people write them, rounded only down."""

from decimal import Decimal
from fractions import Fraction
from math import floor

STEP = Decimal("0.5")
"""The precision assumed where nobody says another (policy facts 6); a pack's own is ``precision.step``."""


def plain(hours: Decimal) -> str:
    """A number as people write it: 24, 1.5 — no trailing noughts."""
    return f"{hours.normalize():f}"


def round_down(hours: Decimal | Fraction, step: Decimal) -> Decimal:
    """To the whole step below (precision 0.5, policy facts 6)."""
    return floor(Fraction(hours) / Fraction(step)) * step
