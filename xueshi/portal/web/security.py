"""登录设备 and 两步验证: what a person sees of their sessions, devices and second factor."""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode

import zxingcpp
from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from xueshi.accounts import devices as known
from xueshi.accounts import second_factor, services, sessions
from xueshi.accounts.models import User
from xueshi.audit import services as audit
from xueshi.kernel import crypto
from xueshi.kernel.errors import NotFound, RuleBroken, TooMany, TradeError
from xueshi.policies import registry
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.portal import signing_in
from xueshi.portal.web import cookies
from xueshi.portal.web.forms import CodeForm, ProofForm, way_on
from xueshi.ui.forms import add_problems
from xueshi.ui.routes import route

_SEALED_AS, _SECRET = "enrolment", "enrolment"


@route("GET", "POST", withdrawn=True)
def devices(request: PortalRequest) -> HttpResponse:
    """登录设备: one's sessions and known devices, each to be ended (B9)."""
    user, here = actor_of(request).user, request.session.session_key or ""
    if request.method == "POST":
        _ended(request, user, here)
        return redirect("portal:devices")
    current = known.recognise(user, cookies.device_of(request))
    titles = {pack.key: pack.portal.short_title for pack in registry.packs()}
    context = {
        "sessions": [(one, one.session_key == here, titles.get(one.portal, "")) for one in sessions.listed(user)],
        "devices": known.known(user),
        "current": current,
    }
    return render(request, "portal/devices.html", context)


def _ended(request: PortalRequest, user: User, here: str) -> None:
    """One session, one device, or everything but this session. What is not theirs is not there."""
    by, one = audit.By(user.pk), request.POST
    if "others" in one:
        sessions.end_all(user, keep=here)
        known.forget_all(user)
        audit.record(by, "account.sessions_ended", user)
    elif one.get("session", "").isdecimal() and sessions.end(user, int(one["session"][:18])):
        audit.record(by, "account.session_ended", user)
    elif one.get("device", "").isdecimal() and known.forget(user, int(one["device"][:18])):
        audit.record(by, "account.device_forgotten", user)
    else:
        raise NotFound
    messages.success(request, "已退出，对应设备下次使用时需要重新登录")


@route("GET", "POST", fresh=True, withdrawn=True)
def factor(request: PortalRequest) -> HttpResponse:
    """两步验证: bind an authenticator, get new recovery codes, unbind."""
    if not second_factor.offered():
        raise NotFound
    user = actor_of(request).user
    if second_factor.enrolled(user) is None:
        return _enrolment(request, user)
    if request.method == "POST" and "renew" in request.POST:
        return _shown_once(request, second_factor.renew_codes(user))
    if request.method == "POST" and "remove" in request.POST:
        second_factor.remove(user, keep_session=request.session.session_key or "")
        signing_in.drop_factor(request.session)
        messages.success(request, "已解除两步验证")
        return redirect("portal:account")
    return render(request, "portal/factor.html", {"left": second_factor.codes_left(user)})


@sensitive_post_parameters("code")
@route("GET", "POST", half=True)
def challenge(request: PortalRequest) -> HttpResponse:
    """After the password the code; who has no authenticator yet binds one here (B7)."""
    user = actor_of(request).user
    if not _half_way(request):
        return redirect(way_on(request))
    if second_factor.enrolled(user) is None:
        return _enrolment(request, user)
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            _verified(request, user, form.cleaned_data["code"])
        except TradeError as refused:
            form.add_error("code", refused.message)
            status = refused.status
        else:
            return _passed(request, user)
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "portal/challenge.html", context, status=max(status, 422 if form.errors else 200))


def _half_way(request: PortalRequest) -> bool:
    """Whether the gate let this session in here only, because it owes its second factor."""
    return bool(getattr(request, "half_way", False))


def _verified(request: PortalRequest, user: User, code: str) -> None:
    stranger = known.recognise(user, cookies.device_of(request)) is None
    second_factor.verify(user, code, stranger=stranger)


def _passed(request: PortalRequest, user: User) -> HttpResponse:
    signing_in.pass_factor(request.session)
    audit.record(audit.By(user.pk), "account.factor_given", user)
    answer = redirect(way_on(request))
    cookies.know_device(request, answer, user)
    return answer


def _enrolment(request: PortalRequest, user: User) -> HttpResponse:
    """The picture and the key to bind, then a first code."""
    secret, form = _secret(request.session), CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            here = request.session.session_key or ""
            codes = second_factor.enrol(user, secret, form.cleaned_data["code"], keep_session=here)
        except RuleBroken as refused:
            add_problems(form, refused)
        except TooMany as refused:
            form.add_error("code", refused.message)
        else:
            return _bound(request, user, codes)
    told = second_factor.address(secret, name=user.name, issuer=request.pack.portal.short_title + "继续教育")
    context = {
        "form": form,
        "picture": _picture(told),
        "key": [secret[start : start + 4] for start in range(0, len(secret), 4)],
        "forced": _half_way(request),
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return render(request, "portal/enrolment.html", context, status=422 if form.errors else 200)


def _picture(text: str) -> str:
    """A QR code as the address of an image."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_svg(add_quiet_zones=True)
    return f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"


def _bound(request: PortalRequest, user: User, codes: list[str]) -> HttpResponse:
    request.session.pop(_SECRET, None)
    signing_in.pass_factor(request.session)
    answer = _shown_once(request, codes)
    cookies.know_device(request, answer, user)
    return answer


def _shown_once(request: PortalRequest, codes: list[str]) -> HttpResponse:
    return render(request, "portal/recovery_codes.html", {"codes": codes, "onward": way_on(request)})


def _secret(session: SessionBase) -> str:
    """The secret that is being bound: kept sealed in the session until a first code proves it arrived."""
    if held := session.get(_SECRET):
        return crypto.decrypt(urlsafe_b64decode(held), context=_SEALED_AS)
    secret = second_factor.new_secret()
    session[_SECRET] = urlsafe_b64encode(crypto.encrypt(secret, context=_SEALED_AS)).decode()
    return secret


@sensitive_post_parameters("password", "code")
@route("GET", "POST", withdrawn=True)
def prove(request: PortalRequest) -> HttpResponse:
    """确认身份: password or second factor again, before what asks for it (A13)."""
    user = actor_of(request).user
    by_code = second_factor.offered() and second_factor.enrolled(user) is not None
    form, status = (CodeForm if by_code else ProofForm)(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            if by_code:
                _verified(request, user, form.cleaned_data["code"])
            else:
                services.confirm_password(user, form.cleaned_data["password"])
        except TradeError as refused:
            form.add_error("code" if by_code else "password", refused.message)
            status = refused.status
        else:
            signing_in.prove(request.session)
            return redirect(way_on(request))
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "portal/prove.html", context, status=max(status, 422 if form.errors else 200))
