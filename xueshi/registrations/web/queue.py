"""The review pages: a queue with the detail beside it, scans, 删除, the units on record, one's own unit."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from xueshi.files import services as files
from xueshi.kernel.text import number
from xueshi.organisations.states import Power
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.registrations import selectors
from xueshi.registrations.web import detail as details
from xueshi.registrations.web import lists, subordinates
from xueshi.reviews import queues
from xueshi.ui.images import image_answer
from xueshi.ui.lists import list_again, show_list
from xueshi.ui.routes import route

REVIEWING = (Power.REVIEW_ACCOUNTS.value,)


@route(powers=REVIEWING, object_kind="reviews.reviewcase")
def queue(request: PortalRequest, key: str) -> HttpResponse:
    """待审核 and 已审核 of one kind of registration, the opened one beside the list."""
    actor = actor_of(request)
    case = request.GET.get("case", "")
    opened = number(case)
    extra: dict[str, Any] = {"detail_key": case if opened else ""}
    if opened:
        extra |= details.context(actor, opened, list_again(request)) | {"typed": queues.typed(request, opened)}
    if opened and request.headers.get("HX-Target") == "detail":
        return render(request, "registrations/queue.html#detail", extra)
    shown = lists.page(key, actor, request.pack, reviewed=request.GET.get("tab") == "reviewed")
    return show_list(request, shown, extra)


@route(object_kind="reviews.reviewcase")
def detail(request: PortalRequest, case_id: int) -> HttpResponse:
    """One registration on a page of its own, for the person and for every desk of its way."""
    context = details.context(actor_of(request), case_id)
    context |= {"title": context["heading"], "typed": queues.typed(request, case_id)}
    return render(request, "registrations/detail.html", context)


@route(object_kind="reviews.reviewcase")
def file(request: PortalRequest, case_id: int, key: str) -> HttpResponse:
    """A scan, for whoever may see its registration (E7)."""
    file = selectors.file_for(actor_of(request), case_id, key)
    return image_answer(file, files.read(file))


@route(powers=(Power.SUBORDINATES.value,))
def filed(request: PortalRequest) -> HttpResponse:
    """Units on record with this body (备案, ORG-22)."""
    return show_list(request, lists.filed(request.pack.key))


@route(object_kind="organisations.organisation")
def unit(request: PortalRequest, organisation_id: int | None = None) -> HttpResponse:
    """单位管理: the unit's registered data, read-only (ORG-52), and who acts for it."""
    actor = actor_of(request)
    body = selectors.unit_for(actor, organisation_id)
    context = {"title": "单位管理", "pairs": details.unit_pairs(body), "rows": subordinates.managers(actor, body)}
    return render(request, "registrations/unit.html", context)
