"""The filters of the desks, built from what the pack offers."""

from functools import lru_cache

from django import forms
from django.db.models import QuerySet

from xueshi.declarations import selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.states import GROUPS, DeclarationState
from xueshi.policies import registry
from xueshi.policies.packs import Pack
from xueshi.policies.years import ANY_SUBJECT
from xueshi.ui import filters


def _by_person(rows: QuerySet[Declaration], _name: str, value: str) -> QuerySet[Declaration]:
    return rows.filter(selectors.named(value, "person"))


def _by_unit(rows: QuerySet[Declaration], _name: str, value: str) -> QuerySet[Declaration]:
    return rows.filter(selectors.named(value, "organisation"))


def _year(label: str) -> filters.NumberFilter:
    box = forms.NumberInput({"placeholder": "如2015"})
    return filters.NumberFilter(label=label, field_name="year", widget=box, min_value=2000, max_value=2100)


def _pick(label: str, name: str, choices: dict[str, str]) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(label=label, field_name=name, choices=list(choices.items()), empty_label="全部")


def _forms(pack: Pack) -> dict[str, str]:
    return {form.key: form.label for year in sorted(pack.years) for form in pack.years[year].learning_forms}


def _subjects(pack: Pack) -> dict[str, str]:
    found = {one.key: one.label for year in sorted(pack.years) for one in pack.years[year].subjects}
    return found | {ANY_SUBJECT: "不限科目"}


def _by_document(rows: QuerySet[Declaration], _name: str, value: str) -> QuerySet[Declaration]:
    return rows.filter(selectors.numbered(value, "person__user__"))


def _by_result(rows: QuerySet[Declaration], _name: str, value: str) -> QuerySet[Declaration]:
    return rows.filter(selectors.in_states(GROUPS[DeclarationState(value)]))


def _person() -> filters.CharFilter:
    return filters.CharFilter(label="姓名", method=_by_person, max_length=40)


@lru_cache(maxsize=16)
def review_filters(portal: str) -> type[filters.FilterSet]:
    """年度, 姓名, 学习形式, 科目类型 of a portal (CV-02)."""
    pack = registry.pack(portal)
    asked = {
        "year": _year("年度"),
        "name": _person(),
        "form": _pick("学习形式", "form", _forms(pack)),
        "subject": _pick("科目类型", "subject", _subjects(pack)),
    }
    return type("ReviewFilters", (filters.FilterSet,), asked)


@lru_cache(maxsize=16)
def verification_filters(portal: str) -> type[filters.FilterSet]:
    """认证年度, 姓名, 科目类型, 学习形式, 所在单位 of a portal (CV-12)."""
    pack = registry.pack(portal)
    asked = {
        "year": _year("认证年度"),
        "name": _person(),
        "subject": _pick("科目类型", "subject", _subjects(pack)),
        "form": _pick("学习形式", "form", _forms(pack)),
        "unit": filters.CharFilter(label="所在单位", method=_by_unit, max_length=60),
    }
    return type("VerificationFilters", (filters.FilterSet,), asked)


@lru_cache(maxsize=16)
def record_filters(portal: str) -> type[filters.FilterSet]:
    """年度, 姓名, 学习形式, 科目类型 of a unit's records, whose results are tabs (CR-27)."""
    return type("RecordFilters", (review_filters(portal),), {})


@lru_cache(maxsize=16)
def result_filters(portal: str) -> type[filters.FilterSet]:
    """The same with 认定结果 (CR-30)."""
    pack = registry.pack(portal)
    results = (DeclarationState.PENDING, DeclarationState.APPROVED, DeclarationState.REJECTED)
    choices = [(one.value, pack.word(f"states.{one}")) for one in results]
    label = pack.word("declaration.result")
    asked = {"result": filters.ChoiceFilter(label=label, method=_by_result, choices=choices, empty_label="全部")}
    return type("ResultFilters", (review_filters(portal),), asked)


@lru_cache(maxsize=16)
def archive_filters(portal: str) -> type[filters.FilterSet]:
    """年度, 学习形式, 姓名, 证件号码 (CR-34)."""
    asked = {
        "year": _year("年度"),
        "form": _pick("学习形式", "form", _forms(registry.pack(portal))),
        "name": _person(),
        "document": filters.CharFilter(label="证件号码", method=_by_document, max_length=20),
    }
    return type("ArchiveFilters", (filters.FilterSet,), asked)
