"""撤回注册和同意, of what no desk has decided: what follows is said first (PIPL 15: as easy as giving)."""

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from xueshi.accounts.consents import Said
from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState
from xueshi.kernel.errors import MovedOn, NotAllowed, NotFound, RuleBroken
from xueshi.kernel.text import number
from xueshi.policies.packs import Pack
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.registrations import selectors, services
from xueshi.registrations.models import Registration
from xueshi.registrations.web import corrections
from xueshi.reviews.states import CaseState
from xueshi.ui.forms import BaseForm
from xueshi.ui.routes import route

_WHICH, _CONSENT = "registration", "consent"
DECIDED = "该注册已经审核，不能撤回"


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody may take back; ``whole``: all of it and their consent, for they have no other way in."""

    user: User
    pack: Pack
    registrations: list[Registration]
    whole: bool = False

    def named(self) -> list[tuple[str, str]]:
        """The registrations to choose from."""
        return [(str(one.pk), f"{self.way(one)}：{_body(one)}") for one in self.registrations]

    def way(self, registration: Registration) -> str:
        """What the way in is called by which it came."""
        return self.pack.registration(registration.kind).label


class TakeBackForm(BaseForm):
    """Which one, and boxes that are never ticked beforehand."""

    registration = forms.ChoiceField(label="撤回的注册", error_messages={"required": "请选择要撤回的注册"})
    understood = forms.BooleanField(label="我已了解撤回的后果", error_messages={"required": "请先阅读撤回的后果并勾选"})
    consent = forms.BooleanField(
        label="同时撤回对用户协议和敏感个人信息处理的同意",
        required=False,
        help_text="可以不选。选中后账号以任何身份都停止使用，平台不再发送提醒，已登记的学时和审核记录按规定保存；登录后可以在“隐私与授权”重新同意。",
    )

    def __init__(self, offer: Offer, *args: Any, **kwargs: Any) -> None:
        named = offer.named()
        super().__init__(*args, initial={_WHICH: named[0][0]} if len(named) == 1 else {}, **kwargs)
        which = self.fields[_WHICH]
        which.widget = forms.HiddenInput() if len(named) == 1 else forms.RadioSelect()
        if isinstance(which, forms.ChoiceField):
            which.choices = named
        self.dress(_WHICH)
        if offer.whole:
            del self.fields[_WHICH]
        if offer.whole or offer.user.consent_withdrawn_at is not None:
            del self.fields[_CONSENT]


@route("GET", "POST", public=True)
def take_back(request: PortalRequest) -> HttpResponse:
    """By the password just given, for who is not let in while a desk decides; nothing for anybody else."""
    found = corrections.takeable(request)
    if not found:
        raise NotFound
    user, pack = found[0].user, request.pack
    offer = Offer(user, pack, found, whole=not selectors.comes_in(user, pack.key))
    answer = _answered(request, offer, "registrations/take_back.html", "/")
    if answer.status_code == 302:
        request.session.pop(corrections.PROVED, None)
    return answer


@route("GET", "POST", fresh=True, withdrawn=True)
def take_back_own(request: PortalRequest) -> HttpResponse:
    """The same for who has signed in under another hat, or without one, while their registration waits."""
    user = actor_of(request).user
    offer = Offer(user, request.pack, selectors.waiting_of(user.pk, request.pack.key))
    return _answered(request, offer, "registrations/take_back_own.html", "portal:privacy")


def _answered(request: PortalRequest, offer: Offer, page: str, onward: str) -> HttpResponse:
    form = TakeBackForm(offer, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _shown(request, offer, form, page)
    try:
        done = _taken(request, offer, form)
    except (MovedOn, NotAllowed) as late:
        left = [one for one in offer.registrations if one.pk != _meant(request)]
        again = replace(offer, registrations=left)
        return _shown(request, again, TakeBackForm(again), page, late)
    if not done:
        return _shown(request, offer, form, page, RuleBroken(""))
    messages.success(request, done)
    return redirect(onward)


def _taken(request: PortalRequest, offer: Offer, form: TakeBackForm) -> str:
    """What was taken back, in words; nothing when the form is not filled in. Saying it twice changes nothing."""
    chosen = offer.registrations
    if not offer.whole and request.POST.get(_WHICH):
        found = selectors.own(offer.user.pk, offer.pack.key, _meant(request))
        if found.case is None or found.case.state not in {CaseState.PENDING, CaseState.WITHDRAWN}:
            raise MovedOn(DECIDED)
        if found.case.state == CaseState.WITHDRAWN:
            return "该注册已经撤回"
        chosen = [found]
    if not form.is_valid():
        return ""
    also = offer.whole or form.cleaned_data.get(_CONSENT, False)
    said = Said(request.pack.agreement.version, request.pack.key) if also else None
    services.take_back(offer.user, chosen, said)
    return "已撤回注册和同意" if also else "已撤回注册"


def _body(registration: Registration) -> str:
    return registration.organisation.name if registration.organisation is not None else ""


def _meant(request: PortalRequest) -> int:
    return number(request.POST.get(_WHICH, "")) or 0


def _shown(
    request: PortalRequest,
    offer: Offer,
    form: TakeBackForm,
    page: str,
    refused: MovedOn | NotAllowed | RuleBroken | None = None,
) -> HttpResponse:
    """The page; a refusal stands above it."""
    context = {
        "form": form,
        "waiting": [(one, offer.way(one)) for one in offer.registrations],
        "whole": offer.whole,
        "follows": _follows(offer),
        "agreement": offer.pack.agreement,
        "late": refused.message if refused is not None else "",
    }
    answer = render(request, page, context, status=refused.status if refused is not None else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _follows(offer: Offer) -> tuple[str, ...]:
    """What taking it back brings."""
    texts = offer.pack.agreement
    if offer.user.state == AccountState.PENDING:
        return texts.unreviewed_withdrawal
    return texts.waiting_withdrawal + (texts.closing_withdrawal if offer.whole else ())
