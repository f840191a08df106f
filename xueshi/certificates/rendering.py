"""The paper: a region's Typst template filled with facts, as PDF/A-2b; one page for each certificate.

How templates are filled is ``kernel.typesetting``; those of certificates share the layout beside this file.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import product
from math import isqrt
from pathlib import Path
from string import Formatter
from typing import Final

import zxingcpp

from xueshi.certificates.rules import Figures, grouped_code, shown_hours
from xueshi.kernel import typesetting
from xueshi.kernel.typesetting import Design

_LAYOUT: Final = Path(__file__).with_name("typst")
_DARK, _LIGHT = b"\x00", b"\xff"
_DARK_RUN: Final = re.compile(rb"\x00+")
# The year reads as running text; the other facts stand on ruled lines.
_RULED: Final = frozenset({"name", "document", "public", "professional", "total", "verdict"})


@dataclass(frozen=True, slots=True)
class Wording:
    """The pack's words for a paper; ``lines`` mention facts as ``{name}``, ``{year}``, ``{total}``, …"""

    template: Path
    title: str
    lines: tuple[str, ...]
    closing: str
    note: str = ""
    centre: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One certificate to be drawn. ``address`` is printed, ``qr_text`` is what a phone reads."""

    wording: Wording
    figures: Figures
    number: str
    code: str
    address: str
    qr_text: str


def render_pdf(papers: Sequence[Paper], moment: datetime) -> bytes:
    """Papers of one template as PDF/A-2b, a page each.

    ``RuleBroken`` names a character that cannot be printed, ``BadTemplate`` what is wrong with the template.
    """
    return typesetting.pdf(_design(papers[0]), facts_of(papers), moment)


def render_png(paper: Paper, dots_per_inch: float = 110) -> bytes:
    """The paper as a picture, to be looked at."""
    return typesetting.png(_design(paper), facts_of([paper]), dots_per_inch)


def _design(paper: Paper) -> Design:
    return Design(paper.wording.template, _LAYOUT)


def facts_of(papers: Sequence[Paper]) -> str:
    """What a template is given: the facts of each paper, as JSON."""
    return json.dumps([_facts(paper) for paper in papers], ensure_ascii=False)


def _facts(paper: Paper) -> Mapping[str, object]:
    wording, figures, day = paper.wording, paper.figures, paper.figures.issued_on
    named = {
        "name": figures.name,
        "document": figures.document,
        "year": str(figures.year),
        "public": shown_hours(figures.public),
        "professional": shown_hours(figures.professional),
        "total": shown_hours(figures.total),
        "verdict": figures.verdict,
        "number": paper.number,
        "date": f"{day.year} 年 {day.month} 月 {day.day} 日",
    }
    return {
        "title": wording.title,
        "lines": [_segments(sentence, named) for sentence in _sentences(wording.lines)],
        "closing": wording.closing,
        "note": wording.note,
        "centre": wording.centre,
        "issuer": figures.issuer,
        "issued": named["date"],
        "number": paper.number,
        "code": grouped_code(paper.code),
        "verify_address": paper.address,
        "qr": qr_svg(paper.qr_text),
    }


def _sentences(lines: Sequence[str]) -> list[str]:
    """Lines of a pack run on until a full stop; the page breaks them where it needs to."""
    return [sentence for sentence in re.split(r"(?<=。)", "".join(lines)) if sentence]


def _segments(line: str, named: Mapping[str, str]) -> list[dict[str, str]]:
    """Words and facts apart, so that a name is always placed as a value, whatever signs it holds."""
    segments = []
    for words, key, _, _ in Formatter().parse(line):
        if words:
            segments.append({"text": words})
        if key is not None:
            segments.append({"fact" if key in _RULED else "text": named[key]})
    return segments


def qr_svg(text: str) -> str:
    """A QR code (level M, no quiet zone: the paper around it is white) as one SVG path."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    modules = memoryview(code.to_image(scale=1, add_quiet_zones=False)).tobytes()
    size = isqrt(len(modules))
    padding, strokes = _LIGHT * (-size % 8), _strokes()
    rows = (modules[start : start + size] + padding for start in range(0, len(modules), size))
    next_row = f"m-{size + len(padding)} 1"
    path = next_row.join("".join(strokes[row[x : x + 8]] for x in range(0, len(row), 8)) for row in rows)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="M0 0{path}"/></svg>'


@lru_cache(maxsize=1)
def _strokes() -> dict[bytes, str]:
    """Path commands for every eight modules in a row, ending at the next eight: a third of the cost of single runs."""
    table = {}
    for eight in product(_DARK + _LIGHT, repeat=8):
        modules, at, commands = bytes(eight), 0, ""
        for run in _DARK_RUN.finditer(modules):
            width = run.end() - run.start()
            commands += f"m{run.start() - at} 0h{width}v1h-{width}z"
            at = run.start()
        table[modules] = f"{commands}m{8 - at} 0"
    return table
