"""The declaration of a list page: rows, tabs, filters, columns, actions, export."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from xueshi.kernel.decisions import ALLOW, Decision
from xueshi.ui.filters import FilterSet

type Matching[M: Model] = QuerySet[M] | Sequence[M]
"""All rows of a list: those read for its page where that shows them all, else the question for them."""


@dataclass(frozen=True, kw_only=True)
class Column[M: Model]:
    """One column; ``value`` returns text, a date, a number, a ``State`` or a ``Cell``.

    ``order_by`` is the database order behind a click on the heading; ``export`` replaces the value in files. A
    ``minor`` column gives way where an open detail leaves the list little room; the detail says it. The one that
    ``names_row`` is what a row is called by, wherever it stands in the printed order: see ``ListPage.naming``.
    """

    key: str
    label: str
    value: Callable[[M], object]
    order_by: str = ""
    num: bool = False
    wrap: bool = False
    minor: bool = False
    names_row: bool = False
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
    """A link (or with ``post`` a button) in the last column; None as address leaves it out for that row.

    ``fields`` are posted along: which row, which version, which verdict.
    """

    label: str
    url: Callable[[M], str | None]
    post: bool = False
    fields: Callable[[M], Mapping[str, str]] = field(default=lambda _row: {})
    confirm: str = ""
    style: str = "link"


@dataclass(frozen=True, kw_only=True)
class Opening[M: Model]:
    """The first tab while nobody filters or sorts; a test of each list that has one compares it with ``rows``.

    ``first(actor, number)`` brings the first rows in words that are kept (``kernel.wording``), as ``rows`` in
    ``order_by`` would; ``keys(actor, number)`` the keys of all, each with its version, by which they are counted, too,
    where they are fewer than ``at_most``; ``token(actor, keys)`` names them as the list's own would.
    """

    first: Callable[[Any, int], list[M]]
    keys: Callable[[Any, int], list[tuple[int, int]]]
    token: Callable[[Any, list[tuple[int, int]]], str]
    at_most: int


@dataclass(frozen=True, kw_only=True)
class ListPage[M: Model]:
    """The declaration; ``rows(actor)`` is a selector and holds the permission of every row.

    ``numbered`` draws 序号 before the columns.
    ``detail_param`` makes it a desk: the naming column links to the same list with the row's ``detail_key`` there.
    ``token(actor, matching)`` names the set a 全部 button acts on: what arrives later stays out. ``row_value`` is what
    a ticked row posts as ``row``. ``remarks(actor)`` are words offered where the toolbar asks for a comment, which a
    ``refusal`` needs.
    ``opening`` brings the list as it opens for less than ``rows`` would. ``by_keys`` finds the rows of a page by their
    keys and then reads what hangs on them: one query more, and who looks after an area waits a third as long.
    """

    key: str
    title: str
    rows: Callable[[Any], QuerySet[M]]
    columns: Sequence[Column[M]]
    order_by: Sequence[str]
    allowed: Callable[[Any], Decision] = field(default=lambda _actor: ALLOW)
    filters: type[FilterSet] | None = None
    tabs: Sequence[ListTab[M]] = ()
    batch: Sequence[BatchAction] = ()
    actions: Sequence[RowAction[M]] = ()
    token: Callable[[Any, Matching[M]], str] | None = None
    row_value: Callable[[M], object] = field(default=lambda row: row.pk)
    opening: Opening[M] | None = None
    by_keys: bool = False
    remarks: Callable[[Any], Sequence[str]] = field(default=lambda _actor: ())
    selected_total: Callable[[M], object] | None = None
    note: str = ""
    empty_text: str = "没有数据"
    sizes: tuple[int, ...] = (10, 20, 50)
    export: bool = False
    numbered: bool = False
    template: str = "ui/list.html"
    detail_param: str = ""
    refusal: str = "驳回"
    detail_key: Callable[[M], object] = field(default=lambda row: row.pk)

    @property
    def naming(self) -> int:
        """The place of the column that links to a row's detail, heads its card and names it to screen readers.

        The first column, unless another one says that it names its row.
        """
        return next((place for place, column in enumerate(self.columns) if column.names_row), 0)

    @property
    def region(self) -> str:
        """The id of the part that htmx replaces."""
        return f"list-{self.key.replace('.', '-')}"
