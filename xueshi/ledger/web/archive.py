"""A body's list of its people's years: 培训档案, 继教完成情况查询 (ANN-16, ANN-17, ANN-19)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from xueshi.accounts.models import document_index
from xueshi.kernel import clock, text
from xueshi.kernel.errors import NotFound
from xueshi.kernel.identity import DocumentType
from xueshi.kernel.text import number
from xueshi.ledger import permissions, selectors
from xueshi.organisations.states import Power
from xueshi.people.models import Professional
from xueshi.policies import registry
from xueshi.policies.areas import area_filter
from xueshi.policies.lookback import Archive
from xueshi.policies.packs import Pack
from xueshi.policies.requests import pack_of
from xueshi.policies.verdicts import verdict
from xueshi.policies.years import Annual, YearRules
from xueshi.ui import filters
from xueshi.ui.lists import Column, ListPage, RowAction, show_list
from xueshi.ui.parts import State
from xueshi.ui.routes import route

type Value = Callable[[Professional], object]
type People = QuerySet[Professional]

_ORDERS: Final = {"name": "user__name", "public": "public", "professional": "professional", "total": "total"}
_HOURS: Final = frozenset({"public", "professional", "total"})


@route(powers=(Power.STATISTICS.value,))
def archive(request: HttpRequest) -> HttpResponse:
    """Everybody's record of a year, also of those who have none."""
    pack = pack_of(request)
    year = _year(pack, request.GET)
    found = pack.year(year).annual.archive
    if found is None:
        raise NotFound
    return show_list(request, _page(pack, pack.year(year), found, year))


def _year(pack: Pack, asked: QueryDict) -> int:
    """The year asked for, if the pack has rules for it; else the present one."""
    year = number(asked.get("year", ""), 4) or 0
    return year if min(pack.years) <= year <= clock.year() else clock.year()


def _page(pack: Pack, of_year: YearRules, asked: Archive, year: int) -> ListPage[Professional]:
    values = _values(pack, of_year, year)
    return ListPage(
        key="ledger.archive",
        by_keys=True,
        title=asked.title,
        rows=lambda actor: selectors.archive(actor, year),
        allowed=permissions.can_open_archive,
        order_by=("user__name",),
        filters=_filters(pack, of_year, asked),
        columns=[
            Column(
                key=column.key,
                label=column.label,
                value=values[column.key],
                order_by=_ORDERS.get(column.key, ""),
                num=column.key in _HOURS,
                link=_person if column.key == "name" else None,
                minor=column.key in {"sex", "area"},
            )
            for column in asked.columns
        ],
        actions=(RowAction(label=asked.record, url=_opens(asked)),),
        note=f"{year} 年度",
        empty_text="本单位还没有专业技术人员",
        numbered=True,
        export=True,
    )


def _person(row: Professional) -> str:
    return reverse("ledger:person_years", args=[row.pk])


def _told(row: Professional, name: str) -> Any:
    """What the selector said of a row besides its columns."""
    return getattr(row, name)


def _opens(asked: Archive) -> Callable[[Professional], str | None]:
    def url(row: Professional) -> str | None:
        account = _told(row, "account_id")
        open_ = account is not None and (not asked.passed_only or _told(row, "passed"))
        return reverse("ledger:year", args=[account]) if open_ else None

    return url


def _values(pack: Pack, of_year: YearRules, year: int) -> Mapping[str, Value]:
    areas, levels = registry.catalogue("areas"), registry.catalogue("title_levels")
    sexes = registry.catalogue("sexes")
    return {
        "year": lambda _row: str(year),
        "name": lambda row: row.user.name,
        "document": lambda row: row.user.listed_document,
        "sex": lambda row: sexes.label(row.sex),
        "area": lambda row: areas.label(row.employment.organisation.area_code),
        "level": lambda row: levels.label(row.title_level) if row.title_level else "",
        "public": lambda row: _told(row, "public") or 0,
        "professional": lambda row: _told(row, "professional") or 0,
        "total": lambda row: _told(row, "total") or 0,
        "result": lambda row: _result(of_year, year, row),
    }


def _result(of_year: YearRules, year: int, row: Professional) -> State:
    return verdict(of_year, year, passed=_told(row, "passed"), waived=_told(row, "nothing"))


_BY: Final[Mapping[str, str]] = {"level": "title_level", "sex": "sex"}


def _filters(pack: Pack, of_year: YearRules, asked: Archive) -> type[filters.FilterSet]:
    labels = {column.key: column.label for column in asked.columns}
    first = min(pack.years)
    years = [(str(one), f"{one} 年") for one in range(clock.year(), first - 1, -1)]
    found: dict[str, Any] = {
        "year": filters.ChoiceFilter(
            label=labels["year"],
            choices=years,
            method=_any,
            empty_label=None,
        )
    }
    for key in asked.filters:
        found[key] = _filter(pack, key, labels[key], of_year.annual)
    return type("ArchiveFilters", (filters.FilterSet,), found)


def _filter(pack: Pack, key: str, label: str, annual: Annual) -> Any:
    if key == "area":
        return area_filter(pack.key, "employment__organisation__area_code", label)
    if key == "name":
        return filters.CharFilter(label=label, method=_by_name, max_length=40)
    if key == "document":
        return filters.CharFilter(label=label, method=_by_document, max_length=20)
    if key == "result":
        words = [("passed", annual.passed), ("failed", annual.failed)]
        return filters.ChoiceFilter(label=label, choices=words, method=_by_result, empty_label="全部")
    tables = {"level": "title_levels", "sex": "sexes"}
    options = [(one.code, one.label) for one in registry.catalogue(tables[key]).items]
    return filters.ChoiceFilter(label=label, field_name=_BY[key], choices=options, empty_label="全部")


def _any(rows: People, _name: str, _value: str) -> People:
    """The year chose the rows already."""
    return rows


def _by_name(rows: People, _name: str, value: str) -> People:
    return rows.filter(user__name__contains=value.strip())


def _by_document(rows: People, _name: str, value: str) -> People:
    """The whole number, of whatever kind of document (C5)."""
    number = text.half_width(value).strip().upper()
    return rows.filter(user__document_index__in=[document_index(kind, number) for kind in DocumentType])


def _by_result(rows: People, _name: str, value: str) -> People:
    asked = rows.filter(Q(("nothing", False)))
    passed = Q(("passed", True))
    return asked.filter(passed if value == "passed" else ~passed)
