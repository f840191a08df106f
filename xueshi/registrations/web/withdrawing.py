"""撤回注册和同意, for whom nobody has approved yet: what follows is said first (PIPL 15: as easy as giving)."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from xueshi.accounts.consents import Said
from xueshi.kernel.errors import NotFound
from xueshi.policies.requests import PortalRequest
from xueshi.registrations import services
from xueshi.registrations.web import corrections
from xueshi.ui.forms import BaseForm
from xueshi.ui.routes import route


class TakeBackForm(BaseForm):
    """One box, never ticked beforehand."""

    understood = forms.BooleanField(label="我已了解撤回的后果", error_messages={"required": "请先阅读撤回的后果并勾选"})


@route("GET", "POST", public=True)
def take_back(request: PortalRequest) -> HttpResponse:
    """What waits or was refused, what follows from taking it back, and the button; nothing for anybody else."""
    registration = corrections.unreviewed(request)
    if registration is None:
        raise NotFound
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.take_back(registration, Said(request.pack.agreement.version, request.pack.key))
        del request.session[corrections.PROVED]
        messages.success(request, "已撤回注册和同意")
        return redirect("/")
    context = {"form": form, "registration": registration, "way": request.pack.registration(registration.kind),
               "agreement": request.pack.agreement}  # fmt: skip
    answer = render(request, "registrations/take_back.html", context, status=422 if form.errors else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer
