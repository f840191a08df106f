"""专业技术人员信息查询: the people within one's reach, found by what is known of them (ANN-15)."""

from functools import lru_cache
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xueshi.accounts.models import document_index
from xueshi.certificates import permissions as certificates
from xueshi.kernel import text
from xueshi.kernel.identity import DocumentType
from xueshi.ledger import permissions
from xueshi.ledger.selectors.personnel import personnel
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import OrganisationKind, Power
from xueshi.people.models import Professional
from xueshi.policies import registry
from xueshi.policies.areas import area_filter
from xueshi.policies.packs import Pack
from xueshi.policies.papers import ANNUAL
from xueshi.policies.requests import actor_of, pack_of
from xueshi.ui import filters
from xueshi.ui.lists import Column, ListPage, RowAction, show_list
from xueshi.ui.routes import route

type People = QuerySet[Professional]

_TITLE: Final = "专业技术人员信息查询"


def _choices(catalogue: str) -> list[tuple[str, str]]:
    return [(item.code, item.label) for item in registry.catalogue(catalogue).items]


class _Ways:
    """How what is typed narrows the list."""

    def by_department(self, rows: People, _name: str, value: str) -> People:
        """Part of the name of the department in charge of the person's unit, or that is the unit."""
        key, kind = text.name_key(value), OrganisationKind.DEPARTMENT
        above = Q(employment__organisation__parent__kind=kind, employment__organisation__parent__name_key__contains=key)
        itself = Q(employment__organisation__kind=kind, employment__organisation__name_key__contains=key)
        return rows.filter(above | itself)

    def by_unit(self, rows: People, _name: str, value: str) -> People:
        """Part of the unit's name, whatever its brackets."""
        return rows.filter(employment__organisation__name_key__contains=text.name_key(value))

    def by_document(self, rows: People, _name: str, value: str) -> People:
        """The whole number, of whatever kind of document (C5)."""
        number = text.half_width(value).strip().upper()
        return rows.filter(user__document_index__in=[document_index(kind, number) for kind in DocumentType])


def _words(label: str, column: str, most: int) -> filters.CharFilter:
    return filters.CharFilter(label=label, field_name=column, lookup_expr="contains", max_length=most)


def _choice(label: str, catalogue: str) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(label=label, choices=lambda: _choices(catalogue), empty_label="全部")


@lru_cache(maxsize=16)
def _filters(portal: str) -> type[filters.FilterSet]:
    """地区 to 现专业技术职称资格, in the printed order."""
    asked = {
        "area": area_filter(portal, "employment__organisation__area_code"),
        "department": filters.CharFilter(label="主管部门", method="by_department", max_length=60),
        "unit": filters.CharFilter(label="所在单位", method="by_unit", max_length=60),
        "name": _words("姓名", "user__name", 40),
        "document": filters.CharFilter(label="证件号", method="by_document", max_length=20),
        "certificate": _words("证书管理号", "title_certificate", 60),
        "education": _choice("学历", "education"),
        "title_series": _choice("专业技术职务", "title_series"),
        "title": _choice("现专业技术职称资格", "titles"),
    }
    return type("PersonnelFilters", (_Ways, filters.FilterSet), asked)


@route(powers=(Power.STATISTICS.value,))
def people(request: HttpRequest) -> HttpResponse:
    """The list, with password, years and certificate of each person as far as the reader has to do with them."""
    return show_list(request, _page(actor_of(request), pack_of(request)))


def _page(actor: Actor, pack: Pack) -> ListPage[Professional]:
    education, series = registry.catalogue("education"), registry.catalogue("title_series")
    return ListPage(
        key="portal.personnel",
        by_keys=True,
        title=pack.called(actor.role_key, "portal:personnel", _TITLE),
        rows=personnel,
        allowed=permissions.can_open_archive,
        columns=(
            Column(key="name", label="姓名", value=lambda row: row.user.name, order_by="name_pinyin"),
            Column(key="document", label="证件号", value=lambda row: row.user.listed_document),
            Column(key="unit", label="所在单位", value=lambda row: row.employment.organisation.name, wrap=True),
            Column(key="education", label="学历", value=lambda row: education.label(row.education)),
            Column(key="series", label="专业技术职务", value=lambda row: series.label(row.title_series)),
        ),
        order_by=("name_pinyin",),
        filters=_filters(pack.key),
        actions=(
            RowAction(label="重置密码", url=_resetting),
            RowAction(label="学习记录", url=lambda row: reverse("ledger:person_years", args=[row.pk])),
            RowAction(
                label="打印证明", url=_printing if certificates.can_print_for_others(actor) else _never, post=True
            ),
        ),
        empty_text="没有符合条件的人员",
        numbered=True,
    )


def _told(row: Professional, name: str) -> Any:
    """What the selector said of a row besides its columns."""
    return getattr(row, name)


def _resetting(row: Professional) -> str | None:
    return reverse("portal:reset_password", args=[row.employment_id]) if _told(row, "may_reset") else None


def _printing(row: Professional) -> str | None:
    """Where the certificate of the latest passed year is printed; nothing for who has passed none."""
    earned = _told(row, "earned_id")
    return reverse("certificates:issue_kind", args=[earned, ANNUAL]) if earned is not None else None


def _never(_row: Professional) -> None:
    return None
