"""What a list page finds: the rows that match, how many they are, and those of the page asked for."""

from functools import cached_property

from django.db.models import Model, QuerySet

from xueshi.ui import parts
from xueshi.ui.filters import FilterSet
from xueshi.ui.forms import dress_filters
from xueshi.ui.list_asked import Asked
from xueshi.ui.list_page import ListTab, Opening


class Found[M: Model](Asked[M]):
    """The answer: a query for the page, one for the count unless it shows all rows, one per counted tab.

    A counted tab that is the list itself asks nothing.
    """

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

    @property
    def _is_filtered(self) -> bool:
        """Whether a filter was filled in; its form asks for all of them, filled or not."""
        if self.is_idle or self.filterset is None:
            return False
        return any(self.asked.get(name) for name in self.filterset.form.fields)

    @cached_property
    def matching(self) -> QuerySet[M]:
        """The rows of the tab that the filters leave."""
        found: QuerySet[M] = self._tabbed if self.is_idle or self.filterset is None else self.filterset.qs
        return found

    @property
    def ordered(self) -> QuerySet[M]:
        """All matching rows in the order asked for."""
        return self.matching.order_by(*self.order)

    @cached_property
    def _opening(self) -> Opening[M] | None:
        """The list as it opens, where that is what was asked for, in whichever order and length."""
        first = self.page.tabs[0].key if self.page.tabs else ""
        return self.page.opening if self.is_idle and self.tab_key == first else None

    @cached_property
    def _first(self) -> list[M]:
        """The rows of the first page and one more, which tells whether there are others."""
        if self._opening is not None and not self.sort:
            return self._opening.first(self.actor, self.size + 1)
        return self._read(slice(self.size + 1))

    def _read(self, part: slice) -> list[M]:
        """Some of the ordered rows."""
        if not self.page.by_keys:
            return list(self.ordered[part])
        keys = list(self.ordered.values_list("pk", flat=True)[part])
        found = self.matching.in_bulk(keys)
        return [found[key] for key in keys if key in found]

    @cached_property
    def _keys(self) -> list[tuple[int, int]]:
        """The keys and versions of all rows of the list as it opens; none where it has another face."""
        return self._opening.keys(self.actor, self._opening.at_most) if self._opening is not None else []

    @cached_property
    def total(self) -> int:
        """How many rows match; counted by the database only where the first page does not show them all."""
        if self.asked_page == 1 and len(self._first) <= self.size:
            return len(self._first)
        if self._opening is not None and len(self._keys) < self._opening.at_most:
            return len(self._keys)
        return self.matching.count()

    def counted(self, tab: ListTab[M]) -> int:
        """How many rows a tab holds, whatever is filtered."""
        if tab.key == self.tab_key and not self._is_filtered:
            return self.total
        return tab.narrow(self._scope).count()

    @cached_property
    def pager(self) -> parts.Pager:
        """Where the reader is; a page beyond the end is the last one."""
        pages = -(-self.total // self.size)
        now = max(1, min(self.asked_page, pages))
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
        if self.asked_page == 1:
            return self._first[: self.size]
        first = (self.pager.page - 1) * self.size
        return self._read(slice(first, first + self.size)) if self.total else []

    @cached_property
    def token(self) -> str:
        """Names the matching set for 全部 actions."""
        if self.page.token is None:
            return ""
        if self.total <= self.size:
            return self.page.token(self.actor, self.rows)
        if self._opening is not None:
            return self._opening.token(self.actor, self._keys)
        return self.page.token(self.actor, self.matching)
