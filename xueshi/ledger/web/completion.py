"""继教完成情况查询 and 继续教育统计情况: learning and completion by region, within one's reach (ORG-55, QRY-06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from xueshi.kernel import clock
from xueshi.ledger import permissions
from xueshi.ledger.selectors.completion import Completion, completion_by_area, total
from xueshi.organisations.states import Power
from xueshi.policies import registry
from xueshi.policies.areas import inside, offered
from xueshi.policies.packs import Pack
from xueshi.policies.requests import actor_of, pack_of
from xueshi.ui.forms import BaseForm
from xueshi.ui.routes import route

_TITLE: Final = "继教完成情况查询"
_WHOLE: Final = "全部"
_ELSEWHERE: Final = "其他地区"
_NOBODY: Final = Completion()


class CompletionForm(BaseForm):
    """统计年度 and 地区, an area with everything inside it."""

    year = forms.TypedChoiceField(label="统计年度", coerce=int)
    area = forms.ChoiceField(label="地区", required=False)

    def __init__(self, pack: Pack, data: QueryDict) -> None:
        this = clock.year()
        super().__init__(_asked(data, this))
        years = [(one, f"{one} 年") for one in range(this, min(pack.years) - 1, -1)]
        self._choices("year", years)
        self._choices("area", [("", _WHOLE), *offered(pack.key)])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def _asked(data: QueryDict, this: int) -> QueryDict:
    """What was asked for; this year where none was."""
    asked = data.copy()
    asked.setdefault("year", str(this))
    return asked


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One region of the table; ``within`` is the address part that opens it, where it has regions of its own."""

    label: str
    figures: Completion
    within: str = ""


@route(powers=(Power.STATISTICS.value,))
def completion(request: HttpRequest) -> HttpResponse:
    """The figures of a year, region by region, with their total."""
    actor, pack = actor_of(request), pack_of(request)
    permissions.can_open_archive(actor).require()
    form = CompletionForm(pack, request.GET)
    valid = form.is_valid()
    year, area = (form.cleaned_data["year"], form.cleaned_data["area"]) if valid else (clock.year(), "")
    rows = rows_of(pack, area, completion_by_area(actor, year)) if valid else []
    context = {
        "title": pack.called(actor.role_key, "ledger:completion", _TITLE),
        "form": form,
        "year": year,
        "rows": rows,
        "total": total(row.figures for row in rows),
    }
    return render(request, "ledger/completion.html", context, status=200 if valid else 422)


def rows_of(pack: Pack, area: str, figures: Mapping[str, Completion]) -> list[AreaRow]:
    """The regions right below an area (the portal's own without one) in the catalogue's order, empty ones too.

    First what belongs to the area itself, last, without a chosen area, what lies outside the portal's.
    """
    table, top = registry.catalogue("areas"), area or pack.portal.area
    below = [item for item in table.items if item.parents[:1] == (top,) and item.valid_to is None]
    found = [AreaRow(f"{table.label(top)}本级", figures.get(top, _NOBODY))]
    taken = {top}
    for item in below:
        codes = {code for code in figures if code.startswith(inside(item.code))}
        taken |= codes
        opens = item.code if any(one.parents[:1] == (item.code,) for one in table.items) else ""
        found.append(AreaRow(item.label, total(figures[code] for code in sorted(codes)), opens))
    rest = [figures[code] for code in sorted(set(figures) - taken) if not area or code.startswith(inside(area))]
    return [*found, AreaRow(_ELSEWHERE, total(rest))] if rest else found
