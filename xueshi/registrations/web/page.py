"""One step of the registration form as a page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from xueshi.policies.access import Registration as Way
from xueshi.policies.requests import PortalRequest
from xueshi.registrations import rules
from xueshi.registrations.web import barrier, corrections, phone_code
from xueshi.registrations.web.forms import Desk, StepForm
from xueshi.ui.parts import Tab

type Problem = Mapping[str, str]
NO_PROBLEM: Problem = {}


def page_of(
    request: PortalRequest,
    desk: Desk,
    place: int,
    form: StepForm | None = None,
    problems: Problem = NO_PROBLEM,
) -> HttpResponse:
    """The page of a step: fresh, or as it was sent, with what is wrong with it."""
    way = desk.progress.way
    last = place == len(way.steps) - 1
    shown = form if form is not None else desk.fresh(way.steps[place])
    context = _drawn(request, desk, shown, place) | {
        "problems": problems,
        "picture": barrier.fresh(request, way) if last and not _waiting(request, way, shown) else "",
    }
    refused = problems or (shown.is_bound and not shown.finding and shown.errors)
    return private(render(request, "registrations/form.html", context, status=422 if refused else 200))


def _waiting(request: PortalRequest, way: Way, shown: StepForm) -> bool:
    return phone_code.asked(way) and shown.is_bound and phone_code.is_waiting(request, shown)


def _drawn(request: PortalRequest, desk: Desk, shown: StepForm, place: int) -> dict[str, Any]:
    way, steps = desk.progress.way, desk.progress.way.steps
    if "undertaking" in shown.fields:
        shown.fields["undertaking"].help_text = request.pack.agreement.undertaking
    return {
        "title": way.label,
        "way": way,
        "form": shown,
        "step": steps[place],
        "place": place + 1,
        "titles": [step.title for step in steps] if len(steps) > 1 else [],
        "last": place == len(steps) - 1,
        "carried": desk.progress.packed(),
        "agreement": request.pack.agreement,
        "boxes": [key for key in rules.AGREEMENT_FIELDS if key in shown.fields],
        "tabs": _tabs(request, way),
        "said": corrections.said(desk.progress),
    }


def ways(request: PortalRequest) -> list[Way]:
    """The ways open to this person: those with an account for who has signed in, else the others (ORG-18)."""
    inside = [way for way in request.pack.registrations if way.signed_in]
    if request.actor is not None and inside:
        return inside
    return [way for way in request.pack.registrations if not way.signed_in]


def _tabs(request: PortalRequest, current: Way) -> list[Tab]:
    offered = ways(request)
    if current not in offered or len(offered) < 2:
        return []
    return [Tab(label=way.label, url=reverse(f"registrations:{way.key}"), current=way == current) for way in offered]


def private(answer: HttpResponse) -> HttpResponse:
    """Nothing typed stays in a cache (C11)."""
    answer.headers["Cache-Control"] = "no-store"
    return answer
