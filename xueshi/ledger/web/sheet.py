"""多年认定单: several years of one person on one sheet, for print, with the look-back of a title application."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from xueshi.kernel import clock, masking
from xueshi.kernel.errors import NotFound
from xueshi.ledger import selectors
from xueshi.ledger.selectors import Standing
from xueshi.ledger.web import days, shown
from xueshi.people import selectors as people
from xueshi.people.models import Professional
from xueshi.policies import registry
from xueshi.policies.lookback import LookBack, look_back
from xueshi.policies.packs import Pack
from xueshi.policies.requests import actor_of
from xueshi.policies.years import YearRules
from xueshi.ui.fields import PLEASE_CHOOSE, DateInput
from xueshi.ui.forms import BaseForm
from xueshi.ui.parts import Pair, State
from xueshi.ui.routes import route

_MOST = 30
"""So many years stand on one sheet at most."""


class SheetForm(BaseForm):
    """Which years: a range, or what a title application of a round looks back on."""

    first = forms.IntegerField(label="年度（起）", required=False, min_value=1900, max_value=2999)
    last = forms.IntegerField(label="年度（止）", required=False, min_value=1900, max_value=2999)
    level = forms.ChoiceField(label="申报级别", required=False)
    degree = forms.ChoiceField(label="学位", required=False)
    round = forms.IntegerField(label="申报年份", required=False, min_value=1900, max_value=2999)
    on = forms.DateField(label="截至日期", required=False, widget=DateInput())

    def __init__(self, rows: Sequence[LookBack], data: QueryDict, initial: dict[str, Any]) -> None:
        super().__init__(data if data else None, initial=initial)
        named = {level for row in rows for level in row.levels}
        levels = registry.catalogue("title_levels")
        self._choices("level", [(one, levels.label(one)) for one in sorted(named)])
        self._choices("degree", [(one.code, one.label) for one in registry.catalogue("degrees").items])
        if not rows:
            for name in ("level", "degree", "round"):
                del self.fields[name]

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [PLEASE_CHOOSE, *choices]

    def clean(self) -> dict[str, Any]:
        """A range runs forwards, and holds no more years than a sheet."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "年度（止）不能早于年度（起）")
        elif first and last and last - first >= _MOST:
            self.add_error("last", f"一张认定单最多 {_MOST} 个年度")
        return cleaned


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One year of the sheet."""

    year: int
    hours: tuple[tuple[str, object], ...]
    total: object
    need: object
    state: State
    notes: str


@route()
def own_sheet(request: HttpRequest) -> HttpResponse:
    """One's own years on one sheet."""
    person = people.professional_of(actor_of(request).user.pk)
    if person is None:
        raise NotFound
    return _answer(request, person, reverse("ledger:years"))


@route(object_kind="people.professional")
def person_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of somebody whose hours one may see."""
    person = selectors.person_for(actor_of(request), pk)
    return _answer(request, person, reverse("ledger:person_years", args=[pk]))


def _answer(request: HttpRequest, person: Professional, back: str) -> HttpResponse:
    pack = registry.pack(person.employment.organisation.portal)
    of_year = pack.year(clock.year())
    form = SheetForm(of_year.lookbacks, request.GET, _initial(person))
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rule = look_back(of_year.lookbacks, chosen.get("level") or "", chosen.get("degree") or "")
    years = _years(pack, chosen, rule)
    day = days.asked(request.GET)
    found = selectors.standings_of_years(person, years, days.end_of(day))
    rows = [_row(pack.year(year), year, standing) for year, standing in found]
    context = {
        "title": "继续教育学时认定单",
        "form": form,
        "facts": _facts(pack, person),
        "subjects": [subject.label for subject in of_year.subjects],
        "rows": rows,
        "rule": rule,
        "day": day,
        "today": clock.today(),
        "summary": _summary(of_year, rows),
        "back": back,
    }
    return render(request, "ledger/sheet.html", context, status=422 if form.is_bound and form.errors else 200)


def _initial(person: Professional) -> dict[str, Any]:
    return {"last": clock.year(), "first": clock.year() - 4, "round": clock.year(), "degree": person.degree}


def _years(pack: Pack, chosen: dict[str, Any], rule: LookBack | None) -> list[int]:
    """The years of the sheet, none before the pack's first rules."""
    this = clock.year()
    if rule is not None:
        wanted: Sequence[int] = rule.years_of(chosen.get("round") or this)
    else:
        last = chosen.get("last") or max(this, chosen.get("first") or this)
        wanted = range(chosen.get("first") or last - 4, last + 1)
    return [year for year in wanted if min(pack.years) <= year <= this][-_MOST:]


def _facts(pack: Pack, person: Professional) -> list[Pair]:
    first, last = pack.profile.document_shown
    level = registry.catalogue("title_levels").label(person.title_level) if person.title_level else ""
    degree = registry.catalogue("degrees").label(person.degree) if person.degree else ""
    return [
        Pair(label="姓名", value=person.user.name),
        Pair(label="证件号码", value=masking.document(person.user.document_number, first=first, last=last)),
        Pair(label="工作单位", value=person.employment.organisation.name),
        Pair(label="职称级别", value=level or "--"),
        Pair(label="学位", value=degree or "--"),
    ]


def _row(of_year: YearRules, year: int, standing: Standing) -> SheetRow:
    explained = shown.at(standing)
    return SheetRow(
        year=year,
        hours=tuple((subject.label, standing.sums.get(subject.key, 0)) for subject in of_year.subjects),
        total=standing.total,
        need=standing.target.requirement.total,
        state=shown.verdict(of_year, passed=explained.passed, waived=explained.waived),
        notes="；".join(one.label for one in explained.events),
    )


def _summary(of_year: YearRules, rows: Sequence[SheetRow]) -> str:
    failed = [str(row.year) for row in rows if row.state.tone == "no"]
    if not rows:
        return ""
    if not failed:
        return f"共核验 {len(rows)} 个年度，均已达到要求。"
    return f"共核验 {len(rows)} 个年度，{len(failed)} 个年度{of_year.annual.failed}：{'、'.join(failed)}。"
