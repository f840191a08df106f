"""Front page, sign-in, hats, password, homes."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from xueshi.accounts import challenges, services
from xueshi.accounts.challenges import Place
from xueshi.audit import services as audit
from xueshi.kernel import crypto
from xueshi.kernel.errors import NotFound, RuleBroken, TooMany
from xueshi.organisations import selectors as bodies
from xueshi.policies import registry
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.portal import signing_in
from xueshi.portal.web import entering, homes
from xueshi.portal.web.forms import PasswordForm, SignIn
from xueshi.ui.forms import add_problems
from xueshi.ui.routes import route

_PREFIX = "__Host-" if settings.PRODUCTION else ""
REMEMBERED, DEVICE = f"{_PREFIX}account", f"{_PREFIX}device"
_SEALED_AS = "account"
_REMEMBER_SECONDS = 90 * 24 * 3600


@sensitive_post_parameters("password")
@route("GET", "POST", public=True)
def front(request: PortalRequest) -> HttpResponse:
    """The front page with the sign-in box."""
    if request.actor is not None and request.method != "POST":
        return redirect("portal:home")
    typed = SignIn.read(request.pack, request.POST if request.method == "POST" else request.GET)
    if request.method != "POST" or "choose" in request.POST:
        return _front(request, typed)
    try:
        user, hat = entering.enter(request.pack, _place(request), typed, request.COOKIES.get(DEVICE, ""))
    except RuleBroken as refused:
        return _front(request, typed, {refused.field: refused.message}, refused.status)
    except TooMany as refused:
        answer = _front(request, typed, {"password": refused.message}, refused.status)
        answer.headers["Retry-After"] = str(refused.retry_after)
        return answer
    signing_in.begin(request.session, user, hat)
    audit.record(audit.By(user.pk, hat.organisation_id if hat else None), "account.signed_in", user)
    answer = redirect(_next(request))
    _keep(answer, DEVICE, services.device_mark(user))
    return _remembering(answer, typed)


def _front(
    request: PortalRequest, typed: SignIn, problems: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    picture = challenges.new_picture(_place(request)) if request.pack.login.captcha else ""
    context = {
        "pack": request.pack,
        "words": request.pack.words_under("login"),
        "typed": typed,
        "identifier": typed.identifier or _remembered(request),
        "remember": typed.remember or REMEMBERED in request.COOKIES,
        "problems": problems or {},
        "picture": picture,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "expired": "expired" in request.GET,
        "documents": [(one.code, one.label) for one in registry.catalogue("document_types").items[1:]],
    }
    return render(request, "portal/front.html", context, status=status)


def _remembering(answer: HttpResponse, typed: SignIn) -> HttpResponse:
    """记住密码 keeps the account on this device, sealed, and never a password (AMB-03)."""
    if typed.remember:
        _keep(answer, REMEMBERED, urlsafe_b64encode(crypto.encrypt(typed.identifier, context=_SEALED_AS)).decode())
    else:
        answer.delete_cookie(REMEMBERED, samesite="Lax")
    return answer


def _keep(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(
        name, value, max_age=_REMEMBER_SECONDS, httponly=True, samesite="Lax", secure=settings.PRODUCTION
    )  # fmt: skip


def _remembered(request: PortalRequest) -> str:
    try:
        return crypto.decrypt(urlsafe_b64decode(request.COOKIES.get(REMEMBERED, "")), context=_SEALED_AS)
    except (ValueError, InvalidTag):
        return ""


def _place(request: PortalRequest) -> Place:
    return challenges.place_of(request.session, entering.PURPOSE)


def _next(request: PortalRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe else reverse("portal:home")


@route(public=True, fragment=True)
def captcha(request: PortalRequest, purpose: str, picture: str) -> HttpResponse:
    """The picture of a live question; asking again redraws it and the old text no longer works (ID-07)."""
    png = challenges.draw(challenges.place_of(request.session, purpose), picture)
    if png is None:
        raise Http404
    return HttpResponse(png, content_type="image/png", headers={"Cache-Control": "no-store"})


@route(public=True, fragment=True)
def proof(request: PortalRequest, purpose: str) -> JsonResponse:
    """A proof of work for those who do not read pictures (AX-08)."""
    place = challenges.place_of(request.session, purpose)
    return JsonResponse(challenges.new_proof(place), headers={"Cache-Control": "no-store"})


@route(public=True)
def recovery(request: PortalRequest) -> HttpResponse:
    """Whom to ask for a forgotten password."""
    return render(request, "portal/recovery.html", {"pack": request.pack})


@route("POST", public=True)
def sign_out(request: PortalRequest) -> HttpResponse:
    """End the session and clear what the browser kept (ID-22, C11)."""
    if request.actor is not None:
        audit.record(audit.By(request.actor.user.pk), "account.signed_out", request.actor.user)
    request.session.flush()
    answer = redirect("portal:front")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@route()
def home(request: PortalRequest) -> HttpResponse:
    """The home of the hat that is worn."""
    return homes.home(request)


@route("GET", "POST")
def hats(request: PortalRequest) -> HttpResponse:
    """Switch to another of one's hats without a second sign-in."""
    actor = actor_of(request)
    worn = bodies.hats(actor.user.pk, request.pack.key)
    if request.method != "POST":
        return render(request, "portal/hats.html", {"hats": worn, "current": actor.membership})
    wanted = next((hat for hat in worn if str(hat.pk) == request.POST.get("hat")), None)
    if wanted is None:
        raise NotFound
    signing_in.change_hat(request.session, actor.user, wanted)
    audit.record(audit.By(actor.user.pk, wanted.organisation_id), "account.changed_hat", wanted)
    return redirect("portal:home")


@sensitive_post_parameters("current", "new", "again")
@route("GET", "POST")
def password(request: PortalRequest) -> HttpResponse:
    """修改密码."""
    actor = actor_of(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_password(actor.user, form.cleaned_data["current"], form.cleaned_data["new"])
        except RuleBroken as refused:
            add_problems(form, refused)
        except TooMany as refused:
            form.add_error("current", refused.message)
        else:
            signing_in.renew(request.session, actor.user)
            messages.success(request, "密码已修改，下次请用新密码登录")
            answer = redirect("portal:home")
            _keep(answer, DEVICE, services.device_mark(actor.user))
            return answer
    context = {"form": form, "document": actor.user.masked_document}
    return render(request, "portal/password.html", context, status=422 if form.errors else 200)
