"""When two pictures look alike: a fingerprint of 64 bits that survives scaling, recompression and small retouching.

A discrete cosine transform keeps the coarse shape of the picture; each bit says whether one of its 64 lowest
frequencies lies above their median. Pictures alike differ in few bits, any two others in about half of them.
"""

import math
from collections.abc import Iterable, Iterator
from statistics import median

from PIL import Image

SIDE = 32
LOW = 8
BITS = 64
BANDS = 4
WIDTH = BITS // BANDS
EXACT = BANDS - 1
"""Up to this distance one band is surely untouched, so equal bands find every pair."""
PLAIN = 6
"""Grey levels between the darkest and the lightest of an empty sheet: nothing to compare by."""

_WAVES = tuple(
    tuple(math.cos(math.pi * (2 * place + 1) * wave / (2 * SIDE)) for place in range(SIDE)) for wave in range(LOW)
)


def likeness(picture: Image.Image) -> int | None:
    """The fingerprint as a signed 64-bit number; None for a sheet of one colour, which is like any other."""
    grey = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    levels = list(grey.tobytes())
    if max(levels) - min(levels) <= PLAIN:
        return None
    lows = _lowest([levels[start : start + SIDE] for start in range(0, SIDE * SIDE, SIDE)])
    middle = median(lows[1:])
    bits = 0
    for low in lows:
        bits = bits << 1 | (low > middle)
    return bits - (1 << BITS) if bits >> (BITS - 1) else bits


def _lowest(rows: list[list[int]]) -> list[float]:
    """The lowest frequencies of both directions, row by row; the first is the picture's brightness."""
    across = [[_sum(row, wave) for wave in _WAVES] for row in rows]
    columns = list(zip(*across, strict=True))
    return [_sum(column, wave) for wave in _WAVES for column in columns]


def _sum(levels: Iterable[float], wave: Iterable[float]) -> float:
    return sum(level * height for level, height in zip(levels, wave, strict=True))


def bands(value: int) -> tuple[int, int, int, int]:
    """A fingerprint cut into four numbers of 16 bits: what the index holds, the lowest bits first."""
    one, two, three, four = ((value >> place * WIDTH) & (1 << WIDTH) - 1 for place in range(BANDS))
    return one, two, three, four


def near(value: int, distance: int) -> tuple[frozenset[int], ...]:
    """For each band the values of which every fingerprint within ``distance`` (at most 7) has one in its place.

    Few changed bits leave one of four bands untouched; up to twice as many leave one with a single bit changed.
    """
    return tuple(frozenset({band} if distance <= EXACT else {band, *_one_bit_off(band)}) for band in bands(value))


def _one_bit_off(band: int) -> Iterator[int]:
    for bit in range(WIDTH):
        yield band ^ 1 << bit


def difference(one: int, other: int) -> int:
    """In how many of 64 bits two fingerprints differ."""
    return ((one ^ other) & ((1 << BITS) - 1)).bit_count()
