"""One reading of a list page: which rows, in which order, on which page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.html import escape
from django.utils.safestring import SafeString

from xueshi.kernel.text import number
from xueshi.ui import drawing, parts
from xueshi.ui.again import Sent
from xueshi.ui.filters import FilterSet
from xueshi.ui.forms import dress_filters
from xueshi.ui.list_page import Column, ListPage, ListTab, Opening, RowAction


@dataclass(frozen=True)
class Heading:
    """A column heading as drawn."""

    label: str
    url: str
    sorted: str
    classes: str


_NO_FILTERS = frozenset({"tab", "size", "sort", "page"})


# The controls of filter sets while nobody filters: choices belong to the class, so they are drawn once.
_IDLE: WeakKeyDictionary[type[FilterSet], SafeString] = WeakKeyDictionary()


class ListState[M: Model]:
    """One reading of a list: a query for the page, one for the count unless it shows all rows, one per counted tab.

    A counted tab that is the list itself asks nothing. ``here`` is the list as it was asked for; drawn in answer to a
    refused form it stands at another address, so that its links need its own ``path``, and holds what was ``sent``.
    """

    here = path = ""
    sent: Sent | None = None

    def __init__(self, page: ListPage[M], actor: Any, asked: QueryDict) -> None:
        self.page, self.actor, self.asked = page, actor, asked
        keys = [tab.key for tab in page.tabs]
        self.tab_key = asked["tab"] if asked.get("tab") in keys else (keys[0] if keys else "")

    @cached_property
    def _scope(self) -> QuerySet[M]:
        return self.page.rows(self.actor)

    @cached_property
    def _tabbed(self) -> QuerySet[M]:
        """What the tab leaves."""
        narrow = next((tab.narrow for tab in self.page.tabs if tab.key == self.tab_key), None)
        return narrow(self._scope) if narrow is not None else self._scope

    @cached_property
    def filterset(self) -> FilterSet | None:
        """What the reader filters by."""
        if self.page.filters is None:
            return None
        built = self.page.filters(self.asked or None, queryset=self._tabbed)
        dress_filters(built.form)
        return built

    @cached_property
    def matching(self) -> QuerySet[M]:
        """The rows of the tab that the filters leave."""
        found: QuerySet[M] = self._tabbed if self._is_idle or self.filterset is None else self.filterset.qs
        return found

    @cached_property
    def _is_idle(self) -> bool:
        """Whether no filter was asked for, not even an empty one."""
        return set(self.asked) <= {*_NO_FILTERS, self.page.detail_param}

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
        """How many rows match; counted by the database only where the first page does not show them all."""
        if self._asked_page == 1 and len(self._first) <= self.size:
            return len(self._first)
        return self._keys.count()

    @cached_property
    def _asked_page(self) -> int:
        return max(1, number(self.asked.get("page", ""), 7) or 1)

    @cached_property
    def _first(self) -> list[M]:
        """The rows of the first page and one more, which tells whether there are others."""
        if self._opening is not None and not self.sort:
            return self._opening.first(self.actor, self.size + 1)
        return list(self.ordered[: self.size + 1])

    @cached_property
    def _opening(self) -> Opening[M] | None:
        """The list as it opens, where that is what was asked for, in whichever order and length."""
        first = self.page.tabs[0].key if self.page.tabs else ""
        return self.page.opening if self._is_idle and self.tab_key == first else None

    @cached_property
    def _keys(self) -> QuerySet[M]:
        """All matching rows, to be counted and named."""
        return self._opening.keys(self.actor) if self._opening is not None else self.matching

    @cached_property
    def pager(self) -> parts.Pager:
        """Where the reader is; a page beyond the end is the last one."""
        pages = -(-self.total // self.size)
        now = max(1, min(self._asked_page, pages))
        around = sorted({1, pages, *range(max(1, now - 2), min(pages, now + 2) + 1)} - {0})
        links: list[tuple[int, str]] = []
        for page in around:
            if links and page > links[-1][0] + 1:
                links.append((0, ""))
            links.append((page, self.url(page=page)))
        return parts.Pager(
            page=now, pages=pages, total=self.total, links=links, size=self.size,
            first=(now - 1) * self.size + 1, last=min(now * self.size, self.total),
            first_url=self.url(page=1), last_url=self.url(page=max(pages, 1)),
            sizes=[(size, self.url(size=size, page="")) for size in self.page.sizes],
        )  # fmt: skip

    @cached_property
    def rows(self) -> list[M]:
        """The rows of this page."""
        if self._asked_page == 1:
            return self._first[: self.size]
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
        return f"{self.path}?{query.urlencode()}"

    @property
    def headings(self) -> list[Heading]:
        """Headings with their sort links; a click turns the order round."""
        found = []
        for column in self.page.columns:
            down = self.sort == column.key
            url = self.url(sort=f"-{column.key}" if down else column.key, page="") if column.order_by else ""
            mark = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "")
            classes = " ".join(name for name, given in (("num", column.num), ("x-minor", column.minor)) if given)
            found.append(Heading(column.label, url, mark if url else "", classes))
        return found

    @property
    def posts_by_row(self) -> bool:
        """Whether a row's actions change something: the template draws them, for their forms carry its token."""
        return any(action.post for action in self.page.actions)

    @property
    def drawn(self) -> list[dict[str, Any]]:
        """Each row with its cells and actions."""
        return [self._draw(row, place) for place, row in enumerate(self.rows, self.pager.first)]

    def _draw(self, row: M, place: int) -> dict[str, Any]:
        cells = [(column, column.value(row), self._link(column, row)) for column in self.page.columns]
        actions = [(action, url, self._posted(action, row)) for action in self.page.actions if (url := action.url(row))]
        name = str(cells[self._naming][1]) if cells else ""
        body = drawing.cells(self._cell(number, value, link) for number, (_column, value, link) in enumerate(cells))
        drawn = self._before(row, place, name) + body
        if self.page.actions and not self.posts_by_row:
            drawn += drawing.row_links(((url, action.label) for action, url, _fields in actions), name)
        chosen = self._is_chosen(row)
        return {"cells": cells, "actions": actions, "name": name, "chosen": chosen, "drawn": drawn}

    def _posted(self, action: RowAction[M], row: M) -> Mapping[str, str]:
        """What a row's button posts; away from its own address it says where the list is."""
        return {"next": self.here, **action.fields(row)} if self.path and action.post else action.fields(row)

    def _is_chosen(self, row: M) -> bool:
        param = self.page.detail_param
        return bool(param) and self.asked.get(param) == str(row.pk)

    def _before(self, row: M, place: int, name: str) -> SafeString:
        """What a row begins with: its key, its tick, its number."""
        page = self.page
        drawn = drawing.row_opening(row.pk, chosen=self._is_chosen(row))
        if page.batch:
            weight = page.selected_total(row) if page.selected_total else ""
            value = page.row_value(row)
            ticked = self.sent is not None and str(value) in self.sent.rows
            drawn += drawing.pick(value, f"{page.region}-batch", name, weight, ticked=ticked)
        return drawn + drawing.number(place) if page.numbered else drawn

    @cached_property
    def _openings(self) -> list[SafeString]:
        """What stands before the content of each column's cells."""
        found = []
        for place, one in enumerate(self.page.columns):
            heads = place == self._naming
            names = (("num", one.num), ("wrap", one.wrap), ("x-minor", one.minor), ("first", heads))
            found.append(drawing.opening(one.label, " ".join(name for name, given in names if given)))
        return found

    def _cell(self, place: int, value: object, link: str) -> tuple[SafeString, SafeString]:
        """Opening and content of one cell; of a desk the naming one opens beside the list."""
        into = "detail" if place == self._naming and self.page.detail_param else ""
        return self._openings[place], drawing.cell(value, link, into)

    @cached_property
    def _naming(self) -> int:
        return self.page.naming

    @cached_property
    def _detail_url(self) -> str:
        """The address of a row's detail up to its key, which stands last."""
        return self.url(**{self.page.detail_param: "-"}).removesuffix("-")

    def _link(self, column: Column[M], row: M) -> str:
        if self.page.detail_param and column is self.page.columns[self._naming]:
            return f"{self._detail_url}{row.pk}"
        return column.link(row) if column.link else ""

    @property
    def tabs(self) -> list[parts.Tab]:
        """The tabs; changing one keeps the filters."""
        return [
            parts.Tab(
                label=tab.label,
                url=self.url(tab=tab.key, page=""),
                current=tab.key == self.tab_key,
                count=self._count(tab) if tab.count else None,
            )
            for tab in self.page.tabs
        ]

    def _count(self, tab: ListTab[M]) -> int:
        if tab.key == self.tab_key and not self._is_filtered:
            return self.total
        return tab.narrow(self._scope).count()

    @property
    def _is_filtered(self) -> bool:
        """Whether a filter was filled in; its form asks for all of them, filled or not."""
        if self._is_idle or self.filterset is None:
            return False
        return any(self.asked.get(name) for name in self.filterset.form.fields)

    @property
    def offers_filters(self) -> bool:
        """Whether the reader may filter."""
        return self.page.filters is not None

    @property
    def controls(self) -> SafeString:
        """The filter controls; while nobody filters they are the same for everybody."""
        of = self.page.filters
        if of is None:
            return escape("")
        if self._is_idle and of in _IDLE:
            return _IDLE[of]
        drawn = drawing.controls(self.filterset.form) if self.filterset is not None else escape("")
        if self._is_idle:
            _IDLE[of] = drawn
        return drawn

    @cached_property
    def token(self) -> str:
        """Names the matching set for 全部 actions."""
        if self.page.token is None:
            return ""
        return self.page.token(self.actor, self.rows if self.total <= self.size else self._keys)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters the filter form carries along."""
        return [(name, str(self.asked[name])) for name in ("tab", "size", "sort") if self.asked.get(name)]

    @property
    def cleared_url(self) -> str:
        """The list without filters, in the same tab (清空, SYS-10)."""
        return f"{self.path}?tab={self.tab_key}" if self.tab_key else f"{self.path}?"

    @cached_property
    def remarks(self) -> Sequence[str]:
        """Words offered for 审核意见; an open detail offers them itself."""
        opened = bool(self.page.detail_param and self.asked.get(self.page.detail_param))
        return self.page.remarks(self.actor) if self.wants_comment and not opened else ()

    @property
    def wants_comment(self) -> bool:
        """Whether the toolbar offers 审核意见."""
        return any(action.comment for action in self.page.batch)
