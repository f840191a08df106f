"""隐私与授权: what a person agreed to, taken back as easily as it was given, and given again (C7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from xueshi.accounts import consents
from xueshi.accounts.consents import Said
from xueshi.accounts.models import User
from xueshi.kernel.errors import RuleBroken
from xueshi.policies.access import Agreement
from xueshi.policies.packs import Pack
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.portal.web.forms import way_on
from xueshi.registrations import selectors as registrations
from xueshi.ui.forms import BaseForm
from xueshi.ui.routes import route

_CHANNELS = {"web": "网页"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing somebody said about one text."""

    at: datetime
    act: str
    text: str
    version: str
    channel: str


class WithdrawForm(BaseForm):
    """撤回同意."""

    understood = forms.BooleanField(
        label="我已了解撤回同意的后果", error_messages={"required": "请先阅读撤回的后果并勾选"}
    )


class AgainForm(BaseForm):
    """重新同意: the boxes of the registration, never ticked beforehand."""

    version = forms.CharField(max_length=20, widget=forms.HiddenInput())
    agreement = forms.BooleanField(error_messages={"required": "请阅读并同意用户协议"})
    sensitive = forms.BooleanField(error_messages={"required": "请阅读说明并单独同意处理敏感个人信息"})

    def __init__(self, texts: Agreement, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": texts.version}, **kwargs)
        self.fields["agreement"].label, self.fields["sensitive"].label = texts.label, texts.consent


@route("GET", "POST", withdrawn=True)
def privacy(request: PortalRequest) -> HttpResponse:
    """What was agreed to, with version, time and channel; the way out, or the way back."""
    user, texts = actor_of(request).user, request.pack.agreement
    posted = request.POST or None
    form = WithdrawForm(posted) if user.consent_withdrawn_at is None else AgainForm(texts, posted)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    try:
        return _withdrawn(request) if isinstance(form, WithdrawForm) else _given(request, form)
    except RuleBroken as refused:
        return _page(request, AgainForm(texts), refused)


def _withdrawn(request: PortalRequest) -> HttpResponse:
    consents.withdraw(actor_of(request).user, Said(request.pack.agreement.version, request.pack.key))
    messages.success(request, "已撤回同意，账号停止使用")
    return redirect("portal:privacy")


def _given(request: PortalRequest, form: BaseForm) -> HttpResponse:
    said = Said(form.cleaned_data["version"], request.pack.key)
    consents.give(actor_of(request).user, said, current=request.pack.agreement.version)
    messages.success(request, "已重新同意，账号恢复使用")
    return redirect(way_on(request))


def _page(request: PortalRequest, form: BaseForm, refused: RuleBroken | None = None) -> HttpResponse:
    user = actor_of(request).user
    context = {
        "form": form,
        "agreement": request.pack.agreement,
        "renewed": refused.message if refused is not None else "",
        "withdrawn_at": user.consent_withdrawn_at,
        "waiting": registrations.waiting_hats(user.pk, request.pack.key),
        "lines": sorted(_lines(request.pack, user), key=lambda line: line.at, reverse=True),
    }
    return render(request, "portal/privacy.html", context, status=422 if refused is not None or form.errors else 200)


def _lines(pack: Pack, user: User) -> Iterator[Line]:
    """What was said at registrations and since."""
    texts = pack.agreement
    named = {"agreement": texts.title, "sensitive": texts.sensitive_title, "undertaking": "信息真实承诺"}
    for box in registrations.consents_of(user.pk):
        yield Line(box.at, "同意", named[box.subject], box.version, f"{_CHANNELS[box.channel]}（注册）")
    for change in consents.changes(user):
        act = "重新同意" if change.given else "撤回同意"
        yield Line(change.at, act, named[change.subject], change.version, _CHANNELS[change.channel])
