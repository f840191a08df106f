"""A list page, declared once: rows, tabs, filters, columns, actions, export. See docs/howto/add-a-list-page.md."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import content_disposition_header

from xueshi.kernel.decisions import ALLOW, Decision
from xueshi.ui import parts
from xueshi.ui.forms import dress_filters
from xueshi.ui.printing import printed

EXPORT_LIMIT = 10_000
"""Rows of one export; more is a task, not a page."""


@dataclass(frozen=True, kw_only=True)
class Column[M: Model]:
    """One column; ``value`` returns text, a date, a number, a ``State`` or a ``Cell``.

    ``order_by`` is the database order behind a click on the heading; ``export`` replaces the value in files.
    """

    key: str
    label: str
    value: Callable[[M], object]
    order_by: str = ""
    num: bool = False
    wrap: bool = False
    link: Callable[[M], str] | None = None
    export: Callable[[M], object] | None = None


@dataclass(frozen=True, kw_only=True)
class ListTab[M: Model]:
    """A named part of the rows; ``count`` costs one query and is drawn as a badge."""

    key: str
    label: str
    narrow: Callable[[QuerySet[M]], QuerySet[M]]
    count: bool = False


@dataclass(frozen=True, kw_only=True)
class BatchAction:
    """A button over the selected rows, or with ``everything`` over all rows the reader was shown (全部…).

    It posts ``row`` (ids) or ``token`` to ``url``; with ``comment`` the toolbar offers 审核意见 as ``comment``.
    """

    key: str
    label: str
    url: Callable[[], str]
    style: str = "plain"
    confirm: str = ""
    comment: bool = False
    everything: bool = False


@dataclass(frozen=True, kw_only=True)
class RowAction[M: Model]:
    """A link (or with ``post`` a button) in the last column; None as address leaves it out for that row."""

    label: str
    url: Callable[[M], str | None]
    post: bool = False
    confirm: str = ""
    style: str = "link"


@dataclass(frozen=True, kw_only=True)
class ListPage[M: Model]:
    """The declaration; ``rows(actor)`` is a selector and holds the permission of every row.

    ``token(actor, rows)`` names the set a 全部 button acts on: what arrives later stays out. ``row_value`` is what a
    ticked row posts as ``row``.
    """

    key: str
    title: str
    rows: Callable[[Any], QuerySet[M]]
    columns: Sequence[Column[M]]
    order_by: Sequence[str]
    allowed: Callable[[Any], Decision] = field(default=lambda _actor: ALLOW)
    filters: type[django_filters.FilterSet] | None = None
    tabs: Sequence[ListTab[M]] = ()
    batch: Sequence[BatchAction] = ()
    actions: Sequence[RowAction[M]] = ()
    token: Callable[[Any, QuerySet[M]], str] | None = None
    row_value: Callable[[M], object] = field(default=lambda row: row.pk)
    selected_total: Callable[[M], object] | None = None
    note: str = ""
    empty_text: str = "没有数据"
    sizes: tuple[int, ...] = (10, 20, 50)
    export: bool = False
    template: str = "ui/list.html"
    detail_param: str = ""

    @property
    def region(self) -> str:
        """The id of the part that htmx replaces."""
        return f"list-{self.key.replace('.', '-')}"

    def read(self, actor: Any, asked: QueryDict) -> "ListState[M]":
        """What the reader asked for; ``NotAllowed`` when the list is not theirs. Nonsense in ``asked`` is ignored."""
        self.allowed(actor).require()
        return ListState(self, actor, asked)


@dataclass(frozen=True)
class Heading:
    """A column heading as drawn."""

    label: str
    num: bool
    url: str
    sorted: str


class ListState[M: Model]:
    """One reading of a list: two queries, one for the count and one for the page, and one per counted tab."""

    def __init__(self, page: ListPage[M], actor: Any, asked: QueryDict) -> None:
        self.page, self.actor, self.asked = page, actor, asked
        self.scope = page.rows(actor)
        keys = [tab.key for tab in page.tabs]
        self.tab_key = asked["tab"] if asked.get("tab") in keys else (keys[0] if keys else "")
        tabbed = next((tab.narrow(self.scope) for tab in page.tabs if tab.key == self.tab_key), self.scope)
        self.filterset = page.filters(asked or None, queryset=tabbed) if page.filters else None
        if self.filterset is not None:
            dress_filters(self.filterset.form)
        self.matching: QuerySet[M] = self.filterset.qs if self.filterset is not None else tabbed

    @cached_property
    def sort(self) -> str:
        """The asked column key, with ``-`` for descending, or nothing."""
        asked = self.asked.get("sort", "")
        sortable = {column.key for column in self.page.columns if column.order_by}
        return asked if asked.removeprefix("-") in sortable else ""

    @property
    def ordered(self) -> QuerySet[M]:
        """All matching rows in the order asked for; the primary key makes it total."""
        order: list[str] = list(self.page.order_by)
        for column in self.page.columns:
            if column.key == self.sort.removeprefix("-"):
                order = [f"-{column.order_by}" if self.sort.startswith("-") else column.order_by]
        return self.matching.order_by(*order, "pk")

    @cached_property
    def size(self) -> int:
        """Rows a page."""
        asked = self.asked.get("size", "")
        return next((size for size in self.page.sizes if str(size) == asked), self.page.sizes[0])

    @cached_property
    def total(self) -> int:
        """Matching rows."""
        return self.matching.count()

    @cached_property
    def pager(self) -> parts.Pager:
        """Where the reader is; a page beyond the end is the last one."""
        pages = -(-self.total // self.size)
        asked = self.asked.get("page", "")
        wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
        now = max(1, min(wanted, pages))
        around = sorted({1, pages, *range(max(1, now - 2), min(pages, now + 2) + 1)} - {0})
        links: list[tuple[int, str]] = []
        for number in around:
            if links and number > links[-1][0] + 1:
                links.append((0, ""))
            links.append((number, self.url(page=number)))
        return parts.Pager(
            page=now, pages=pages, total=self.total, links=links, size=self.size,
            first=(now - 1) * self.size + 1, last=min(now * self.size, self.total),
            first_url=self.url(page=1), last_url=self.url(page=max(pages, 1)),
            sizes=[(size, self.url(size=size, page="")) for size in self.page.sizes],
        )  # fmt: skip

    @cached_property
    def rows(self) -> list[M]:
        """The rows of this page."""
        first = (self.pager.page - 1) * self.size
        return list(self.ordered[first : first + self.size]) if self.total else []

    def url(self, **changes: object) -> str:
        """This list's address with some parameters changed; everything else the reader chose is kept."""
        query = self.asked.copy()
        for name in ("export", self.page.detail_param):
            query.pop(name, None)
        for name, value in changes.items():
            query[name] = str(value)
            if value == "":
                del query[name]
        return f"?{query.urlencode()}"

    @property
    def headings(self) -> list[Heading]:
        """Headings with their sort links; a click turns the order round."""
        found = []
        for column in self.page.columns:
            down = self.sort == column.key
            url = self.url(sort=f"-{column.key}" if down else column.key, page="") if column.order_by else ""
            mark = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "")
            found.append(Heading(column.label, column.num, url, mark if url else ""))
        return found

    @property
    def drawn(self) -> list[dict[str, Any]]:
        """Each row with its cells and actions."""
        return [self._draw(row) for row in self.rows]

    def _draw(self, row: M) -> dict[str, Any]:
        cells = [(column, column.value(row), column.link(row) if column.link else "") for column in self.page.columns]
        actions = [(action, url) for action in self.page.actions if (url := action.url(row))]
        chosen = bool(self.page.detail_param) and self.asked.get(self.page.detail_param) == str(row.pk)
        weight = self.page.selected_total(row) if self.page.selected_total else ""
        name = next((str(value) for _column, value, _link in cells), "")
        return {
            "pk": row.pk, "value": self.page.row_value(row), "cells": cells, "actions": actions,
            "chosen": chosen, "weight": weight, "name": name,
        }  # fmt: skip

    @property
    def tabs(self) -> list[parts.Tab]:
        """The tabs; changing one keeps the filters."""
        return [
            parts.Tab(
                label=tab.label,
                url=self.url(tab=tab.key, page=""),
                current=tab.key == self.tab_key,
                count=tab.narrow(self.scope).count() if tab.count else None,
            )
            for tab in self.page.tabs
        ]

    @cached_property
    def token(self) -> str:
        """Names the matching set for 全部 actions."""
        return self.page.token(self.actor, self.matching) if self.page.token else ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters the filter form carries along."""
        return [(name, str(self.asked[name])) for name in ("tab", "size", "sort") if self.asked.get(name)]

    @property
    def cleared_url(self) -> str:
        """The list without filters, in the same tab (清空, SYS-10)."""
        return f"?tab={self.tab_key}" if self.tab_key else "?"

    @property
    def wants_comment(self) -> bool:
        """Whether the toolbar offers 审核意见."""
        return any(action.comment for action in self.page.batch)


def list_view[M: Model](page: ListPage[M]) -> Callable[[HttpRequest], HttpResponse]:
    """The view of a list: whole page, its region for htmx, or a file."""

    def view(request: HttpRequest) -> HttpResponse:
        return show_list(request, page)

    return view


def show_list[M: Model](
    request: HttpRequest, page: ListPage[M], extra: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Answer with the list; ``extra`` reaches the page's own template."""
    state = page.read(getattr(request, "actor", None), request.GET)
    if page.export and "export" in request.GET:
        return exported(state)
    partial = request.headers.get("HX-Target") == page.region
    template = "ui/parts/list_region.html" if partial else page.template
    context = {"list": state, "title": page.title, **(extra or {})}
    answer = render(request, template, context)
    answer.headers["Vary"] = "HX-Request, HX-Target"
    return answer


def exported[M: Model](state: ListState[M]) -> HttpResponse:
    """The screen's rows and columns as CSV that spreadsheets open without executing anything."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.label for column in state.page.columns])
    rows: Iterable[M] = state.ordered[:EXPORT_LIMIT]
    for row in rows:
        writer.writerow([defused(printed((column.export or column.value)(row))) for column in state.page.columns])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{state.page.title}.csv") or ""
    return answer


def defused(value: object) -> str:
    """Text that a spreadsheet does not take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
