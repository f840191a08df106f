"""The open pickers of the forms: units and departments, found by name, ten at a time.

A visitor sees name, type and code of a unit and nothing else (security A12). 查找 works with htmx and, as a step of
the page, without.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy

from xueshi.kernel.errors import NotFound
from xueshi.kernel.text import number
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import OrganisationKind
from xueshi.policies.requests import PortalRequest
from xueshi.registrations import rules, selectors
from xueshi.ui.routes import route
from xueshi.ui.spec_fields import Picker

PAGE = 10
_LONGEST = 60
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,60}")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One finding: what is chosen, and the columns 名称, 单位类型, 机构代码/统一社会信用代码."""

    value: str
    name: str
    kind: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of findings; ``pages`` are the numbers of all pages."""

    lines: Sequence[Line] = ()
    total: int = 0
    page: int = 1
    with_type: bool = True

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
class Source:
    """Where a picker looks. ``include`` names inputs that go along with the search."""

    url: Any
    find: Callable[[str, int], Found]
    line: Callable[[str], Line | None]
    include: str = ""


class PickTable(forms.Widget):
    """A search box; its findings are a table whose rows are chosen by 选定."""

    template_name = "registrations/widgets/pick.html"
    use_fieldset = True

    def __init__(self, source: Source, placeholder: str = "") -> None:
        super().__init__()
        self.source, self.placeholder = source, placeholder
        self.words, self.page = "", 0

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The chosen value; words and page are remembered for drawing."""
        if f"{name}__find" in data:
            self.words = str(data.get(f"{name}__q", ""))[:_LONGEST]
            self.page = number(data.get(f"{name}__find", ""), 5) or 1
        return data.get(name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the chosen line and the findings."""
        chosen = self.source.line(str(value)) if value else None
        found = self.source.find(self.words, self.page) if self.page else None
        more = {"chosen": chosen, "found": found, "words": self.words, "source": self.source, "name": name}
        return super().get_context(name, value, attrs) | more | {"placeholder": self.placeholder}


def units(portal: str, picker: str) -> Source:
    """Bodies of a portal by name."""

    def find(words: str, page: int) -> Found:
        return _page(selectors.pickable_bodies(portal, picker, words), page, _unit_line)

    def line(value: str) -> Line | None:
        body = selectors.pickable_body(portal, picker, value)
        return _unit_line(body) if body is not None else None

    return Source(url=f"{reverse_lazy('registrations:find_units')}?picker={picker}", find=find, line=line)


def departments(portal: str, employer: str) -> Source:
    """Departments of the employer chosen above; all of them without words."""

    def find(words: str, page: int) -> Found:
        rows = selectors.departments_of(portal, employer, words)
        found = _page(rows, page, lambda row: Line(value=str(row.pk), name=row.name))
        return Found(lines=found.lines, total=found.total, page=found.page, with_type=False)

    def line(value: str) -> Line | None:
        department = selectors.department_of(portal, employer, value)
        return Line(value=str(department.pk), name=department.name) if department is not None else None

    url = f"{reverse_lazy('registrations:find_departments')}?"
    return Source(url=url, find=find, line=line, include="[name='employer']")


def sources(portal: str, employer: str) -> dict[str, Source]:
    """Every picker that a pack's registration forms may name."""
    return {"department": departments(portal, employer)} | {name: units(portal, name) for name in rules.PICKABLE}


def plain(source: Source) -> Picker:
    """The same as ``ui`` knows it; the form replaces its widget by ``PickTable``."""

    def search(words: str) -> list[tuple[str, str]]:
        return [(line.value, line.name) for line in source.find(words, 1).lines]

    def label(value: str) -> str | None:
        line = source.line(value)
        return line.name if line is not None else None

    return Picker(url=str(source.url), search=search, label=label)


@route(public=True, fragment=True)
def find_units(request: PortalRequest) -> HttpResponse:
    """Findings of a unit picker, for htmx."""
    picker = request.GET.get("picker", "employer")
    if picker not in rules.PICKABLE:
        raise NotFound
    return _answer(request, units(request.pack.key, picker))


@route(public=True, fragment=True)
def find_departments(request: PortalRequest) -> HttpResponse:
    """Findings of the department picker, for htmx."""
    return _answer(request, departments(request.pack.key, request.GET.get("employer", "")))


@route(public=True, fragment=True)
def find_names(request: PortalRequest) -> HttpResponse:
    """Registered employers whose name resembles the one being typed (ORG-21)."""
    words = request.GET.get("unit_name", request.GET.get("q", "")).replace("\x00", "")[:_LONGEST]
    found = units(request.pack.key, "employer").find(words if len(words.strip()) > 1 else "", 1)
    return render(request, "registrations/parts/names.html", {"found": found, "words": words.strip()})


def _answer(request: HttpRequest, source: Source) -> HttpResponse:
    name = request.GET.get("name", "unit")
    if not _NAME.fullmatch(name):
        raise NotFound
    words = request.GET.get(f"{name}__q", request.GET.get("q", "")).replace("\x00", "")[:_LONGEST]
    found = source.find(words, number(request.GET.get("page", ""), 5) or 1)
    return render(
        request, "registrations/parts/found.html", {"found": found, "name": name, "words": words, "source": source}
    )


def _page(rows: Any, page: int, line: Callable[[Any], Line]) -> Found:
    total = rows.count()
    page = max(1, min(page, -(-total // PAGE)))
    return Found(lines=[line(row) for row in rows[(page - 1) * PAGE : page * PAGE]], total=total, page=page)


def _unit_line(body: Organisation) -> Line:
    kind = rules.KIND_WORDS[OrganisationKind(body.kind)]
    return Line(value=str(body.pk), name=body.name, kind=kind, code=body.code or "")
