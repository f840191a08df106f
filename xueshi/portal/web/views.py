"""Front page, sign-in, hats, password, homes."""

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from xueshi.accounts import challenges, second_factor
from xueshi.accounts.challenges import Place
from xueshi.audit import services as audit
from xueshi.kernel.errors import NotFound, RuleBroken, TooMany
from xueshi.notices import selectors as notices
from xueshi.notices.states import NoticeKind
from xueshi.organisations import selectors as bodies
from xueshi.organisations.actors import actor_from
from xueshi.policies import registry
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.portal import signing_in
from xueshi.portal.web import cookies, entering, homes
from xueshi.portal.web.forms import SignIn, way_on
from xueshi.registrations.web import corrections
from xueshi.ui.routes import route

FRONT_NEWS = 5


@sensitive_post_parameters("password", "code")
@route("GET", "POST", public=True)
def front(request: PortalRequest) -> HttpResponse:
    """The front page with the sign-in box."""
    if request.actor is not None and request.method != "POST":
        return redirect("portal:home")
    typed = SignIn.read(request.pack, request.POST if request.method == "POST" else request.GET)
    if request.method != "POST" or "choose" in request.POST:
        return _front(request, typed)
    try:
        came = entering.enter(request.pack, _place(request), typed, cookies.device_of(request))
    except entering.Refused as refused:
        corrections.prove(request.session, refused.registration)
        return redirect("registrations:start")
    except RuleBroken as refused:
        if isinstance(refused, entering.Waiting) and refused.registration is not None:
            corrections.prove(request.session, refused.registration)
        return _front(request, typed, {refused.field: refused.message}, refused.status)
    except TooMany as refused:
        answer = _front(request, typed, {"password": refused.message}, refused.status)
        answer.headers["Retry-After"] = str(refused.retry_after)
        return answer
    return _remembering(_let_in(request, came), typed)


@transaction.atomic
def _let_in(request: PortalRequest, came: entering.Entered) -> HttpResponse:
    signing_in.begin(request.session, came.user, came.hat, cookies.visit_of(request), factor=came.factor)
    answer = redirect(way_on(request))
    if not signing_in.owes_factor(request.session, actor_from(came.user, came.hat)):
        cookies.know_device(request, answer, came.user)
    audit.record(audit.By(came.user.pk, came.hat.organisation_id if came.hat else None), "account.signed_in", came.user)
    return answer


def _front(
    request: PortalRequest, typed: SignIn, problems: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    picture = challenges.new_picture(_place(request)) if request.pack.login.captcha else ""
    context = {
        "pack": request.pack,
        "words": request.pack.words_under("login"),
        "typed": typed,
        "identifier": typed.identifier or cookies.remembered(request),
        "remember": typed.remember or bool(cookies.remembered(request)),
        "problems": problems or {},
        "picture": picture,
        "news": notices.published(request.pack.key, NoticeKind.NOTICE)[:FRONT_NEWS],
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "expired": "expired" in request.GET,
        "code_asked": status == TooMany.status and second_factor.offered(),
        "unreviewed": bool(problems and "identifier" in problems and corrections.unreviewed(request)),
        "documents": [(one.code, one.label) for one in registry.catalogue("document_types").items[1:]],
    }
    return render(request, "portal/front.html", context, status=status)


def _remembering(answer: HttpResponse, typed: SignIn) -> HttpResponse:
    if typed.remember:
        cookies.remember(answer, typed.identifier)
    else:
        cookies.forget(answer)
    return answer


def _place(request: PortalRequest) -> Place:
    return challenges.place_of(request.session, entering.PURPOSE)


@route(public=True, fragment=True)
def captcha(request: PortalRequest, purpose: str, picture: str) -> HttpResponse:
    """The picture of a live question; asking again redraws it and the old text no longer works (ID-07)."""
    png = challenges.draw(challenges.place_of(request.session, purpose), picture)
    if png is None:
        raise NotFound
    return HttpResponse(png, content_type="image/png", headers={"Cache-Control": "no-store"})


@route(public=True, fragment=True)
def proof(request: PortalRequest, purpose: str) -> JsonResponse:
    """A proof of work for those who do not read pictures (AX-08)."""
    place = challenges.place_of(request.session, purpose)
    return JsonResponse(challenges.new_proof(place), headers={"Cache-Control": "no-store"})


@route("POST", public=True, half=True)
def sign_out(request: PortalRequest) -> HttpResponse:
    """End the session and clear what the browser kept (ID-22, C11)."""
    if request.actor is not None:
        audit.record(audit.By(request.actor.user.pk), "account.signed_out", request.actor.user)
    signing_in.end(request.session)
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


@route(public=True)
def robots(_request: PortalRequest) -> HttpResponse:
    """What search engines may read: the front page, notices and the policy page; never a certificate (C10)."""
    lines = ("User-agent: *", "Disallow: /", "Allow: /$", "Allow: /notices/", "Allow: /downloads/", "Allow: /policy/",
             "Allow: /static/", "")  # fmt: skip
    headers = {"Cache-Control": "public, max-age=3600"}
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8", headers=headers)
