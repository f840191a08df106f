"""What the lists of declarations share: hours, tabs of results, the buttons of a row."""

from collections.abc import Callable, Iterable
from functools import partial

from django.db.models import Q, QuerySet
from django.urls import reverse

from xueshi.declarations import selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.states import GROUPS, DeclarationState
from xueshi.policies.packs import Pack
from xueshi.ui.addresses import of_row
from xueshi.ui.lists import Column, ListTab, RowAction


def page_of(row: Declaration) -> str:
    """The address of one declaration."""
    return of_row("declarations:detail", row.pk)


def hours(pack: Pack, *, minor: bool = False) -> tuple[Column[Declaration], ...]:
    """申报学时 and 认定学时; the second is ``minor`` where nothing is recognised yet."""
    return (
        Column(
            key="claimed",
            label=pack.word("declaration.claimed"),
            value=lambda row: row.hours_declared,
            num=True,
            order_by="hours_declared",
        ),
        Column(
            key="recognised",
            label=pack.word("declaration.recognised"),
            value=lambda row: row.hours_recognised,
            num=True,
            minor=minor,
        ),
    )


def tabs(pack: Pack, groups: Iterable[DeclarationState]) -> tuple[ListTab[Declaration], ...]:
    """全部, then one for each group of states."""
    every: ListTab[Declaration] = ListTab(key="all", label=pack.word("states.all"), narrow=lambda rows: rows)
    return (every, *(_tab(pack, group) for group in groups))


def _tab(pack: Pack, group: DeclarationState) -> ListTab[Declaration]:
    narrow = partial(_narrow, states=selectors.in_states(GROUPS[group]))
    return ListTab(key=group, label=pack.word(f"states.{group}"), narrow=narrow)


def _narrow(rows: QuerySet[Declaration], *, states: Q) -> QuerySet[Declaration]:
    return rows.filter(states)


def detail(pack: Pack) -> RowAction[Declaration]:
    """详细."""
    return RowAction(label=pack.word("buttons.detail"), url=page_of)


def withdrawing(pack: Pack) -> RowAction[Declaration]:
    """撤销 of a row whose query told that its case can be withdrawn."""

    def address(row: Declaration) -> str | None:
        return reverse("declarations:withdraw", args=[row.pk]) if getattr(row, "can_withdraw", False) else None

    confirm = "确定撤销这条申报？撤销后可以修改并再次提交。"
    return RowAction(label=pack.word("buttons.withdraw"), url=address, post=True, confirm=confirm)


def deleting(pack: Pack, may: Callable[[Declaration], bool]) -> RowAction[Declaration]:
    """删除 of the version shown."""

    def address(row: Declaration) -> str | None:
        return f"{reverse('declarations:delete', args=[row.pk])}?version={row.version}" if may(row) else None

    confirm = "确定删除这条申报？删除后不能恢复。"
    return RowAction(label=pack.word("buttons.delete"), url=address, post=True, confirm=confirm)
