"""年度完成情况: one row per year, one's own or somebody's, now or as it stood on a day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from xueshi.ledger import selectors
from xueshi.ledger.models import YearAccount
from xueshi.ledger.web import shown
from xueshi.ledger.web.days import LABEL, NAME, AsOf, DayFilter
from xueshi.people.models import Professional
from xueshi.policies.packs import Pack
from xueshi.policies.papers import ANNUAL
from xueshi.policies.verdicts import verdict
from xueshi.ui import filters
from xueshi.ui.lists import Column, ListPage, RowAction


def _bound(label: str, example: str, lookup: str) -> filters.NumberFilter:
    box = forms.NumberInput({"placeholder": example})
    return filters.NumberFilter(
        label=label, field_name="year", lookup_expr=lookup, widget=box, min_value=1900, max_value=2999
    )


class YearFilters(filters.FilterSet):
    """年度 from – to (ANN-02), and the day as of which the years are shown."""

    first = _bound("年度（起）", "如2015", "gte")
    last = _bound("年度（止）", "如2016", "lte")
    on = DayFilter(label=LABEL, method="as_of")

    def as_of(self, rows: QuerySet[YearAccount], name: str, day: date) -> QuerySet[YearAccount]:
        """Years that had not begun on that day are left out; the columns show the rest as it stood."""
        del name
        return rows.filter(year__lte=day.year)


_ORDERS = {
    "year": "year",
    "public": "public_hours",
    "professional": "professional_hours",
    "elective": "elective_hours",
    "total": "total_hours",
}


@dataclass(frozen=True, slots=True)
class Years:
    """Whose years, under which pack of which year, as of which past day."""

    pack: Pack
    year: int
    day: date | None = None
    person: Professional | None = None
    actor: Any = None

    def rows(self, actor: Any) -> QuerySet[YearAccount]:
        """The years themselves."""
        if self.person is None:
            return selectors.own_accounts(actor)
        return selectors.accounts_of_person(actor, self.person.pk)

    def page(self) -> ListPage[YearAccount]:
        """The list with the columns the pack prints (ANN-01)."""
        values = self._values()
        return ListPage(
            key="ledger.years",
            title=self.pack.word("annual.title"),
            rows=self.rows,
            order_by=("-year",),
            filters=YearFilters,
            columns=[
                Column(
                    key=column.key,
                    label=column.label,
                    value=values[column.key],
                    order_by="" if self.day else _ORDERS.get(column.key, ""),
                    num=column.key not in {"year", "result"},
                    link=self._page_of if column.key == "year" else None,
                )
                for column in self.pack.year(self.year).annual.columns
            ],
            actions=(
                RowAction(label=self.pack.word("buttons.detail"), url=self._page_of),
                *(
                    RowAction(label=paper.button, url=partial(self._printing, paper.key), post=True)
                    for paper in self.pack.year(self.year).certificates
                ),
            ),
            empty_text="还没有计入年度的学时",
            template="ledger/years.html",
            numbered=True,
        )

    def _page_of(self, row: YearAccount) -> str:
        return page_of(row) + (f"?{NAME}={self.day.isoformat()}" if self.day else "")

    def _printing(self, key: str, row: YearAccount) -> str | None:
        return printing(row, key) if self.person is None and self.day is None else None

    def _values(self) -> dict[str, Callable[[YearAccount], object]]:
        if self.day is None:
            return {"year": lambda row: str(row.year), "result": shown.result} | {
                key: _sum(column) for key, column in _ORDERS.items() if key != "year"
            }
        then = AsOf(self.day, lambda: self.rows(self.actor))
        return {
            "year": lambda row: str(row.year),
            "public": lambda row: then.of(row).sums.get("public", 0),
            "professional": lambda row: then.of(row).sums.get("professional", 0),
            "elective": lambda row: then.of(row).sums.get("elective", 0),
            "total": lambda row: then.of(row).total,
            "result": lambda row: _result(row, then),
        }


def _sum(column: str) -> Callable[[YearAccount], object]:
    return lambda row: getattr(row, column)


def _result(row: YearAccount, then: AsOf) -> object:
    explained = shown.at(then.of(row))
    return verdict(shown.rules_of(row), row.year, passed=explained.passed, waived=explained.waived, on=then.day)


def page_of(row: YearAccount) -> str:
    """The page of a year."""
    return reverse("ledger:year", args=[row.pk])


def printing(row: YearAccount, key: str) -> str | None:
    """Where a certificate that the year has earned is printed; nothing for another (ANN-07, ANN-08, ANN-11)."""
    papers = shown.rules_of(row).certificates
    if not any(one.key == key and one.earned(passed=row.reached, sums=row.sums) for one in papers):
        return None
    named = reverse("certificates:issue_kind", args=[row.pk, key])
    return reverse("certificates:issue", args=[row.pk]) if key == ANNUAL else named
