"""The gate: which portal, who acts, may they call this view, and what a refusal looks like."""

import logging
import secrets
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from xueshi.accounts import devices
from xueshi.audit import services as audit
from xueshi.kernel.errors import SignInNeeded, TooMany, TradeError
from xueshi.organisations.actors import Actor, actor_from
from xueshi.policies import registry
from xueshi.policies.packs import Pack
from xueshi.portal import keeping, signing_in
from xueshi.portal.guard import is_in_another_charset, is_too_large, legible, read_only
from xueshi.portal.web import cookies
from xueshi.ui.routes import READING, Access, access_of
from xueshi.ui.web.errors import PAGES, error_page

log = logging.getLogger("xueshi.portal")
OWN_NAMES = frozenset({"localhost", "127.0.0.1"})
_HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class HeadersMiddleware:
    """Gives every answer its number and its headers, also those that never reach a view (SS-06).

    Whatever reads a cookie stands behind it, and sees those only that may be ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        setattr(request, "reference", secrets.token_hex(4))  # noqa: B010 - attributes of our own on Django's request
        request.COOKIES = legible(request.COOKIES)
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = _reference(request)
        if getattr(request, "actor", None) is not None or not response.headers.get("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"
        return response


class PortalMiddleware:
    """Puts ``pack`` and ``actor`` on the request and keeps closed what nobody opened (A2)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        setattr(request, "pack", registry.pack_for_host(request.get_host()))  # noqa: B010 - attributes of our own
        setattr(request, "actor", None)  # noqa: B010
        audit.source.set(_source(request))
        if is_in_another_charset(request):  # the frame of a page would read what was sent
            return error_page(None, 400, reference=_reference(request))
        if is_too_large(request):
            return error_page(request, 413, reference=_reference(request))
        with read_only() if request.method in READING else nullcontext():
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """Let the call through, or answer in its place."""
        access = access_of(view)
        if access is None or "\x00" in request.path_info:  # no text in the database holds a NUL
            return error_page(request, 404, reference=_reference(request))
        pack: Pack | None = getattr(request, "pack", None)
        if pack is None:
            return None if access.public and request.path == reverse("healthz") else _no_portal(request)
        actor = signing_in.actor_of(request.session, pack)
        if actor is not None and signing_in.owes_factor(request.session, actor):
            return _half_way(request, actor, access)
        if actor is not None and actor.user.consent_withdrawn_at is not None:
            return _without_consent(request, actor, access)
        setattr(request, "actor", actor)  # noqa: B010
        return None if access.public else _barred(request, actor, access)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn the errors of the trade into pages; anything else goes on to the 500 page."""
        if isinstance(error, RequestDataTooBig):
            return error_page(request, 413, reference=_reference(request))
        if isinstance(error, SuspiciousOperation):
            return error_page(request, 400, reference=_reference(request))
        if isinstance(error, SignInNeeded):
            return _to_sign_in(request)
        if not isinstance(error, TradeError):
            log.error("failed %s %s", _reference(request), type(error).__name__)
            return None
        log.info("refused %s %s %s", _reference(request), error.status, type(error).__name__)
        page = _alert(request, error) if request.headers.get("HX-Request") else _refusal(request, error)
        if isinstance(error, TooMany):
            page.headers["Retry-After"] = str(error.retry_after)
        return page


def _refusal(request: HttpRequest, error: TradeError) -> HttpResponse:
    return error_page(request, error.status, error.message, _reference(request))


def _alert(request: HttpRequest, error: TradeError) -> HttpResponse:
    """A refusal inside a page: shown on top of what stands there, which stays."""
    advice = PAGES.get(error.status, PAGES[400])[1]
    context = {"message": error.message or advice, "reference": _reference(request)}
    answer = render(request, "portal/alert.html", context, status=error.status)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#main", "afterbegin show:top"
    return answer


def _reference(request: HttpRequest) -> str:
    return str(getattr(request, "reference", ""))


def _source(request: HttpRequest) -> str:
    """The address of the visitor: the peer's, or what the one trusted proxy in front of us wrote last (B10)."""
    if settings.TRUSTED_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
        if forwarded:
            return str(forwarded)[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def _no_portal(request: HttpRequest) -> HttpResponse:
    """This machine's own names list the portals; any other name that is no portal's is refused (SS-11)."""
    if request.get_host().rsplit(":", 1)[0] not in OWN_NAMES:
        return error_page(None, 400, reference=_reference(request))
    port = f":{request.get_port()}" if request.get_port() not in {"80", "443"} else ""
    portals = [(pack.title, f"{request.scheme}://{pack.portal.hosts[0]}{port}/") for pack in registry.packs()]
    return render(request, "portal/chooser.html", {"portals": portals}, status=200 if request.path == "/" else 404)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    front, expired = reverse("portal:front"), {"expired": "1"}
    if request.method not in READING and keeping.keep(request, _last_user(request)):
        expired["next"] = reverse("portal:resume")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": f"{front}?{urlencode(expired)}"})
    asked = {"next": request.get_full_path()} if request.method in READING else expired
    return HttpResponseRedirect(f"{front}?{urlencode(asked)}")


def _last_user(request: HttpRequest) -> int | None:
    """Whose form this was: the dead session's, or, where even that is gone, the device's."""
    return signing_in.last_user(request.session) or devices.owner_of(cookies.device_of(request))


def _barred(request: HttpRequest, actor: Actor | None, access: Access) -> HttpResponse | None:
    """What stands before a closed page, if anything does."""
    if actor is None:
        return _to_sign_in(request)
    if actor.user.must_change_password and request.path != reverse("portal:password"):
        return HttpResponseRedirect(reverse("portal:password"))
    return _within_powers(request, actor, access.powers) or _freshly_proved(request, access)


def _half_way(request: HttpRequest, actor: Actor, access: Access) -> HttpResponse | None:
    """A session that owes its second factor is nobody; where it may settle that, a person without a hat (B7)."""
    if access.half:
        setattr(request, "actor", actor_from(actor.user, None))  # noqa: B010 - attributes of our own
        setattr(request, "half_way", True)  # noqa: B010
        return None
    return None if access.public else _by_way_of(request, "portal:challenge")


def _without_consent(request: HttpRequest, actor: Actor, access: Access) -> HttpResponse | None:
    """Who took their consent back wears no hat, and finds their own account and the way back, nothing else (C7)."""
    bare = actor_from(actor.user, None)
    setattr(request, "actor", bare)  # noqa: B010 - attributes of our own
    if access.public:
        return None
    return _barred(request, bare, access) if access.withdrawn else _by_way_of(request, "portal:privacy")


def _freshly_proved(request: HttpRequest, access: Access) -> HttpResponse | None:
    if not access.fresh or signing_in.is_fresh(request.session):
        return None
    return _by_way_of(request, "portal:prove")


def _by_way_of(request: HttpRequest, name: str) -> HttpResponse:
    """First to another page, which leads on to this one; what was posted is not done."""
    target = f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(name)})
    return HttpResponseRedirect(target)


def _within_powers(request: HttpRequest, actor: Actor, powers: tuple[str, ...]) -> HttpResponse | None:
    if not powers or any(power in powers for power in actor.powers):
        return None
    return error_page(request, 403, reference=_reference(request))
