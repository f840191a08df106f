"""多年认定单: several years of one person on one sheet, as page and as PDF, with the look-back of an application."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound
from xueshi.ledger import rendering, selectors
from xueshi.ledger.web import days
from xueshi.ledger.web.sheet_page import TITLE, SheetPage, row_of
from xueshi.people import selectors as people
from xueshi.people.models import Professional
from xueshi.policies import registry
from xueshi.policies.lookback import LookBack, look_back
from xueshi.policies.packs import Pack
from xueshi.policies.requests import actor_of
from xueshi.ui.fields import PLEASE_CHOOSE
from xueshi.ui.forms import BaseForm
from xueshi.ui.routes import route

_AS, _PDF = "file", "pdf"
_MOST = 30
"""So many years stand on one sheet at most."""


class SheetForm(BaseForm):
    """Which years: a range, or what a title application of a round looks back on."""

    first = forms.IntegerField(label="年度（起）", required=False, min_value=1900, max_value=2999)
    last = forms.IntegerField(label="年度（止）", required=False, min_value=1900, max_value=2999)
    level = forms.ChoiceField(label="申报级别", required=False)
    degree = forms.ChoiceField(label="学位", required=False)
    round = forms.IntegerField(label="申报年份", required=False, min_value=1900, max_value=2999)
    on = days.DayField()

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
    form = SheetForm(pack.year(clock.year()).lookbacks, request.GET, _initial(person))
    failed = form.is_bound and not form.is_valid()
    paper = _paper(pack, person, {} if failed or not form.is_bound else form.cleaned_data, days.asked(request.GET))
    if request.GET.get(_AS) == _PDF and paper.rows and not failed:
        return _file(paper)
    context = {
        "title": TITLE,
        "form": form,
        "paper": paper,
        "pdf_url": _pdf_url(request.GET) if paper.rows and not failed else "",
        "back": back,
    }
    return render(request, "ledger/sheet.html", context, status=422 if failed else 200)


def _paper(pack: Pack, person: Professional, chosen: dict[str, Any], day: date | None) -> SheetPage:
    lookbacks = pack.year(clock.year()).lookbacks
    rule = look_back(lookbacks, chosen.get("level") or "", chosen.get("degree") or "")
    years = _years(pack, chosen, rule, (day or clock.today()).year)
    found = selectors.standings_of_years(person, years, days.end_of(day))
    return SheetPage(pack, person, tuple(row_of(pack.year(year), year, one, day) for year, one in found), rule, day)


def _pdf_url(asked: QueryDict) -> str:
    query = asked.copy()
    query[_AS] = _PDF
    return f"?{query.urlencode()}"


def _file(paper: SheetPage) -> HttpResponse:
    """The sheet as PDF: the years, facts and words of the page."""
    template = paper.pack.document(rendering.TEMPLATE)
    content = rendering.render_pdf(template, paper.printed(), clock.now())
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"{TITLE}-{paper.person.user.name}.pdf"
    answer.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _initial(person: Professional) -> dict[str, Any]:
    return {"last": clock.year(), "first": clock.year() - 4, "round": clock.year(), "degree": person.degree}


def _years(pack: Pack, chosen: dict[str, Any], rule: LookBack | None, this: int) -> list[int]:
    """The years of the sheet, none before the pack's first rules nor after ``this``, the year in which it is read."""
    if rule is not None:
        wanted: Sequence[int] = rule.years_of(chosen.get("round") or this)
    else:
        last = chosen.get("last") or max(this, chosen.get("first") or this)
        wanted = range(chosen.get("first") or last - 4, last + 1)
    return [year for year in wanted if min(pack.years) <= year <= this][-_MOST:]
