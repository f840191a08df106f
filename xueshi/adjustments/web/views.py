"""学时要求调整: asking, one's own list, the desk, one event by itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from xueshi.adjustments import permissions, services
from xueshi.adjustments.web import lists, shown
from xueshi.adjustments.web.forms import RequestForm, kinds_on, reasons_on
from xueshi.kernel import one_time
from xueshi.kernel.errors import NotAllowed, NotFound, Problems, RuleBroken
from xueshi.kernel.text import number
from xueshi.organisations.actors import Actor
from xueshi.people import selectors as people
from xueshi.policies.packs import Pack
from xueshi.policies.requests import actor_of, pack_of
from xueshi.reviews import queues
from xueshi.reviews.states import Stage
from xueshi.ui import again
from xueshi.ui.forms import add_problems
from xueshi.ui.lists import list_again, show_list
from xueshi.ui.routes import route


@route()
def mine(request: HttpRequest) -> HttpResponse:
    """What one has asked for."""
    return show_list(request, lists.mine(), {"reasons": reasons_on(pack_of(request))})


@route("GET", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """Ask for an event to be recognised; absent where the year's rules know none."""
    actor, pack = _asker(request)
    form = RequestForm(actor, pack, request)
    if request.method != "POST" or not form.is_valid():
        failed = form.is_bound and not form.finding
        return _draw(request, form, 422 if failed else 200)
    try:
        services.ask(actor, form.request(one_time.sent_back(request.POST.get("key", ""))))
    except (RuleBroken, Problems) as refusal:
        add_problems(form, refusal)
        return _draw(request, form, refusal.status)
    messages.success(request, "申请已提交，等待审核")
    return redirect("adjustments:mine")


def _asker(request: HttpRequest) -> tuple[Actor, Pack]:
    actor, pack = actor_of(request), pack_of(request)
    people.own(actor)
    if not kinds_on(pack):
        raise NotFound
    return actor, pack


def _draw(request: HttpRequest, form: RequestForm, status: int) -> HttpResponse:
    key = one_time.sent_back(request.POST.get("key", "")) or one_time.token()
    context = {"title": lists.TITLE, "form": form, "key": key}
    return render(request, "adjustments/new.html", context, status=status)


@route(powers=(permissions.POWER.value,), object_kind="reviews.reviewcase")
def desk(request: HttpRequest) -> HttpResponse:
    """待审核 and 已审核, the opened event beside the list."""
    case = request.GET.get("case", "")
    opened = number(case)
    closed = queues.closed(actor_of(request), Stage.REVIEW)
    extra: dict[str, Any] = {"detail_key": case if opened else "", "closed": closed}
    if opened:
        extra |= shown.detail(actor_of(request), opened, list_again(request))
        extra["typed"] = queues.typed(request, opened)
    if opened and request.headers.get("HX-Target") == "detail":
        return render(request, "adjustments/desk.html#detail", extra)
    return show_list(request, lists.desk(reviewed=request.GET.get("tab") == "reviewed"), extra)


@route(object_kind="reviews.reviewcase")
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One event on a page of its own, for the person and for every desk of its way."""
    return _event(request, case_id)


def _event(request: HttpRequest, case_id: int, problem: str = "", status: int = 200) -> HttpResponse:
    context = shown.detail(actor_of(request), case_id, request.path) | {"title": lists.TITLE, "problem": problem}
    context |= {"reason": request.POST.get("reason", ""), "typed": queues.typed(request, case_id)}
    return render(request, "adjustments/case.html", context, status=status)


@route("POST", object_kind="reviews.reviewcase")
def withdraw(request: HttpRequest, case_id: int) -> HttpResponse:
    """撤销 of an event nobody has decided."""
    try:
        services.withdraw(actor_of(request), case_id)
    except (RuleBroken, NotAllowed) as refusal:
        return again.told(request, refusal.message, "adjustments:mine")
    messages.success(request, "已撤销申请")
    return redirect("adjustments:mine")


@route("POST", object_kind="reviews.reviewcase")
def revoke(request: HttpRequest, case_id: int) -> HttpResponse:
    """取消 of an approved event, with the reason."""
    try:
        services.revoke(actor_of(request), case_id, request.POST.get("reason", ""))
    except RuleBroken as refusal:
        return _event(request, case_id, refusal.message, refusal.status)
    messages.success(request, "已取消该调整，年度认定结果已重新计算")
    return redirect("adjustments:case", case_id)
