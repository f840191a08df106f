"""One reading of a list page as it is shown: tabs, filters, headings, rows with their actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Model
from django.utils.html import escape
from django.utils.safestring import SafeString

from xueshi.ui import drawing, parts
from xueshi.ui.again import Sent
from xueshi.ui.filters import FilterSet
from xueshi.ui.list_found import Found
from xueshi.ui.list_page import Column, RowAction


@dataclass(frozen=True)
class Heading:
    """A column heading as drawn."""

    label: str
    url: str
    sorted: str
    classes: str


# The controls of filter sets while nobody filters: choices belong to the class, so they are drawn once.
_IDLE: WeakKeyDictionary[type[FilterSet], SafeString] = WeakKeyDictionary()


class ListState[M: Model](Found[M]):
    """What the templates draw. In answer to a refused form it holds what was ``sent``."""

    sent: Sent | None = None

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
        return bool(self.page.detail_param) and self.opened == str(self.page.detail_key(row))

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
            return f"{self._detail_url}{self.page.detail_key(row)}"
        return column.link(row) if column.link else ""

    @property
    def tabs(self) -> list[parts.Tab]:
        """The tabs; changing one keeps the filters."""
        return [
            parts.Tab(
                label=tab.label,
                url=self.url(tab=tab.key, page=""),
                current=tab.key == self.tab_key,
                count=self.counted(tab) if tab.count else None,
            )
            for tab in self.page.tabs
        ]

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
        if self.is_idle and of in _IDLE:
            return _IDLE[of]
        drawn = drawing.controls(self.filterset.form) if self.filterset is not None else escape("")
        if self.is_idle:
            _IDLE[of] = drawn
        return drawn

    @cached_property
    def remarks(self) -> Sequence[str]:
        """Words offered for 审核意见; an open detail offers them itself."""
        return self.page.remarks(self.actor) if self.wants_comment and not self.opened else ()

    @property
    def wants_comment(self) -> bool:
        """Whether the toolbar offers 审核意见."""
        return any(action.comment for action in self.page.batch)
