"""全部通过 and 全部驳回: freeze what the reviewer is shown, then decide it in slices with progress."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Func, IntegerField

from xueshi.kernel import clock, one_time
from xueshi.kernel.errors import MovedOn, NotFound, RuleBroken
from xueshi.kernel.many import Among
from xueshi.organisations import selectors as bodies
from xueshi.organisations.actors import Actor, actor_from
from xueshi.reviews import deciding, kinds, selectors
from xueshi.reviews.models import BatchRun
from xueshi.reviews.states import Stage, Verdict

log = logging.getLogger("xueshi.reviews")

SLICE = 200
"""Cases decided per transaction, so that locks are held briefly (D6)."""
STALE = timedelta(minutes=1)
"""A batch begun longer ago and not finished lost its process, or shares its work; slices are taken under a lock."""
LISTED = 30
"""Batches that a reviewer finds again."""
AT_ONCE = 500
"""Up to so many rows are decided inside the request; more become a job (A5)."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """The set that the reviewer is shown: cases at their desk by the version shown, whatever filter the page used.

    ``comment`` is what they had typed already; the confirmation asks for it again.
    """

    kind: str
    stage: Stage
    verdict: Verdict
    items: Mapping[int, int]
    comment: str = ""


def freeze(actor: Actor, wanted: Freeze) -> BatchRun:
    """Keep the shown set under a token, as it was shown; what arrives afterwards is not in it.

    What changed since stays in it, so that the report names it. ``MovedOn`` when nothing of it waits any more,
    ``RuleBroken`` beside ``comment`` when that is too long.
    """
    if actor.membership is None:
        raise NotFound
    deciding.check_length(wanted.comment)
    rows = selectors.inbox(actor, wanted.kind, wanted.stage).filter(Among("pk", wanted.items))
    waiting = set(rows.values_list("pk", flat=True))
    if not waiting:
        raise MovedOn("没有可以审核的记录")
    concerned = waiting | (wanted.items.keys() - selectors.unchanged(wanted.items))
    return BatchRun.objects.create(
        token=one_time.token(),
        membership=actor.membership,
        kind=wanted.kind,
        stage=wanted.stage,
        verdict=wanted.verdict,
        comment=wanted.comment,
        items=[[case_id, version] for case_id, version in wanted.items.items() if case_id in concerned],
        created_at=clock.now(),
    )


@transaction.atomic
def tick(actor: Actor, order: deciding.Order) -> BatchRun | None:
    """Keep ticked rows, as they were shown, until the reviewer has read what passing them would bring about.

    None where there is nothing to read beforehand: a single row shows it beside the list, and not every kind foresees.
    """
    if order.verdict != Verdict.PASS or len(order.items) < 2 or actor.membership is None:
        return None
    deciding.check_comment(order.verdict, order.comment)
    waiting = [case for case in deciding.within_reach(actor, order.items) if case.desk_id == actor.desk_id]
    places = {(case.kind, case.stage) for case in waiting}
    if len(places) != 1:
        return None
    [(kind, stage)] = places
    if not kinds.kind(kind).foresee([case.pk for case in waiting]):
        return None
    return BatchRun.objects.create(
        token=one_time.token(),
        membership=actor.membership,
        kind=kind,
        stage=stage or "",
        verdict=order.verdict,
        comment=order.comment,
        items=[list(one) for one in order.items.items()],
        created_at=clock.now(),
    )


def run_for(actor: Actor, token: str) -> BatchRun:
    """The actor's own batch; ``NotFound`` for anybody else."""
    run = BatchRun.objects.filter(token=token, membership=actor.membership).first()
    if run is None:
        raise NotFound
    return run


def runs_of(actor: Actor) -> list[BatchRun]:
    """The batches that this hat has started, newest first, as many as one page shows."""
    rows = BatchRun.objects.filter(membership=actor.membership, started_at__isnull=False)
    return list(
        rows.annotate(total=Func("items", function="jsonb_array_length", output_field=IntegerField()))
        .defer("items")
        .order_by("-pk")[:LISTED]
    )


@transaction.atomic
def confirm(actor: Actor, token: str, comment: str, concerns: str = "") -> BatchRun:
    """Start a frozen batch once; a second press is told so. ``concerns`` is the field a refusal speaks of."""
    run = (
        BatchRun.objects.select_for_update(no_key=True)
        .filter(token=token, membership=actor.membership)
        .order_by("pk")
        .first()
    )
    if run is None:
        raise NotFound
    if run.started_at is not None:
        raise MovedOn("这批记录已在处理")
    deciding.check_comment(run.verdict, comment)
    if concerns and concerns not in kinds.kind(run.kind).fields(_portal(actor)):
        raise RuleBroken("请从列表中选择涉及的项目", "concerns")
    run.comment, run.concerns, run.started_at = comment, concerns, clock.now()
    run.save(update_fields=["comment", "concerns", "started_at"])
    return run


def _portal(actor: Actor) -> str:
    return actor.organisation.portal if actor.organisation is not None else ""


def work(run_id: int) -> None:
    """Decide the rest of a started batch slice by slice; may be called again after a crash.

    Authority is read anew for each slice (A6): a hat taken away meanwhile ends the batch.
    """
    while _one_slice(run_id):
        continue


@transaction.atomic
def _one_slice(run_id: int) -> bool:
    rows = BatchRun.objects.select_for_update(no_key=True, of=("self",)).filter(pk=run_id).order_by("pk")
    run = rows.select_related("membership__user", "membership__organisation").first()
    if run is None or run.finished_at is not None or run.started_at is None:
        return False
    items = dict(run.items[run.processed : run.processed + SLICE])
    if items:
        _decide_slice(run, items)
    run.processed += len(items)
    if run.processed >= len(run.items):
        run.finished_at = clock.now()
    run.save(update_fields=["processed", "done", "refused", "finished_at"])
    return run.finished_at is None


def _decide_slice(run: BatchRun, items: dict[int, int]) -> None:
    wearer = run.membership.user
    hat = bodies.hat(wearer.pk, run.membership.organisation.portal, run.membership_id)
    if hat is None or not wearer.is_active:
        run.refused = [*run.refused, {"title": f"其余 {len(items)} 条", "reason": "审核权限已被收回"}]
        return
    order = deciding.Order(Verdict(run.verdict), items, run.comment, concerns=run.concerns, frozen=True)
    report = deciding.decide_many(actor_from(wearer, hat), order)
    run.done += len(report.done)
    run.refused = [*run.refused, *({"title": row.title, "reason": row.reason} for row in report.refused)]


def sweep() -> int:
    """Forget questions that nobody answered, and batches finished long ago; returns how many rows went."""
    now, kept = clock.now(), settings.RETENTION
    unanswered = BatchRun.objects.filter(started_at=None, created_at__lt=now - kept["unanswered_runs"])
    finished = BatchRun.objects.filter(finished_at__lt=now - kept["finished_runs"])
    return unanswered.delete()[0] + finished.delete()[0]


def resume() -> int:
    """Work on what a killed process left unfinished; one that fails holds up no other. Returns how many there were."""
    begun_before = clock.now() - STALE
    rows = BatchRun.objects.filter(started_at__lt=begun_before, finished_at=None)
    left = list(rows.order_by("pk").values_list("pk", flat=True))
    for run_id in left:
        try:
            work(run_id)
        except Exception:  # rule 18: told to the log and tried again; the others must not wait for it
            log.exception("batch %s failed and is tried again", run_id)
    return len(left)
