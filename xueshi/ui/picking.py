"""The picker over a set too large for a list: words, ten findings at a time in a table, one of them chosen by 选定.

查找 works with htmx and, as a step of the page, without. What may be found is said by whoever makes the ``Picker``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xueshi.kernel.errors import NotFound
from xueshi.kernel.text import number

PAGE = 10
LONGEST = 60
"""Letters of a search that are read."""
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,60}")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One finding: what is chosen, its name, and where the picker has such columns its kind and code."""

    value: str
    name: str
    kind: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of findings."""

    lines: Sequence[Line] = ()
    total: int = 0
    page: int = 1

    @property
    def first(self) -> int:
        """The number of the first line (序号)."""
        return (self.page - 1) * PAGE + 1

    @property
    def more(self) -> Sequence[int]:
        """Neighbouring pages, at most five."""
        last = -(-self.total // PAGE)
        start = max(1, min(self.page - 2, last - 4))
        return range(start, min(last, start + 4) + 1) if last > 1 else ()


@dataclass(frozen=True, kw_only=True)
class Picker:
    """Where a picker looks. ``url``, with a query of its own, answers the htmx search, ``find`` the one without.

    ``line`` is the finding behind a value, None when it is not on offer. ``columns`` are the headings of kind and code,
    if it has them; ``nothing(words)`` is said where nothing is found. ``include`` selects inputs that go along.
    """

    url: str
    find: Callable[[str, int], Found]
    line: Callable[[str], Line | None]
    columns: tuple[str, ...] = ()
    nothing: Callable[[str], str] = lambda _words: "没有找到"
    include: str = ""


class PickInput(forms.Widget):
    """A search box with its findings below."""

    template_name = "ui/widgets/pick.html"
    use_fieldset = True

    def __init__(self, picker: Picker, placeholder: str = "") -> None:
        super().__init__()
        self.picker, self.placeholder = picker, placeholder
        self.words, self.page = "", 0

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The chosen value; words and page are remembered for drawing."""
        if f"{name}__find" in data:
            self.words = str(data.get(f"{name}__q", "")).replace("\x00", "")[:LONGEST]
            self.page = number(data.get(f"{name}__find", ""), 5) or 1
        return data.get(name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the chosen line and the findings."""
        chosen = self.picker.line(str(value)) if value else None
        shown = _shown(self.picker, self.words, self.page) if self.page else {"picker": self.picker}
        more = {"chosen": chosen, "name": name, "words": self.words, "placeholder": self.placeholder}
        return super().get_context(name, value, attrs) | shown | more


def page_of(rows: Any, page: int, line: Callable[[Any], Line]) -> Found:
    """A page of a query; one beyond the end is the last."""
    total = rows.count()
    page = max(1, min(page, -(-total // PAGE)))
    return Found(lines=[line(row) for row in rows[(page - 1) * PAGE : page * PAGE]], total=total, page=page)


def words_of(request: HttpRequest, *names: str) -> str:
    """The words of a search, from the first of these parameters that is there."""
    typed = next((request.GET[name] for name in names if name in request.GET), "")
    return typed.replace("\x00", "")[:LONGEST]


def answered(request: HttpRequest, picker: Picker, name: str) -> HttpResponse:
    """The findings for htmx; ``name`` is the field where the page does not say it. ``NotFound`` for no field's name."""
    name = request.GET.get("name", name)
    if not _NAME.fullmatch(name):
        raise NotFound
    shown = _shown(picker, words_of(request, f"{name}__q", "q"), number(request.GET.get("page", ""), 5) or 1)
    return render(request, "ui/widgets/pick_found.html", shown | {"name": name})


def _shown(picker: Picker, words: str, page: int) -> dict[str, Any]:
    found = picker.find(words, page)
    return {"picker": picker, "found": found, "words": words, "nothing": "" if found.lines else picker.nothing(words)}
