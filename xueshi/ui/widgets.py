"""The widget of a described choice: a drop-down, narrowed by answers given above."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString

from xueshi.ui import drawing
from xueshi.ui.fields import PLEASE_CHOOSE

type Offered = tuple[str, str, str]
"""One choice as it is drawn: what is sent, what is printed, and what it hangs on as JSON."""


class Option(Protocol):
    """One choice."""

    @property
    def code(self) -> str:
        """What is stored."""

    @property
    def label(self) -> str:
        """What is printed."""

    @property
    def printed(self) -> str:
        """What is printed in a list of choices."""

    @property
    def parents(self) -> tuple[str, ...]:
        """The answers above that it belongs to."""


class ChoosingSelect(forms.Select):
    """A drop-down that starts at 请选择 (SYS-20); its options may hang on answers given above."""

    def __init__(self, options: Sequence[Option], *, narrowed_by: Sequence[str] = (), attrs: dict[str, Any]) -> None:
        if narrowed_by:
            attrs = attrs | {"data-narrowed-by": json.dumps(list(narrowed_by))}
        super().__init__(attrs, [PLEASE_CHOOSE, *((option.code, option.printed) for option in options)])
        self.parents = {option.code: option.parents for option in options if option.parents and narrowed_by}
        hangs = {code: json.dumps(above) for code, above in self.parents.items()}
        described = ((option.code, option.printed, hangs.get(option.code, "")) for option in options)
        self._offered: tuple[Offered, ...] = ((*PLEASE_CHOOSE, ""), *described)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: object | None = None
    ) -> SafeString:
        """The drop-down at what was chosen. Whole catalogues stand in some: their options are drawn once."""
        (chosen,) = self.format_value(value)
        drawn = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, drawn, choices(self._offered, chosen))


@lru_cache(maxsize=512)
def choices(offered: tuple[Offered, ...], chosen: str) -> SafeString:
    """The options of a drop-down."""
    return drawing.joined(
        drawing.option(code, label, {"data-parents": parents or None, "selected": code == chosen})
        for code, label, parents in offered
    )
