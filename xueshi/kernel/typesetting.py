"""Typst templates filled with data, as PDF/A-2b or as a picture.

Templates receive data, never markup built from data (E8). They see their own folder and the packages they are given, no
other file, no network, and only the two Chinese fonts that come with the program. A character that neither font has is
an error, never an empty box on somebody's paper.
"""

import re
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import pylopdf_fonts_zh_cn
import typst

from xueshi.kernel.errors import RuleBroken

_STANDARD: Final = "a-2b"
_MISSING_GLYPH: Final = re.compile(r'the text `"(.+?)"` could not be displayed')
# A compiler keeps what it compiled before, which makes the next paper fast; it is not made for two threads at once.
_LOCK: Final = threading.Lock()


class BadTemplate(RuntimeError):
    """A region's template does not compile; the message is Typst's."""


@dataclass(frozen=True, slots=True)
class Design:
    """A template, and the folder of the shared layouts it may import; none where it stands by itself."""

    template: Path
    packages: Path | None = None


def pdf(design: Design, facts: str, moment: datetime) -> bytes:
    """The design filled with ``facts``, a JSON text it reads as ``sys.inputs.facts``, dated ``moment``.

    ``RuleBroken`` names a character that cannot be printed, ``BadTemplate`` what is wrong with the template.
    """
    try:
        with _LOCK:
            made = _compiler(design).compile(
                format="pdf",
                sys_inputs={"facts": facts},
                pdf_standards=_STANDARD,
                timestamp=int(moment.timestamp()),
            )
    except typst.TypstError as error:
        if missing := _MISSING_GLYPH.search(error.message):
            raise RuleBroken(f"打印字体中没有“{missing[1]}”字，暂时无法打印，请联系管理员") from error
        raise BadTemplate(error.diagnostic) from error
    if not isinstance(made, bytes):
        raise BadTemplate("Typst returned no document")
    return made


def png(design: Design, facts: str, dots_per_inch: float) -> bytes:
    """The same as a picture of its one page."""
    image = _compiler(design).compile(format="png", ppi=dots_per_inch, sys_inputs={"facts": facts})
    if not isinstance(image, bytes):
        raise BadTemplate("more than one page is no picture")
    return image


@lru_cache(maxsize=32)
def _compiler(design: Design) -> typst.Compiler:
    if not design.template.is_file():
        message = f"{design.template.name}: no such template"
        raise BadTemplate(message)
    packages = design.packages or design.template.parent
    return typst.Compiler(
        design.template,
        root=design.template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        package_path=packages,
        package_cache_path=packages,
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folder = pylopdf_fonts_zh_cn.serif_path().parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
