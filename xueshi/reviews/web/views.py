"""Deciding through the browser."""

from collections.abc import Sequence

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.policies.requests import actor_of
from xueshi.reviews import batches, deciding, kinds, queues, services
from xueshi.reviews.deciding import Refusal, Report
from xueshi.reviews.models import BatchRun
from xueshi.reviews.states import Stage, Verdict
from xueshi.reviews.tasks import run_batch
from xueshi.reviews.web import again
from xueshi.reviews.web.forms import FINDING, order_from, remark_from, typed_from, verdict_from
from xueshi.ui.routes import route

REVIEWING = (Power.REVIEW_ACCOUNTS.value, Power.REVIEW_HOURS.value, Power.VERIFY_HOURS.value)
_NAMED_AT_MOST = 5
_WORDS = {Verdict.PASS: "通过", Verdict.FAIL: "驳回"}


@route("POST", powers=REVIEWING, object_kind="reviews.reviewcase")
def decide(request: HttpRequest) -> HttpResponse:
    """通过 / 驳回 of one row, 批量通过 / 批量驳回 of ticked rows; several pass once it was read what that brings."""
    actor = actor_of(request)
    try:
        order = order_from(request.POST)
        if (ticked := batches.tick(actor, order)) is not None:
            return redirect("reviews:batch", token=ticked.token)
        report = deciding.decide_many(actor, order)
    except NotFound:
        services.note_foreign_row(actor)
        raise
    except RuleBroken as broken:
        return _refused(request, broken)
    if request.POST.get("here") and not report.done:
        return _refused(request, report.refused[0])
    _tell(request, report, order.verdict)
    return redirect(back(request))


@route("GET", "POST", powers=REVIEWING, object_kind="reviews.batchrun")
def many(request: HttpRequest) -> HttpResponse:
    """The batches one has started; POST is 全部通过 / 全部驳回."""
    if request.method == "POST":
        return _freeze(request)
    runs = [
        (kinds.kind(run.kind).label, _WORDS[Verdict(run.verdict)], run) for run in batches.runs_of(actor_of(request))
    ]
    return render(request, "reviews/batches.html", {"title": "批量处理记录", "runs": runs})


def _freeze(request: HttpRequest) -> HttpResponse:
    """全部通过 / 全部驳回: keep the set that was shown and ask for confirmation."""
    actor = actor_of(request)
    try:
        kind, stage, ids = queues.shown(actor, request.POST.get("token", ""))
        run = batches.freeze(actor, batches.Freeze(kind, stage, verdict_from(request.POST), ids))
    except signing.BadSignature:
        raise NotFound from None
    except RuleBroken as broken:
        messages.error(request, broken.message)
        return redirect(back(request))
    return redirect("reviews:batch", token=run.token)


@route("GET", "POST", powers=REVIEWING, object_kind="reviews.batchrun")
def batch(request: HttpRequest, token: str) -> HttpResponse:
    """The confirmation of a batch, its progress and its report, all at one address."""
    actor = actor_of(request)
    run, problem, status = batches.run_for(actor, token), "", 200
    if request.method == "POST":
        try:
            remark = remark_from(request.POST, Verdict(run.verdict))
            return _started(actor, batches.confirm(actor, token, *remark))
        except RuleBroken as broken:
            problem, status = broken.message, broken.status
    context = {
        "run": run,
        "problem": problem,
        "comment": request.POST.get("comment", run.comment),
        "word": _WORDS[Verdict(run.verdict)],
        "kind": kinds.kind(run.kind),
        "queue": _queue(run),
        "refusing": queues.refusing(actor, run.kind) if run.verdict == Verdict.FAIL else None,
        "foreseen": _foreseen(run),
    }
    return render(request, "reviews/batch.html", context, status=status)


def _queue(run: BatchRun) -> str:
    """The list that the set was shown on."""
    kind = kinds.kind(run.kind)
    return reverse((run.stage == Stage.VERIFICATION and kind.verification_url) or kind.queue_url)


def _foreseen(run: BatchRun) -> Sequence[str]:
    """What passing the shown set would bring about; nothing once it has begun."""
    if run.verdict != Verdict.PASS or run.started_at is not None:
        return ()
    return kinds.kind(run.kind).foresee([case_id for case_id, _version in run.items])


def _started(actor: Actor, run: BatchRun) -> HttpResponse:
    if len(run.items) <= batches.AT_ONCE:
        batches.work(run.pk)
    else:
        run_batch.defer(run_id=run.pk)
    return redirect("reviews:batch", token=run.token)


def _refused(request: HttpRequest, refusal: RuleBroken | Refusal) -> HttpResponse:
    """A refused decision: the desk once more, what was typed in place and the reason beside it, else above the list."""
    posted, rows = request.POST, request.POST.getlist("row")
    problem, field = (refusal.message, refusal.field) if isinstance(refusal, RuleBroken) else (refusal.reason, FINDING)
    beside = bool(posted.get("here")) and len(rows) == 1
    if beside:
        queues.keep_typed(request, *typed_from(posted, problem, field))
    else:
        messages.error(request, problem)
    answer = again.drawn(request, back(request, field="here" if beside else "next"), refusal.status)
    if answer is None and beside:
        messages.error(request, problem)
    return answer or redirect(back(request))


def back(request: HttpRequest, otherwise: str = "", field: str = "next") -> str:
    """Where the reviewer came from, if that is one of our pages; else ``otherwise`` or the home."""
    wanted = request.POST.get(field) or request.headers.get("Referer", "")
    address = wanted.startswith(("/", "http"))  # a bare word would be looked up as the name of a page
    if address and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return otherwise or reverse("portal:home")


def _tell(request: HttpRequest, report: Report, verdict: Verdict) -> None:
    if report.done:
        messages.success(request, f"已{_WORDS[verdict]} {len(report.done)} 条")
    for refusal in report.refused[:_NAMED_AT_MOST]:
        messages.warning(request, f"未处理“{refusal.title}”：{refusal.reason}")
    if len(report.refused) > _NAMED_AT_MOST:
        messages.warning(request, f"另有 {len(report.refused) - _NAMED_AT_MOST} 条未处理，请刷新列表查看")
