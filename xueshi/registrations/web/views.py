"""The registration form, step by step, and the page after it."""

from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from xueshi.accounts.models import User
from xueshi.kernel import one_time
from xueshi.kernel.errors import NotFound, Problems, RuleBroken, SignInNeeded, TooMany
from xueshi.organisations.states import OrganisationKind
from xueshi.policies.access import Registration as Way
from xueshi.policies.requests import PortalRequest
from xueshi.registrations import rules, selectors, services
from xueshi.registrations.models import Registration
from xueshi.registrations.web import barrier, corrections, phone_code, state, turning
from xueshi.registrations.web.forms import Desk, StepForm
from xueshi.registrations.web.state import Progress
from xueshi.ui.code_input import SEND
from xueshi.ui.forms import add_problems
from xueshi.ui.parts import Tab
from xueshi.ui.routes import route

EXPIRED = "页面已过期，请重新填写"
type Problem = Mapping[str, str]
NO_PROBLEM: Problem = {}


@route(public=True)
def start(request: PortalRequest) -> HttpResponse:
    """The first way in of the pack (PRO-01); for a refused registrant the reason and the way back to the form."""
    refused = corrections.of(request)
    if refused is not None:
        return _refusal(request, refused)
    ways = _ways(request)
    return redirect(f"registrations:{ways[0].key}") if ways else redirect("/")


def _refusal(request: PortalRequest, refused: Registration) -> HttpResponse:
    way = request.pack.registration(refused.kind)
    others = [other for other in _ways(request) if other != way]
    context = {
        "way": way, "registration": refused, "said": corrections.rejection(refused), "others": others,
        "unreviewed": corrections.unreviewed(request) is not None,
    }  # fmt: skip
    return _private(render(request, "registrations/refused.html", context))


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
        return _page(request, _fresh(request, way), 0, problems={"page": EXPIRED})


def _opened(request: PortalRequest, way: Way) -> HttpResponse:
    """A fresh form; a refused registrant finds there what was entered (``?again``)."""
    desk, refused = _fresh(request, way), corrections.of(request) if "again" in request.GET else None
    place = 0
    if refused is not None and refused.kind == way.key:
        corrections.filled(refused, way, desk.store, desk.progress)
        place = corrections.concerned(corrections.rejection(refused), way)
    return turning.to(request, desk.progress, place) if len(way.steps) > 1 else _page(request, desk, place)


def _turned_to(request: PortalRequest, way: Way) -> HttpResponse:
    """A step by its address: as it was entered; the page after the form once that was sent."""
    key = one_time.sent_back(request.GET[turning.FORM])
    progress = turning.kept(request.session, way, key)
    if progress is not None:
        return _page(request, _desk(request, progress), state.step_of(way, request.GET.get(turning.STEP, "")))
    if selectors.by_submission_key(key) is not None:
        return redirect("registrations:done", key=key)
    answer = _page(request, _fresh(request, way), 0, problems={"page": EXPIRED})
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
        return _send_code(request, desk, posted, place)
    if posted.finding or not posted.is_valid():
        return _page(request, desk, place, form=posted)
    desk.progress.keep(way.steps[place], posted.typed())
    if place + 1 < len(way.steps):
        return turning.to(request, desk.progress, place + 1)
    return _submit(request, desk, posted)


def _submit(request: PortalRequest, desk: Desk, posted: StepForm) -> HttpResponse:
    try:
        draft = desk.draft(posted.typed())
        if selectors.by_submission_key(draft.submission_key) is None:
            _prove_visitor(request, desk, posted)
        registration = services.submit(draft)
        phone_code.done(request)
        turning.forget(request.session, draft.submission_key)
    except services.OldAgreement as refusal:
        return _renewed(request, desk, posted, refusal)
    except TooMany as refusal:
        return _throttled(request, desk, posted, refusal)
    except (RuleBroken, Problems) as refusal:
        return _refused(request, desk, posted, refusal)
    return redirect("registrations:done", key=registration.submission_key)


def _send_code(request: PortalRequest, desk: Desk, posted: StepForm, place: int) -> HttpResponse:
    """获取短信验证码: the form again, with all that was typed, and what became of the request."""
    problem, limit = phone_code.send(request, desk.progress.way, posted)
    answer = _page(request, desk, place, form=posted, problems={barrier.FIELD: problem} if problem else NO_PROBLEM)
    if limit is not None:
        answer.status_code, answer.headers["Retry-After"] = limit.status, str(limit.retry_after)
    elif posted.errors:
        answer.status_code = 422
    return answer


def _prove_visitor(request: PortalRequest, desk: Desk, posted: StepForm) -> None:
    """The code where one is asked, for its sending asked the challenge; else the challenge itself."""
    if not phone_code.asked(desk.progress.way):
        barrier.check(request, desk.progress.way)
        return
    typed = posted.typed()
    phone_code.check(request, str(typed[phone_code.PHONE]), str(typed[phone_code.FIELD]))


def _renewed(request: PortalRequest, desk: Desk, posted: StepForm, refusal: services.OldAgreement) -> HttpResponse:
    """The texts are new: shown in full above the form, every box to be ticked again (C7)."""
    desk.progress.version = request.pack.agreement.version
    posted.untick(rules.AGREEMENT_FIELDS)
    add_problems(posted, refusal)
    return _page(request, desk, len(desk.progress.way.steps) - 1, form=posted, problems={"renewed": refusal.message})


def _throttled(request: PortalRequest, desk: Desk, posted: StepForm, refusal: TooMany) -> HttpResponse:
    """Too many wrong passwords or taken numbers: said at what was tried, everything else stays (B1, B3)."""
    add_problems(posted, RuleBroken(refusal.message, refusal.field or "password"))
    answer = _page(request, desk, len(desk.progress.way.steps) - 1, form=posted)
    answer.status_code = refusal.status
    answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _refused(request: PortalRequest, desk: Desk, posted: StepForm, refusal: RuleBroken | Problems) -> HttpResponse:
    """Show a refusal beside its field, in whichever step that stands."""
    way = desk.progress.way
    first = refusal.problems[0].field if isinstance(refusal, Problems) else refusal.field
    place = state.step_asking(way, first)
    shown = posted
    if place < len(way.steps) - 1:
        shown = desk.posted(way.steps[place], desk.progress.bound(way.steps[place]))
    if first == barrier.FIELD:
        return _page(request, desk, place, form=shown, problems={first: refusal.message})
    add_problems(shown, refusal)
    return _page(request, desk, place, form=shown)


def _page(
    request: PortalRequest,
    desk: Desk,
    place: int,
    form: StepForm | None = None,
    problems: Problem = NO_PROBLEM,
) -> HttpResponse:
    way = desk.progress.way
    last = place == len(way.steps) - 1
    shown = form if form is not None else desk.fresh(way.steps[place])
    context = _drawn(request, desk, shown, place) | {
        "problems": problems,
        "picture": barrier.fresh(request, way) if last and not _waiting(request, way, shown) else "",
    }
    refused = problems or (shown.is_bound and not shown.finding and shown.errors)
    return _private(render(request, "registrations/form.html", context, status=422 if refused else 200))


def _waiting(request: PortalRequest, way: Way, shown: StepForm) -> bool:
    return phone_code.asked(way) and shown.is_bound and phone_code.is_waiting(request, shown)


def _drawn(request: PortalRequest, desk: Desk, shown: StepForm, place: int) -> dict[str, Any]:
    way, steps = desk.progress.way, desk.progress.way.steps
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
    return _private(render(request, "registrations/done.html", context))


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


def _ways(request: PortalRequest) -> list[Way]:
    """The ways open to this person: those with an account for who has signed in, else the others (ORG-18)."""
    inside = [way for way in request.pack.registrations if way.signed_in]
    if request.actor is not None and inside:
        return inside
    return [way for way in request.pack.registrations if not way.signed_in]


def _tabs(request: PortalRequest, current: Way) -> list[Tab]:
    ways = _ways(request)
    if current not in ways or len(ways) < 2:
        return []
    return [Tab(label=way.label, url=reverse(f"registrations:{way.key}"), current=way == current) for way in ways]


def _private(answer: HttpResponse) -> HttpResponse:
    """Nothing typed stays in a cache (C11)."""
    answer.headers["Cache-Control"] = "no-store"
    return answer
