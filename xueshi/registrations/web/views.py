"""The registration form, step by step, and the page after it."""

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render

from xueshi.accounts.models import User
from xueshi.kernel import one_time
from xueshi.kernel.errors import NotFound, SignInNeeded
from xueshi.organisations.states import OrganisationKind
from xueshi.policies.access import Registration as Way
from xueshi.policies.requests import PortalRequest
from xueshi.registrations import rules, selectors
from xueshi.registrations.models import Registration
from xueshi.registrations.web import corrections, phone_code, state, turning
from xueshi.registrations.web.forms import Desk
from xueshi.registrations.web.page import page_of, private, ways
from xueshi.registrations.web.sending import send_code, submit
from xueshi.registrations.web.state import Progress
from xueshi.ui.code_input import SEND
from xueshi.ui.routes import route

EXPIRED = "页面已过期，请重新填写"


@route(public=True)
def start(request: PortalRequest) -> HttpResponse:
    """The first way in of the pack (PRO-01); for a refused registrant the reason and the way back to the form."""
    refused = corrections.of(request)
    if refused is not None:
        return _refusal(request, refused)
    offered = ways(request)
    return redirect(f"registrations:{offered[0].key}") if offered else redirect("/")


def _refusal(request: PortalRequest, refused: Registration) -> HttpResponse:
    way = request.pack.registration(refused.kind)
    others = [other for other in ways(request) if other != way]
    context = {
        "way": way, "registration": refused, "said": corrections.rejection(refused), "others": others,
        "unreviewed": corrections.unreviewed(request) is not None,
    }  # fmt: skip
    return private(render(request, "registrations/refused.html", context))


@route("GET", "POST", public=True)
def form(request: PortalRequest, kind: str) -> HttpResponse:
    """One way in: a fresh form, or the step that was sent."""
    way = next((way for way in request.pack.registrations if way.key == kind), None)
    if way is None:
        raise NotFound
    if way.signed_in and request.actor is None:
        raise SignInNeeded
    if request.method != "POST":
        return _turned_to(request, way) if turning.FORM in request.GET else _opened(request, way)
    try:
        return _answer(request, _desk(request, state.read(way, request.POST)))
    except signing.BadSignature:
        return page_of(request, _fresh(request, way), 0, problems={"page": EXPIRED})


def _opened(request: PortalRequest, way: Way) -> HttpResponse:
    """A fresh form; a refused registrant finds there what was entered (``?again``)."""
    desk, refused = _fresh(request, way), corrections.of(request) if "again" in request.GET else None
    place = 0
    if refused is not None and refused.kind == way.key:
        corrections.filled(refused, way, desk.store, desk.progress)
        place = corrections.concerned(corrections.rejection(refused), way)
    return turning.to(request, desk.progress, place) if len(way.steps) > 1 else page_of(request, desk, place)


def _turned_to(request: PortalRequest, way: Way) -> HttpResponse:
    """A step by its address: as it was entered; the page after the form once that was sent."""
    key = one_time.sent_back(request.GET[turning.FORM])
    progress = turning.kept(request.session, way, key)
    if progress is not None:
        return page_of(request, _desk(request, progress), state.step_of(way, request.GET.get(turning.STEP, "")))
    if selectors.by_submission_key(key) is not None:
        return redirect("registrations:done", key=key)
    answer = page_of(request, _fresh(request, way), 0, problems={"page": EXPIRED})
    answer.status_code = 200
    return answer


def _fresh(request: PortalRequest, way: Way) -> Desk:
    return _desk(request, Progress(way, request.pack.agreement.version))


def _answer(request: PortalRequest, desk: Desk) -> HttpResponse:
    way = desk.progress.way
    place = state.step_of(way, request.POST.get("step", ""))
    posted = desk.posted(way.steps[place], request.POST, request.FILES)
    if "back" in request.POST:
        desk.progress.keep(way.steps[place], posted.typed())
        return turning.to(request, desk.progress, max(place - 1, 0))
    if SEND in request.POST and phone_code.asked(way):
        return send_code(request, desk, posted, place)
    if posted.finding or not posted.is_valid():
        return page_of(request, desk, place, form=posted)
    desk.progress.keep(way.steps[place], posted.typed())
    if place + 1 < len(way.steps):
        return turning.to(request, desk.progress, place + 1)
    return submit(request, desk, posted)


@route(public=True)
def done(request: PortalRequest, key: str) -> HttpResponse:
    """What happens next (PRO-11, ORG-23). The address is the form's one-time key, which only the sender knows."""
    found = selectors.by_submission_key(key)
    if found is None or found.portal != request.pack.key:
        raise NotFound
    context = {
        "title": found.organisation.name if found.case_id is None and found.organisation else "提交成功",
        "registration": found,
        "way": request.pack.registration(found.kind),
        "effective": found.case_id is None,
        "reminder": _reminder(found),
    }
    return private(render(request, "registrations/done.html", context))


@route(public=True)
def agreement(request: PortalRequest) -> HttpResponse:
    """The user agreement (ORG-14, PRO-10)."""
    return render(request, "registrations/agreement.html", {"agreement": request.pack.agreement})


def _reminder(registration: Registration) -> str:
    body = registration.organisation
    if body is None or registration.case_id is None:
        return ""
    return rules.reminder(OrganisationKind(body.kind), joining=registration.professional_id is not None)


def _desk(request: PortalRequest, progress: Progress) -> Desk:
    user: User | None = request.actor.user if request.actor is not None else None
    return Desk(pack=request.pack, progress=progress, user=user)
