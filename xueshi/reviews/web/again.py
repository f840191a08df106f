"""A refused decision or batch: the desk it was sent from, drawn once more with what was sent and why not."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from xueshi.kernel.errors import TradeError
from xueshi.reviews import kinds, queues
from xueshi.reviews.deciding import Report
from xueshi.reviews.web.forms import FINDING, typed_from
from xueshi.ui import again
from xueshi.ui.again import Sent

_NAMED_AT_MOST = 5


def back(request: HttpRequest, otherwise: str = "", field: str = "next") -> str:
    """Where the reviewer came from, if that is one of our pages; else ``otherwise`` or the home."""
    wanted = request.POST.get(field) or request.headers.get("Referer", "")
    address = wanted.startswith(("/", "http"))  # a bare word would be looked up as the name of a page
    ours = address and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if ours and again.takes_get(wanted) else otherwise or reverse("portal:home")


def refused(request: HttpRequest, refusal: TradeError) -> HttpResponse:
    """The desk with the reason beside the field of its detail or toolbar; above the list where nothing was typed."""
    problem, field = refusal.message, getattr(refusal, "field", "")
    rows = request.POST.getlist("row")
    if request.POST.get("here") and len(rows) == 1:
        queues.keep_typed(request, *typed_from(request.POST, problem, field))
        return _desk(request, refusal.status, problem, "here")
    if "action" in request.POST:
        sent = Sent(frozenset(rows), request.POST.get("comment", ""), problem, about_comment=field == "comment")
        return _list(request, sent, refusal.status)
    messages.error(request, problem)
    return _desk(request, refusal.status)


def nothing_done(request: HttpRequest, report: Report) -> HttpResponse:
    """The desk where none of the cases was decided, each of them named with its reason."""
    posted, status = request.POST, max(one.status for one in report.refused)
    if posted.get("here") and len(report.refused) == 1:
        problem = report.refused[0].reason
        queues.keep_typed(request, *typed_from(posted, problem, FINDING))
        return _desk(request, status, problem, "here")
    tell_refused(request, report)
    if "action" in posted:
        return _list(request, Sent(frozenset(posted.getlist("row")), posted.get("comment", "")), status)
    return _desk(request, status)


def tell_refused(request: HttpRequest, report: Report) -> None:
    """Name the cases that stay as they were above the next page, the first few of them by title."""
    for refusal in report.refused[:_NAMED_AT_MOST]:
        messages.warning(request, f"未处理“{refusal.title}”：{refusal.reason}")
    if len(report.refused) > _NAMED_AT_MOST:
        messages.warning(request, f"另有 {len(report.refused) - _NAMED_AT_MOST} 条未处理，请刷新列表查看")


def _desk(request: HttpRequest, status: int, problem: str = "", field: str = "next") -> HttpResponse:
    """The page named by ``field``; ``problem`` becomes a message where that is no desk of the reviewer's."""
    answer = again.drawn(request, back(request, field=field), status, among=_desks())
    if answer is None and problem:
        messages.error(request, problem)
    return answer or redirect(back(request))


def _list(request: HttpRequest, sent: Sent, status: int) -> HttpResponse:
    """The list with its toolbar as it was sent."""
    again.keep_sent(request, sent)
    answer = again.drawn(request, back(request), status, among=_lists())
    if answer is None and sent.problem:
        messages.error(request, sent.problem)
    return answer or redirect(back(request))


def _lists() -> frozenset[str]:
    """The pages with the toolbar of a batch."""
    return frozenset(name for kind in kinds.all_kinds() for name in (kind.queue_url, kind.verification_url) if name)


def _desks() -> frozenset[str]:
    """The pages that hold a decision's form: queues, and documents by themselves."""
    return _lists() | {kind.url for kind in kinds.all_kinds()}
