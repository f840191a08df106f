"""专业技术职务: a change is handed in and waits; the record of changes (PRO-19 to PRO-22)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from xueshi.kernel.errors import NotAllowed, RuleBroken
from xueshi.people import selectors, services
from xueshi.people.web import lists, pages, shown
from xueshi.people.web.forms import Desk, TabForm
from xueshi.policies.answers import Answers
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.reviews import queues
from xueshi.ui import again
from xueshi.ui.lists import show_list
from xueshi.ui.routes import route


@route("GET", "POST")
def title(request: PortalRequest) -> HttpResponse:
    """The second tab: the title in force as a form, or what is under review."""
    desk = pages.desk_of(request)
    live = selectors.live_title(desk.record)
    filled = desk.title(live)

    def page(form: TabForm, status: int = 200) -> HttpResponse:
        fresh = selectors.live_title(desk.record)
        more = pages.context(desk, "title", form=form, version=fresh.pk, **_waiting(desk))
        more["records"] = reverse("people:own_changes")
        return pages.drawn(request, "people/title.html", more, status)

    if request.method != "POST":
        return page(desk.form("title", filled))
    form = desk.form("title", filled, request.POST, request.FILES)
    return pages.answered(request, form, lambda answers: _ask(request, desk, answers), page)


def _waiting(desk: Desk) -> dict[str, Any]:
    change = selectors.open_change(desk.actor)
    if change is None:
        return {"change": None}
    return {"change": change, "changes": shown.differences(desk.pack, change), "handler": shown.handler(change)}


def _ask(request: PortalRequest, desk: Desk, answers: Answers) -> HttpResponse:
    change = services.ask_for_title(desk.actor, desk.title_draft(answers, request.POST))
    messages.success(request, desk.pack.profile.submitted if change.case_id else "信息已保存")
    return redirect("people:title")


@route()
def changes(request: PortalRequest) -> HttpResponse:
    """变更记录: every change with its result (PRO-22)."""
    desk = pages.desk_of(request)
    return show_list(request, lists.own_changes(desk.pack), pages.context(desk, "title"))


@route("POST", object_kind="reviews.reviewcase")
def withdraw(request: PortalRequest, case_id: int) -> HttpResponse:
    """撤销 of a change nobody has decided."""
    try:
        services.withdraw_change(actor_of(request), case_id)
    except (RuleBroken, NotAllowed) as refusal:
        return again.told(request, refusal.message, "people:title")
    messages.success(request, "已撤销，原信息不变")
    return redirect("people:title")


@route(object_kind="reviews.reviewcase")
def change(request: PortalRequest, case_id: int) -> HttpResponse:
    """One change on a page of its own, for the person and for every desk of its way (变更明细)."""
    context = shown.detail(actor_of(request), case_id)
    context |= {"title": "变更明细", "typed": queues.typed(request, case_id)}
    return render(request, "people/change.html", context)
