"""转交 and 收回 of a case inside its desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from xueshi.kernel.errors import MovedOn, NotFound, RuleBroken
from xueshi.kernel.text import number
from xueshi.organisations.actors import Actor
from xueshi.policies.requests import actor_of
from xueshi.reviews import kinds, permissions, selectors, services
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.web import again
from xueshi.reviews.web.forms import EntrustForm
from xueshi.reviews.web.views import REVIEWING
from xueshi.ui.again import back
from xueshi.ui.forms import add_problems
from xueshi.ui.routes import route


@route("GET", "POST", powers=REVIEWING, object_kind="reviews.reviewcase")
def entrust(request: HttpRequest, case_id: int) -> HttpResponse:
    """转交: hand a waiting case to another administrator of the same body."""
    actor = actor_of(request)
    case = selectors.case_for(actor, case_id)
    permissions.can_decide(actor, case).require()
    form = _form(request, actor, case)
    status = _entrusted(request, form, case) if request.method == "POST" else 200
    if status == 302:
        return redirect(queue_of(case))
    context = {"title": "转交", "case": case, "form": form, "queue": queue_of(case), "kind": kinds.kind(case.kind)}
    return render(request, "reviews/entrust.html", context, status=status)


@route("POST", powers=REVIEWING, object_kind="reviews.reviewcase")
def take_back(request: HttpRequest, case_id: int) -> HttpResponse:
    """收回: the case waits for the whole desk again."""
    actor = actor_of(request)
    try:
        case = services.take_back(actor, case_id, _version(request))
    except MovedOn as moved:
        return again.refused(request, moved, again.desks_of(actor, [case_id]))
    messages.success(request, f"已收回“{case.title}”，本单位审核人员均可处理")
    return redirect(back(request, queue_of(case)))


def queue_of(case: ReviewCase) -> str:
    """The list in which the case waits at its desk."""
    return reverse(kinds.kind(case.kind).queues_at(case.stage)[0])


def _version(request: HttpRequest) -> int:
    version = number(request.POST.get("version", ""), 9)
    if version is None:
        raise NotFound
    return version


def _form(request: HttpRequest, actor: Actor, case: ReviewCase) -> EntrustForm:
    colleagues = {str(hat.pk): hat.user.name for hat in selectors.colleagues(actor, case)}
    return EntrustForm(request.POST or None, colleagues=colleagues)


def _entrusted(request: HttpRequest, form: EntrustForm, case: ReviewCase) -> int:
    """What the hand-over is answered with; a refusal stands in the form, with what was typed."""
    if not form.is_valid():
        return RuleBroken.status
    wanted = services.Entrusting(case.pk, _version(request), int(form.cleaned_data["to"]), form.cleaned_data["note"])
    try:
        moved = services.entrust(actor_of(request), wanted)
    except RuleBroken as refused:
        add_problems(form, refused)
        return refused.status
    except MovedOn as late:
        form.add_error(None, late.message)
        return late.status
    handler = moved.handler.user.name if moved.handler is not None else ""
    messages.success(request, f"已将“{moved.title}”转交给{handler}")
    return 302
