"""认定单 as a file: a region's Typst template filled with what the page of the sheet shows."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from xueshi.kernel import typesetting
from xueshi.kernel.typesetting import Design

TEMPLATE: Final = "sheet.typ"
"""Its name in the documents of a pack."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet in printed words. A row has its year, hours by subject, total, asked, verdict and adjustments."""

    platform: str
    title: str
    holder: Sequence[tuple[str, str]]
    rule: str
    subjects: Sequence[str]
    rows: Sequence[Sequence[str]]
    summary: str
    remark: str


def render_pdf(template: Path, sheet: Sheet, moment: datetime) -> bytes:
    """The sheet as PDF/A-2b, its headings repeated on every page; ``RuleBroken`` names a character without a glyph."""
    return typesetting.pdf(Design(template), json.dumps(asdict(sheet), ensure_ascii=False), moment)
