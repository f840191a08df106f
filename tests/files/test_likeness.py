"""Fingerprints of pictures: stable under what phones and mailers do to a scan, found by their bands."""

import io
import random

import pytest
from PIL import Image, ImageDraw, ImageEnhance

from xueshi.files import rules, services
from xueshi.files.services import ImageLimit, Upload


def sheet(seed: int) -> Image.Image:
    """A paper with a frame and blocks of ink where the seed puts them."""
    chance = random.Random(seed)  # noqa: S311 - a picture
    paper = Image.new("RGB", (600, 430), (252, 250, 244))
    pen = ImageDraw.Draw(paper)
    pen.rectangle((14, 14, 585, 415), outline=(168, 138, 84), width=4)
    for _ in range(12):
        left, top = chance.randrange(30, 480), chance.randrange(30, 360)
        pen.rectangle((left, top, left + chance.randrange(20, 110), top + chance.randrange(8, 40)), fill=(40, 40, 46))
    return paper


def seen(picture: Image.Image) -> int:
    found = rules.likeness(picture)
    assert found is not None
    return found


def again(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue()))


def test_the_same_sheet_stays_the_same_and_another_is_far_away() -> None:
    original = sheet(1)
    kept = [
        again(original, 60), original.resize((300, 215)), original.resize((1200, 860)), original.convert("L"),
        ImageEnhance.Brightness(original).enhance(0.85), original.crop((4, 4, 596, 426)),
    ]  # fmt: skip
    assert max(rules.difference(seen(original), seen(one)) for one in kept) <= 5
    others = [rules.difference(seen(original), seen(sheet(seed))) for seed in range(2, 12)]
    assert min(others) > 12


def test_an_empty_sheet_is_like_nothing() -> None:
    assert rules.likeness(Image.new("RGB", (40, 30), "#1a56b0")) is None
    assert rules.likeness(Image.new("1", (40, 30), 1)) is None


@pytest.mark.parametrize("distance", [0, 3, 5, 7])
def test_the_bands_miss_no_neighbour(distance: int) -> None:
    chance = random.Random(distance)  # noqa: S311 - numbers to try
    for _ in range(300):
        one = chance.randrange(-(1 << 63), 1 << 63)
        flipped = one & ((1 << 64) - 1)
        for bit in chance.sample(range(64), distance):
            flipped ^= 1 << bit
        other = flipped - (1 << 64) if flipped >> 63 else flipped
        assert rules.difference(one, other) == distance
        assert any(band in close for band, close in zip(rules.bands(other), rules.near(one, distance), strict=True))


@pytest.mark.django_db
def test_an_image_is_stored_with_its_likeness() -> None:
    out = io.BytesIO()
    sheet(1).save(out, "PNG")
    stored = services.store_image(Upload("证书.png", out.getvalue(), None), ImageLimit(1 << 20, ("png",)))
    stored.refresh_from_db()
    assert stored.likeness == rules.likeness(sheet(1))
