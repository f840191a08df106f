"""Scans as people hand them in: really drawn, really uploaded through the door of files."""

import hashlib
import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pylopdf_fonts_zh_cn
from PIL import Image, ImageChops, ImageDraw, ImageFont

from xueshi.files import services as files
from xueshi.files.models import StoredFile

_SIZE: Final = (600, 430)
_PAPER, _FRAME, _INK, _SEAL = (252, 250, 244), (168, 138, 84), (40, 40, 46), (196, 60, 52)
_LIMIT: Final = files.ImageLimit(max_bytes=4 * 1024 * 1024, suffixes=("jpg",))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return ImageFont.truetype(str(folder / "NotoSerifSC-Regular.otf"), size)


@cache
def _sheet(title: str, seal: str) -> Image.Image:
    """The paper with frame, title and seal; only the lines differ from person to person."""
    sheet = Image.new("RGB", _SIZE, _PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((14, 14, _SIZE[0] - 15, _SIZE[1] - 15), outline=_FRAME, width=4)
    pen.rectangle((24, 24, _SIZE[0] - 25, _SIZE[1] - 25), outline=_FRAME, width=1)
    pen.text((_SIZE[0] / 2, 70), title, font=_font(32), fill=_INK, anchor="mm")
    pen.ellipse((430, 290, 540, 400), outline=_SEAL, width=4)
    pen.text((485, 345), seal[:6], font=_font(15), fill=_SEAL, anchor="mm")
    return sheet


def _light(words: str) -> Image.Image:
    """How the light fell on the paper: no two photographs of one form look alike to a machine either."""
    shades = [205 + byte * 50 // 255 for byte in hashlib.sha256(words.encode()).digest()[:30]]
    field = Image.new("L", (6, 5))
    field.putdata(shades)
    return field.resize(_SIZE, Image.Resampling.BICUBIC).convert("RGB")


def draw(title: str, lines: Sequence[str], seal: str) -> bytes:
    """A certificate as a phone would photograph it, as JPEG bytes."""
    sheet = _sheet(title, seal).copy()
    pen = ImageDraw.Draw(sheet)
    for position, line in enumerate(lines):
        pen.text((60, 126 + position * 38), line, font=_font(19), fill=_INK)
    sheet = ImageChops.multiply(sheet, _light("|".join((title, seal, *lines))))
    out = io.BytesIO()
    sheet.save(out, format="JPEG", quality=80)
    return out.getvalue()


def hand_in(content: bytes, name: str, user_id: int) -> StoredFile:
    """Upload a drawn scan as this person."""
    return files.store_image(files.Upload(name, content, user_id), _LIMIT)
