"""Deciding through the browser."""

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from xueshi.kernel.errors import MovedOn, NotFound, RuleBroken
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.policies.requests import actor_of
from xueshi.reviews import batches, deciding, kinds, queues, selectors, services
from xueshi.reviews.models import BatchRun
from xueshi.reviews.states import Verdict
from xueshi.reviews.tasks import run_batch
from xueshi.reviews.web import again
from xueshi.reviews.web.forms import case_ids_from, order_from, remark_from, verdict_from
from xueshi.ui.again import back
from xueshi.ui.routes import route

REVIEWING = (Power.REVIEW_ACCOUNTS.value, Power.REVIEW_HOURS.value, Power.VERIFY_HOURS.value)
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
        return again.refused(request, broken, again.desks_of(actor, case_ids_from(request.POST)))
    if not report.done:
        return again.nothing_done(request, report, again.desks_of(actor, order.items))
    messages.success(request, f"已{_WORDS[order.verdict]} {len(report.done)} 条")
    again.tell_refused(request, report)
    return redirect(back(request, reverse("portal:home")))


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
    """全部通过 / 全部驳回: keep the set that was shown, with what was typed, and ask for confirmation."""
    actor = actor_of(request)
    try:
        kind, stage, items = queues.shown(actor, request.POST.get("token", ""))
    except signing.BadSignature:
        raise NotFound from None
    verdict = verdict_from(request.POST)
    try:
        comment, _concerns = remark_from(request.POST, verdict)
        run = batches.freeze(actor, batches.Freeze(kind, stage, verdict, items, comment))
    except (RuleBroken, MovedOn) as refusal:
        return again.refused(request, refusal, again.desks_at(kind, stage))
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
    } | _foreseen(run)
    return render(request, "reviews/batch.html", context, status=status)


def _queue(run: BatchRun) -> str:
    """The list that the set was shown on."""
    return reverse(kinds.kind(run.kind).queues_at(run.stage)[0])


def _foreseen(run: BatchRun) -> dict[str, object]:
    """How many of the shown set moved on, and what passing the others would bring about; nothing once it has begun."""
    if run.started_at is not None:
        return {}
    left = sorted(selectors.unchanged(dict(run.items)))
    foreseen = kinds.kind(run.kind).foresee(left) if run.verdict == Verdict.PASS else ()
    return {"moved_on": len(run.items) - len(left), "foreseen": foreseen}


def _started(actor: Actor, run: BatchRun) -> HttpResponse:
    if len(run.items) <= batches.AT_ONCE:
        batches.work(run.pk)
    else:
        run_batch.defer(run_id=run.pk)
    return redirect("reviews:batch", token=run.token)
