"""电子证书查询打印 / 查询验证: the years of one's people, with printing (ANN-13, ANN-14, ANN-15)."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

from django import forms
from django.core import signing
from django.db.models import Q, QuerySet
from django.urls import reverse

from xueshi.accounts.models import document_index
from xueshi.certificates import batches, permissions, selectors
from xueshi.kernel import text
from xueshi.kernel.identity import DocumentType
from xueshi.kernel.text import number
from xueshi.ledger.models import YearAccount
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import OrganisationKind
from xueshi.policies import registry
from xueshi.policies.areas import area_filter
from xueshi.policies.packs import Pack
from xueshi.policies.papers import ANNUAL, Certificate
from xueshi.policies.verdicts import verdict
from xueshi.ui import filters
from xueshi.ui.lists import BatchAction, Column, ListPage, ListTab, Matching, RowAction
from xueshi.ui.parts import Cell, State

_SALT: Final = "certificates.shown"
_CHOSEN_FOR = 12 * 3600
_ANNUAL_BUTTON: Final = "打印证明"

type Years = QuerySet[YearAccount]


class PaperFilters(filters.FilterSet):
    """证件号, 姓名, 年度; a number only as a whole (C5)."""

    document = filters.CharFilter(label="证件号", method="by_document", max_length=20)
    name = filters.CharFilter(label="姓名", field_name="person__user__name", lookup_expr="contains", max_length=40)
    year = filters.NumberFilter(
        label="年度",
        field_name="year",
        widget=forms.NumberInput({"placeholder": "如2026"}),
        min_value=1900,
        max_value=2999,
    )

    def by_document(self, rows: Years, _name: str, value: str) -> Years:
        """The whole number, of whatever kind of document."""
        number = text.half_width(value).strip().upper()
        return rows.filter(person__user__document_index__in=[document_index(kind, number) for kind in DocumentType])


@lru_cache(maxsize=16)
def area_filters(portal: str) -> type[filters.FilterSet]:
    """The same with 地区 of the units, for authorities (ORG-55)."""
    area = area_filter(portal, "person__employment__organisation__area_code")
    return type("PaperFiltersOfPortal", (PaperFilters,), {"area": area})


def _result(row: YearAccount) -> State:
    of_year = registry.pack(row.portal).year(row.year)
    return verdict(of_year, row.year, passed=row.passed, waived=bool(row.verdict.get("waived")))


_COLUMNS: Final[tuple[Column[YearAccount], ...]] = (
    Column(
        key="person",
        label="姓名",
        value=lambda row: Cell(text=row.person.user.name, note=row.person.user.listed_document),
        order_by="person__user__name",
    ),
    Column(key="unit", label="所在单位", value=lambda row: row.person.employment.organisation.name, wrap=True),
    Column(key="year", label="年度", value=lambda row: str(row.year), order_by="year"),
    Column(key="public", label="公需课学时", value=lambda row: row.public_hours, num=True),
    Column(key="professional", label="专业课学时", value=lambda row: row.professional_hours, num=True),
    Column(key="total", label="总学时", value=lambda row: row.total_hours, num=True, order_by="total_hours"),
    Column(key="result", label="认定结果", value=_result),
    Column(
        key="number", label="证书编号", value=lambda row: getattr(row, "paper_number", "") or "尚未打印", minor=True
    ),
)


def _reached(rows: Years) -> Years:
    """Years that hours have passed; one that is waived certifies nothing."""
    return rows.filter(Q(verdict__waived=False) | Q(verdict__waived__isnull=True), passed=True)


_PASSED: Final = ListTab[YearAccount](key="passed", label="可打印", narrow=_reached)
_ALL: Final = ListTab[YearAccount](key="all", label="全部年度", narrow=lambda rows: rows)


def people(actor: Actor, pack: Pack, year: int) -> ListPage[YearAccount]:
    """The page of a role: an employer begins with those who can print, an authority with everybody it may verify."""
    verifies = actor.role_key in {OrganisationKind.BUREAU, OrganisationKind.DEPARTMENT}
    return ListPage(
        key="certificates.people",
        by_keys=True,
        title=pack.called(actor.role_key, "certificates:people", pack.word("certificate.query")),
        rows=selectors.years_of_people,
        allowed=permissions.can_print_for_others,
        columns=_COLUMNS,
        order_by=("-year", "person__employment__organisation__path"),
        filters=area_filters(pack.key) if verifies else PaperFilters,
        tabs=(_ALL, _PASSED) if verifies else (_PASSED, _ALL),
        batch=(
            BatchAction(key="chosen", label="批量打印", url=_prints),
            BatchAction(key="everything", label="全部打印", url=_prints, everything=True),
        ),
        token=_token,
        actions=(
            RowAction(label=pack.word("buttons.detail"), url=lambda row: reverse("ledger:year", args=[row.pk])),
            *(_printing(paper) for paper in pack.year(year).certificates),
        ),
        empty_text="没有符合条件的记录",
        numbered=True,
        template="certificates/people.html",
    )


def chosen(actor: Actor, posted: Any) -> Sequence[int]:
    """The years that were ticked, or with 全部打印 all that were shown; ``signing.BadSignature`` for a forged set."""
    if posted.get("action") != "everything":
        return [pk for sent in posted.getlist("row") if (pk := number(sent)) is not None]
    desk_id, ids = json.loads(signing.loads(posted.get("token", ""), salt=_SALT, max_age=_CHOSEN_FOR))
    if desk_id != actor.desk_id:
        raise signing.BadSignature
    return [int(pk) for pk in ids]


def _prints() -> str:
    return reverse("certificates:prints")


def _token(actor: Actor, matching: Matching[YearAccount]) -> str:
    """The earned years among those shown, one more than a run takes at most: then 全部打印 is told so."""
    shown = _earned(matching)
    return signing.dumps(json.dumps([actor.desk_id, shown], separators=(",", ":")), salt=_SALT, compress=True)


def _earned(matching: Matching[YearAccount]) -> list[int]:
    """Latest year first, whoever reads them."""
    if isinstance(matching, QuerySet):
        return list(_reached(matching).order_by("-year", "pk").values_list("pk", flat=True)[: batches.MOST + 1])
    return [row.pk for row in sorted(matching, key=lambda row: (-row.year, row.pk)) if row.reached]


def _printing(paper: Certificate) -> RowAction[YearAccount]:
    label = _ANNUAL_BUTTON if paper.key == ANNUAL else paper.button
    return RowAction(label=label, url=_address(paper.key), post=True)


def _address(key: str) -> Callable[[YearAccount], str | None]:
    def address(row: YearAccount) -> str | None:
        """Where the paper is printed; nothing for a year that has not earned it (ANN-13)."""
        papers = registry.pack(row.portal).year(row.year).certificates
        earned = any(one.key == key and one.earned(passed=row.reached, sums=row.sums) for one in papers)
        return reverse("certificates:issue_kind", args=[row.pk, key]) if earned else None

    return address
