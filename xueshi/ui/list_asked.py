"""What a reader asks of a list page: which tab, filters and order, which page of it, and the addresses that ask so."""

from functools import cached_property
from typing import Any

from django.db.models import Model
from django.http import QueryDict

from xueshi.kernel.text import number
from xueshi.ui.list_page import ListPage

_NO_FILTERS = frozenset({"tab", "size", "sort", "page"})


class Asked[M: Model]:
    """The question, in which nonsense is ignored; it costs no query.

    ``here`` is the list as it was asked for; drawn in answer to a refused form it stands at another address, so that
    its links need its own ``path``.
    """

    here = path = ""

    def __init__(self, page: ListPage[M], actor: Any, asked: QueryDict) -> None:
        self.page, self.actor, self.asked = page, actor, asked
        keys = [tab.key for tab in page.tabs]
        self.tab_key = asked["tab"] if asked.get("tab") in keys else (keys[0] if keys else "")

    @cached_property
    def is_idle(self) -> bool:
        """Whether no filter was asked for, not even an empty one."""
        return set(self.asked) <= {*_NO_FILTERS, self.page.detail_param}

    @cached_property
    def sort(self) -> str:
        """The asked column key, with ``-`` for descending, or nothing."""
        asked = self.asked.get("sort", "")
        sortable = {column.key for column in self.page.columns if column.order_by}
        return asked if asked.removeprefix("-") in sortable else ""

    @property
    def order(self) -> list[str]:
        """The order asked for, else the list's own; the primary key makes it total."""
        for column in self.page.columns:
            if column.key == self.sort.removeprefix("-"):
                return [f"-{column.order_by}" if self.sort.startswith("-") else column.order_by, "pk"]
        return [*self.page.order_by, "pk"]

    @cached_property
    def size(self) -> int:
        """Rows a page."""
        asked = self.asked.get("size", "")
        return next((size for size in self.page.sizes if str(size) == asked), self.page.sizes[0])

    @cached_property
    def asked_page(self) -> int:
        """The page asked for, which may lie beyond the end."""
        return max(1, number(self.asked.get("page", ""), 7) or 1)

    @cached_property
    def opened(self) -> str:
        """The key of the row that is opened beside a desk's list, as it was sent; nothing while none is."""
        return self.asked.get(self.page.detail_param, "") if self.page.detail_param else ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters the filter form carries along."""
        return [(name, str(self.asked[name])) for name in ("tab", "size", "sort") if self.asked.get(name)]

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
    def cleared_url(self) -> str:
        """The list without filters, in the same tab (清空, SYS-10)."""
        return f"{self.path}?tab={self.tab_key}" if self.tab_key else f"{self.path}?"
