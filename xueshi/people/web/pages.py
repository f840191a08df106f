"""What the five tabs have in common: the tab bar, one way to answer a form, the picker of departments."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from xueshi.kernel import one_time
from xueshi.kernel.errors import MovedOn, Problems, RuleBroken, TooMany
from xueshi.people import selectors
from xueshi.people.states import EntryKind
from xueshi.people.web.forms import Desk, TabForm, departments
from xueshi.policies.answers import Answers
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.ui import picking
from xueshi.ui.forms import add_problems
from xueshi.ui.parts import Tab
from xueshi.ui.routes import route

_ADDRESSES = {"basics": "people:profile", "title": "people:title"}

type Save = Callable[[Answers], HttpResponse]


def desk_of(request: PortalRequest) -> Desk:
    """The actor's own record; ``NotFound`` under any other hat."""
    actor = actor_of(request)
    return Desk(actor=actor, pack=request.pack, record=selectors.own(actor))


def tabs(desk: Desk, current: str) -> list[Tab]:
    """The five tabs in the order of the pack (PRO-17)."""
    return [Tab(label=tab.label, url=address(tab.key), current=tab.key == current) for tab in desk.pack.profile.tabs]


def address(key: str) -> str:
    """The page of a tab."""
    if key in _ADDRESSES:
        return reverse(_ADDRESSES[key])
    return reverse("people:entries", args=[EntryKind(key).value])


def context(desk: Desk, key: str, **more: Any) -> dict[str, Any]:
    """What every page of the record draws."""
    tab = desk.pack.profile.tab(key)
    return {"title": desk.pack.profile.label, "tabs": tabs(desk, key), "tab": tab} | more


def answered(request: PortalRequest, form: TabForm, save: Save, page: Callable[..., HttpResponse]) -> HttpResponse:
    """Save a posted form, or draw it again with everything that was typed and the reasons beside it."""
    if form.finding:
        return page(form, status=200)
    if not form.is_valid():
        return page(form, status=422)
    try:
        return save(form.answers)
    except (RuleBroken, Problems) as refusal:
        add_problems(form, refusal)
        return page(form, status=refusal.status)
    except (MovedOn, TooMany) as refusal:
        form.add_error(None, refusal.message)
        return page(form, status=refusal.status)


def drawn(request: PortalRequest, template: str, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of the record: never kept by a cache (C11)."""
    answer = render(request, template, {"key": one_time.token()} | shown, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@route(fragment=True)
def find_departments(request: PortalRequest) -> HttpResponse:
    """Findings of the department picker, for htmx."""
    return picking.answered(request, departments(desk_of(request).record), "department")
