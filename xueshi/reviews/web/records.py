"""删除 in a reviewed tab, and taking that back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from xueshi.kernel.errors import MovedOn
from xueshi.policies.requests import actor_of
from xueshi.reviews import kinds, services
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.web import again
from xueshi.reviews.web.views import REVIEWING
from xueshi.ui.again import back
from xueshi.ui.routes import route


@route("POST", powers=REVIEWING, object_kind="reviews.reviewcase")
def remove(request: HttpRequest, case_id: int) -> HttpResponse:
    """删除: the record leaves this reviewer's list and nothing else happens (REV-06, SYS-21)."""
    actor = actor_of(request)
    try:
        case = services.remove_record(actor, case_id)
    except MovedOn as moved:
        return again.refused(request, moved, again.desks_of(actor, [case_id]))
    undo = reverse("reviews:restore", args=[case_id])
    messages.success(request, f"已从列表中删除“{case.title}”", extra_tags=undo)
    return redirect(back(request, _reviewed(case)))


@route("POST", powers=REVIEWING, object_kind="reviews.reviewcase")
def restore(request: HttpRequest, case_id: int) -> HttpResponse:
    """撤销删除: the record stands on the list again."""
    case = services.restore_record(actor_of(request), case_id)
    messages.success(request, "已恢复到列表")
    return redirect(back(request, _reviewed(case)))


def _reviewed(case: ReviewCase) -> str:
    return f"{reverse(kinds.kind(case.kind).queue_url)}?tab=reviewed"
