"""The last step of the registration form: handing it in, and what is said where that fails."""

from django.http import HttpResponse
from django.shortcuts import redirect

from xueshi.kernel.errors import Problems, RuleBroken, TooMany
from xueshi.policies.requests import PortalRequest
from xueshi.registrations import rules, selectors, services
from xueshi.registrations.web import barrier, phone_code, state, turning
from xueshi.registrations.web.forms import Desk, StepForm
from xueshi.registrations.web.page import NO_PROBLEM, page_of
from xueshi.ui.forms import add_problems


def submit(request: PortalRequest, desk: Desk, posted: StepForm) -> HttpResponse:
    """Register; the page of the step that is wrong where that is refused."""
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


def send_code(request: PortalRequest, desk: Desk, posted: StepForm, place: int) -> HttpResponse:
    """获取短信验证码: the form again, with all that was typed, and what became of the request."""
    problem, limit = phone_code.send(request, desk.progress.way, posted)
    answer = page_of(request, desk, place, form=posted, problems={barrier.FIELD: problem} if problem else NO_PROBLEM)
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
    return page_of(request, desk, len(desk.progress.way.steps) - 1, form=posted, problems={"renewed": refusal.message})


def _throttled(request: PortalRequest, desk: Desk, posted: StepForm, refusal: TooMany) -> HttpResponse:
    """Too many wrong passwords or taken numbers: said at what was tried, everything else stays (B1, B3)."""
    add_problems(posted, RuleBroken(refusal.message, refusal.field or "password"))
    answer = page_of(request, desk, len(desk.progress.way.steps) - 1, form=posted)
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
        return page_of(request, desk, place, form=shown, problems={first: refusal.message})
    add_problems(shown, refusal)
    return page_of(request, desk, place, form=shown)
