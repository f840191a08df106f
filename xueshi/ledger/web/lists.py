"""年度完成情况: one row per year."""

from collections.abc import Callable

from django import forms
from django.urls import reverse

from xueshi.ledger import selectors
from xueshi.ledger.models import YearAccount
from xueshi.ledger.web import shown
from xueshi.policies.packs import Pack
from xueshi.ui import filters
from xueshi.ui.lists import Column, ListPage, RowAction


def _bound(label: str, example: str, lookup: str) -> filters.NumberFilter:
    box = forms.NumberInput({"placeholder": example})
    return filters.NumberFilter(
        label=label, field_name="year", lookup_expr=lookup, widget=box, min_value=1900, max_value=2999
    )


class YearFilters(filters.FilterSet):
    """年度 from – to (ANN-02)."""

    first = _bound("年度（起）", "如2015", "gte")
    last = _bound("年度（止）", "如2016", "lte")


_VALUES: dict[str, Callable[[YearAccount], object]] = {
    "year": lambda row: str(row.year),
    "public": lambda row: row.public_hours,
    "professional": lambda row: row.professional_hours,
    "elective": lambda row: row.elective_hours,
    "total": lambda row: row.total_hours,
    "result": shown.result,
}
_ORDERS = {
    "year": "year",
    "public": "public_hours",
    "professional": "professional_hours",
    "elective": "elective_hours",
    "total": "total_hours",
}


def years(pack: Pack, year: int) -> ListPage[YearAccount]:
    """The list of a person's years, with the columns the pack prints (ANN-01)."""
    annual = pack.year(year).annual
    return ListPage(
        key="ledger.years",
        title=pack.word("annual.title"),
        rows=selectors.own_accounts,
        order_by=("-year",),
        filters=YearFilters,
        columns=[
            Column(
                key=column.key,
                label=column.label,
                value=_VALUES[column.key],
                order_by=_ORDERS.get(column.key, ""),
                num=column.key not in {"year", "result"},
                link=page_of if column.key == "year" else None,
            )
            for column in annual.columns
        ],
        actions=(
            RowAction(label=pack.word("buttons.detail"), url=page_of),
            RowAction(label=pack.word("buttons.print_certificate"), url=printing, post=True),
        ),
        empty_text="还没有计入年度的学时",
        template="ledger/years.html",
        numbered=True,
    )


def page_of(row: YearAccount) -> str:
    """The page of a year."""
    return reverse("ledger:year", args=[row.pk])


def printing(row: YearAccount) -> str | None:
    """Where the certificate of a passed year is printed; nothing for another (ANN-07, ANN-08)."""
    return reverse("certificates:issue", args=[row.pk]) if row.passed else None
