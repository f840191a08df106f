"""A refused decision or batch: the desk it was sent from, drawn once more with what was sent and why not."""

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xueshi.kernel.errors import TradeError
from xueshi.organisations.actors import Actor
from xueshi.reviews import kinds, queues, selectors
from xueshi.reviews.deciding import Report
from xueshi.reviews.web.forms import FINDING, typed_from
from xueshi.ui import again
from xueshi.ui.again import Sent
from xueshi.ui.web.errors import error_page

_NAMED_AT_MOST = 5


def desks_of(actor: Actor, case_ids: Iterable[int]) -> list[str]:
    """Where some cases belong that are posted without saying from where; nowhere if the actor sees none of them."""
    case = selectors.first_seen(actor, case_ids)
    return desks_at(case.kind, case.stage) if case is not None else []


def desks_at(kind: str, stage: str | None) -> list[str]:
    """The addresses of a kind's desks, first that of the stage."""
    return [reverse(name) for name in kinds.kind(kind).queues_at(stage)]


def refused(request: HttpRequest, refusal: TradeError, own: Sequence[str]) -> HttpResponse:
    """The desk with the reason beside the field of its detail or toolbar; above the list where nothing was typed.

    ``own`` are the desks of what was to be decided: one of them stands in where it was sent from no desk.
    """
    problem, field = refusal.message, getattr(refusal, "field", "")
    posted, rows = request.POST, request.POST.getlist("row")
    if "action" in posted:
        sent = Sent(frozenset(rows), posted.get("comment", ""), problem, about_comment=field == "comment")
        return _list(request, sent, refusal.status, own)
    if len(rows) == 1 and _typed(request):
        return _beside(request, problem, field, refusal.status, own)
    messages.error(request, problem)
    return _desk(request, refusal.status, own)


def nothing_done(request: HttpRequest, report: Report, own: Sequence[str]) -> HttpResponse:
    """The desk where none of the cases was decided, each of them named with its reason; ``own`` as in ``refused``."""
    posted, status = request.POST, max(one.status for one in report.refused)
    if "action" not in posted and len(report.refused) == 1 and _typed(request):
        return _beside(request, report.refused[0].reason, FINDING, status, own)
    tell_refused(request, report)
    if "action" in posted:
        return _list(request, Sent(frozenset(posted.getlist("row")), posted.get("comment", "")), status, own)
    return _desk(request, status, own)


def tell_refused(request: HttpRequest, report: Report) -> None:
    """Name the cases that stay as they were above the next page, the first few of them by title."""
    for refusal in report.refused[:_NAMED_AT_MOST]:
        messages.warning(request, f"未处理“{refusal.title}”：{refusal.reason}")
    if len(report.refused) > _NAMED_AT_MOST:
        messages.warning(request, f"另有 {len(report.refused) - _NAMED_AT_MOST} 条未处理，请刷新列表查看")


def _typed(request: HttpRequest) -> bool:
    """Whether a decision came from an open detail, or with words that only a detail shows again."""
    return bool(request.POST.get("here") or request.POST.get("comment"))


def _beside(request: HttpRequest, problem: str, field: str, status: int, own: Sequence[str]) -> HttpResponse:
    """The detail with what was typed: where it was sent from, else opened at a desk of its own."""
    case_id, typed = typed_from(request.POST, problem, field)
    queues.keep_typed(request, case_id, typed)
    here = [again.back(request, "", "here")] if request.POST.get("here") else []
    opened = (f"{address}?case={case_id}" for address in own)
    answer = again.first_drawn(request, [*here, *opened], status, among=_desks())
    if answer is None:
        messages.error(request, problem)
    return answer or _desk(request, status, own)


def _list(request: HttpRequest, sent: Sent, status: int, own: Sequence[str]) -> HttpResponse:
    """The list with its toolbar as it was sent."""
    again.keep_sent(request, sent)
    answer = again.first_drawn(request, [again.back(request, ""), *own], status, among=_lists())
    if answer is None and sent.problem:
        messages.error(request, sent.problem)
    return answer or _desk(request, status)


def _desk(request: HttpRequest, status: int, own: Sequence[str] = ()) -> HttpResponse:
    """The page it was sent from, a desk of its own or the reviewer's home, under what the messages say."""
    home = reverse("portal:home")
    answer = again.first_drawn(request, [again.back(request, ""), *own], status, among=_desks())
    return answer or again.drawn(request, home, status) or error_page(request, status)


def _lists() -> frozenset[str]:
    """The pages with the toolbar of a batch."""
    return frozenset(name for kind in kinds.all_kinds() for name in kind.queues_at(None))


def _desks() -> frozenset[str]:
    """The pages that hold a decision's form: queues, and documents by themselves."""
    return _lists() | {kind.url for kind in kinds.all_kinds()}
