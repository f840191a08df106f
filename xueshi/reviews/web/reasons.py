"""常用驳回原因: an organisation's own list, a page per kind of document."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.organisations.actors import Actor
from xueshi.policies.requests import actor_of
from xueshi.reviews import kinds, permissions, selectors, services
from xueshi.reviews.web.forms import ReasonForm
from xueshi.reviews.web.views import REVIEWING
from xueshi.ui.forms import add_problems
from xueshi.ui.parts import Tab
from xueshi.ui.routes import route

TITLE = "常用驳回原因"


def _kinds(actor: Actor) -> list[kinds.DocumentKind]:
    return [one for one in kinds.all_kinds() if permissions.can_keep_reasons(actor, one.key)]


@route(powers=REVIEWING)
def start(request: HttpRequest) -> HttpResponse:
    """The first list of whoever reviews several kinds."""
    for kind in _kinds(actor_of(request)):
        return redirect("reviews:reasons_of", kind.key)
    raise NotFound


@route("GET", "POST", powers=REVIEWING)
def kept(request: HttpRequest, kind: str) -> HttpResponse:
    """The list with the form that adds to it."""
    return _page(request, kind, None)


@route("GET", "POST", powers=REVIEWING, object_kind="reviews.rejectionreason")
def change(request: HttpRequest, kind: str, reason_id: int) -> HttpResponse:
    """The list with one of its reasons in the form."""
    return _page(request, kind, reason_id)


@route("POST", powers=REVIEWING, object_kind="reviews.rejectionreason")
def delete(request: HttpRequest, kind: str, reason_id: int) -> HttpResponse:
    """删除 of a reason."""
    services.delete_reason(actor_of(request), kind, reason_id)
    messages.success(request, "已删除")
    return redirect("reviews:reasons_of", kind)


def _page(request: HttpRequest, kind: str, reason_id: int | None) -> HttpResponse:
    actor = actor_of(request)
    form = _form(request, actor, kind, reason_id)
    if request.method == "POST" and form.is_valid() and _saved(request, form, kind, reason_id):
        return redirect("reviews:reasons_of", kind)
    context = {
        "title": TITLE,
        "kind": kinds.kind(kind),
        "form": form,
        "editing": reason_id,
        "reasons": selectors.reasons(actor, kind),
        "tabs": [_tab(one, kind) for one in _kinds(actor)],
    }
    return render(request, "reviews/reasons.html", context, status=422 if form.errors else 200)


def _tab(one: kinds.DocumentKind, current: str) -> Tab:
    return Tab(label=one.label, url=reverse("reviews:reasons_of", args=[one.key]), current=one.key == current)


def _form(request: HttpRequest, actor: Actor, kind: str, reason_id: int | None) -> ReasonForm:
    if not permissions.can_keep_reasons(actor, kind) or actor.organisation is None:
        raise NotFound
    initial = selectors.own_reasons(actor, kind).filter(pk=reason_id or 0).values("text", "concerns").first()
    if reason_id is not None and initial is None:
        raise NotFound
    return ReasonForm(request.POST or None, initial=initial, fields=kinds.kind(kind).fields(actor.organisation.portal))


def _saved(request: HttpRequest, form: ReasonForm, kind: str, reason_id: int | None) -> bool:
    draft = services.ReasonDraft(kind, form.cleaned_data["text"], form.cleaned_data["concerns"])
    try:
        services.save_reason(actor_of(request), draft, reason_id)
    except RuleBroken as refused:
        add_problems(form, refused)
        return False
    messages.success(request, "已保存")
    return True
