"""Many certificates as one file: a PDF to print, or a ZIP of the signed papers with their list."""

import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched, groupby
from pathlib import Path
from typing import BinaryIO, Final

from xueshi.certificates import rendering, services
from xueshi.certificates.models import Certificate
from xueshi.certificates.rules import shown_hours
from xueshi.certificates.states import PrintForm
from xueshi.files import services as files
from xueshi.kernel import spreadsheets

VOLUME: Final = 1_000
"""Pages of one PDF; more papers, or papers of two designs, become a ZIP of several."""

_UNFIT: Final = re.compile(r"[\\/:*?\"<>|\x00-\x1f\u202a-\u202e]")
_HEADING: Final = ("序号", "证书编号", "姓名", "身份证号", "年度", "公需课学时", "专业课学时", "总学时", "发证时间")


def bundle(papers: Sequence[Certificate], form: PrintForm, moment: datetime) -> files.Made:
    """The papers in their order as one file; at least one, each with its account and file."""
    stem = f"证书{len(papers)}份_{moment:%Y%m%d%H%M}"
    if form == PrintForm.ZIP:
        return _zip(stem, _originals(papers))
    volumes = [some for _, alike in groupby(map(services.paper_of, papers), _design) for some in batched(alike, VOLUME)]
    drawn = (rendering.render_pdf(some, moment) for some in volumes)
    if len(volumes) == 1:
        return files.Made(f"{stem}.pdf", "application/pdf", lambda out: out.writelines(drawn))
    return _zip(stem, ((f"证书_第{place}册.pdf", content) for place, content in enumerate(drawn, start=1)))


def _design(paper: rendering.Paper) -> Path:
    return paper.wording.template


def _originals(papers: Sequence[Certificate]) -> Iterable[tuple[str, bytes]]:
    for place, one in enumerate(papers, start=1):
        yield f"{place:04}_{_UNFIT.sub('', one.figures.name)}_{one.number}.pdf", files.read(one.file)
    yield "清单.csv", spreadsheets.as_csv(_HEADING, [_row(place, one) for place, one in enumerate(papers, start=1)])


def _row(place: int, one: Certificate) -> tuple[object, ...]:
    figures = one.figures
    hours = (shown_hours(value) for value in (figures.public, figures.professional, figures.total))
    return (place, one.number, figures.name, figures.document, figures.year, *hours, figures.issued_on.isoformat())


def _zip(stem: str, entries: Iterable[tuple[str, bytes]]) -> files.Made:
    """An archive of entries of which one at a time is in memory."""
    return files.Made(f"{stem}.zip", "application/zip", lambda out: _pack(entries, out))


def _pack(entries: Iterable[tuple[str, bytes]], out: BinaryIO) -> None:
    """Stored, not deflated: what makes a paper large is compressed already."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
