"""忘记密码: ① 安全认证 ② 密码修改 ③ 完成 (ID-14 to ID-17), and the page for an administrator's reset (B8)."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from xueshi.accounts import challenges, codes, recovering
from xueshi.accounts.challenges import Answer
from xueshi.accounts.codes import Claim
from xueshi.accounts.models import User
from xueshi.accounts.recovering import Forgotten
from xueshi.accounts.selectors import signed_in_user
from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound, RuleBroken, TooMany
from xueshi.notifications import selectors as notifications
from xueshi.policies.requests import PortalRequest
from xueshi.portal.web.recovery_forms import NewPassword, ResetForm, Verification
from xueshi.ui import again
from xueshi.ui.code_input import SEND
from xueshi.ui.forms import add_problems
from xueshi.ui.routes import route

_GRANT = "recovery"
_GRANTED_SECONDS = 15 * 60
VERIFY, PASSWORD, DONE = 1, 2, 3
"""The steps, as the stepper counts them."""


@sensitive_post_parameters("document_number", "phone", "email", "code")
@route("GET", "POST", public=True)
def verify(request: PortalRequest) -> HttpResponse:
    """① 安全认证: who, the phone or address on file, and the code that was sent there."""
    if request.method != "POST":
        return _verification(request, Verification(request.pack))
    form = Verification(request.pack, request.POST)
    try:
        if not form.is_valid():
            return _verification(request, form)
        asked = form.forgotten(_place(request).session_key)
        return _send(request, form, asked) if SEND in request.POST else _prove(request, asked)
    except RuleBroken as refused:
        return _verification(request, form, refused)
    except TooMany as refused:
        answer = _verification(request, form, RuleBroken(refused.message, "code"), refused.status)
        answer.headers["Retry-After"] = str(refused.retry_after)
        return answer


def _send(request: PortalRequest, form: Verification, asked: Forgotten) -> HttpResponse:
    """Ask for a code; the answer does not say whether there is anybody to send it to."""
    _pass_barrier(request, asked.claim)
    recovering.request_code(asked, portal=request.pack.key, source=audit.source.get())
    form.note_sent(asked.recipient.masked)
    return _verification(request, form)


def _pass_barrier(request: PortalRequest, claim: Claim) -> None:
    if not request.pack.login.captcha or codes.passed_barrier(request.session, claim):
        return
    posted = request.POST
    answer = Answer(posted.get("picture", "")[:64], posted.get("captcha", "")[:16], posted.get("altcha", "")[:2000])
    if not challenges.passes(_place(request), answer):
        raise RuleBroken(request.pack.word("login.wrong_captcha"), "captcha")
    codes.note_barrier(request.session, claim)


def _prove(request: PortalRequest, asked: Forgotten) -> HttpResponse:
    try:
        user = recovering.prove(asked, request.POST.get("code", ""))
    except codes.WrongCode:
        raise RuleBroken(request.pack.word("recovery.no_match"), "code") from None
    request.session.flush()
    until = clock.now().timestamp() + _GRANTED_SECONDS
    request.session[_GRANT] = {"user": user.pk, "hash": user.get_session_auth_hash(), "until": until}
    return redirect("portal:recovery_password")


def _verification(
    request: PortalRequest, form: Verification, refused: RuleBroken | None = None, status: int = 422
) -> HttpResponse:
    problem = refused.message if refused is not None and refused.field == "captcha" else ""
    if refused is not None and not problem:
        add_problems(form, refused)
    barred = request.pack.login.captcha and bool(form.fields) and not _passed(request, form)
    context = {
        "form": form,
        "problem": problem,
        "picture": challenges.new_picture(_place(request)) if barred else "",
        "pack": request.pack,
    }
    wrong = problem or (form.is_bound and form.errors)
    return _step(request, VERIFY, "portal/recovery.html", context, status=status if wrong else 200)


def _passed(request: PortalRequest, form: Verification) -> bool:
    """Whether the challenge was answered for the recipient in the form, so that it is not asked again."""
    if form.recipient is None:
        return False
    claim = Claim(form.recipient, recovering.PURPOSE, _place(request).session_key)
    return codes.passed_barrier(request.session, claim)


@sensitive_post_parameters("new", "again")
@route("GET", "POST", public=True)
def new_password(request: PortalRequest) -> HttpResponse:
    """② 密码修改: open for a quarter of an hour to whoever passed ①, and once."""
    user = _granted(request)
    if user is None and request.method == "POST":
        return again.told(request, "安全认证已过期，密码没有修改，请重新认证", "portal:recovery")
    if user is None:
        return redirect("portal:recovery")
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            recovering.set_password(user, form.cleaned_data["new"], portal=request.pack.key)
        except RuleBroken as refused:
            add_problems(form, refused)
        else:
            request.session.flush()
            return redirect("portal:recovery_done")
    status = 422 if form.errors else 200
    return _step(request, PASSWORD, "portal/recovery_password.html", {"form": form}, status=status)


def _granted(request: PortalRequest) -> User | None:
    grant = request.session.get(_GRANT)
    if not isinstance(grant, dict) or grant["until"] < clock.now().timestamp():
        return None
    user = signed_in_user(grant["user"])
    return user if user is not None and user.is_active and user.get_session_auth_hash() == grant["hash"] else None


@route(public=True)
def done(request: PortalRequest) -> HttpResponse:
    """③ 完成."""
    return _step(request, DONE, "portal/recovery_done.html", {})


@sensitive_post_parameters("secret", "new", "again")
@route("GET", "POST", public=True)
def reset(request: PortalRequest) -> HttpResponse:
    """使用重置码: the secret that an administrator had sent sets a new password, once."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            recovering.use_reset(typed["secret"], typed["new"], portal=request.pack.key, source=audit.source.get())
        except RuleBroken as refused:
            add_problems(form, refused)
        except TooMany as refused:
            form.add_error("secret", refused.message)
        else:
            request.session.flush()
            return redirect("portal:recovery_done")
    return _step(request, PASSWORD, "portal/recovery_reset.html", {"form": form}, status=422 if form.errors else 200)


@route(public=True)
def outbox(request: PortalRequest) -> HttpResponse:
    """What the stand-in sent on this portal, with the codes; there is no such page in production."""
    if settings.PRODUCTION:
        raise NotFound
    sent = notifications.delivered(request.pack.key)
    return render(request, "portal/outbox.html", {"sent": sent})


def _step(
    request: PortalRequest, place: int, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    words = request.pack.words_under("recovery")
    shared = {
        "words": words,
        "steps": [words["step_verify"], words["step_password"], words["step_done"]],
        "place": place,
        "development": not settings.PRODUCTION,
    }
    return render(request, template, {**shared, **context}, status=status)


def _place(request: PortalRequest) -> challenges.Place:
    return challenges.place_of(request.session, recovering.PURPOSE)
