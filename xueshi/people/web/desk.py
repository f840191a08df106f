"""审核人员信息修改: the desk of title changes (REV-13, REV-14, REV-24, REV-32)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from xueshi.kernel.text import number
from xueshi.organisations.states import Power
from xueshi.people.web import lists, shown
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.reviews import queues
from xueshi.ui.lists import list_again, show_list
from xueshi.ui.routes import route


@route(powers=(Power.REVIEW_ACCOUNTS.value,), object_kind="reviews.reviewcase")
def changes(request: PortalRequest) -> HttpResponse:
    """待审核 and 已审核, the opened change beside the list."""
    actor = actor_of(request)
    case = request.GET.get("case", "")
    opened = number(case)
    extra: dict[str, Any] = {"detail_key": case if opened else ""}
    if opened:
        extra |= shown.detail(actor, opened, list_again(request)) | {"typed": queues.typed(request, opened)}
    if opened and request.headers.get("HX-Target") == "detail":
        return render(request, "people/changes.html#detail", extra)
    title = request.pack.called(actor.role_key, "people:changes", request.pack.profile.desk)
    return show_list(request, lists.page(actor, title, reviewed=request.GET.get("tab") == "reviewed"), extra)
