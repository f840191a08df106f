"""批量打印: freeze the years that were chosen, print them in slices with progress, keep the file for a day.

No lock is held while papers are drawn. Printing a paper again gives the same paper, so a slice that a killed worker
left half done, or that two workers did at once, is simply done again; only its count is taken once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from xueshi.accounts import limits
from xueshi.accounts.limits import Limit
from xueshi.audit import services as audit
from xueshi.certificates import bundles, permissions, selectors, services
from xueshi.certificates.models import PrintRun
from xueshi.certificates.states import PrintForm
from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.kernel import clock, one_time
from xueshi.kernel.errors import NotFound, RuleBroken, TradeError
from xueshi.ledger import selectors as ledger
from xueshi.organisations import selectors as bodies
from xueshi.organisations.actors import Actor, actor_from

MOST = 2_000
"""Years of one run."""
SLICE = 20
"""Papers between two reports of progress."""
AT_ONCE = 5
"""Up to so many papers are printed inside the request; more become a job (A5)."""
STALE = timedelta(minutes=2)
"""A run that has not moved for so long lost its process."""

_RUNS = Limit("certificate-printing", 20, timedelta(hours=1))
_BUSY = "上一批证书还在打印，请等待完成后再打印下一批"
_ENDED = "打印期间学时发生变化，证书已失效"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to print of the frozen years: the kind of certificate, and the form of the file."""

    kind: str
    form: PrintForm


@transaction.atomic
def freeze(actor: Actor, account_ids: Sequence[int]) -> PrintRun:
    """Keep the chosen years, in their order, under a token; those out of reach are not in it.

    Raises ``RuleBroken`` for none or too many, ``NotAllowed`` for who does not print for others.
    """
    permissions.can_print_for_others(actor).require()
    if actor.membership is None:
        raise NotFound
    if len(account_ids) > MOST:
        message = f"一次最多打印 {MOST} 份，请用查询条件缩小范围后分批打印"
        raise RuleBroken(message)
    seen = set(ledger.accounts_seen(actor).filter(pk__in=list(account_ids)).values_list("pk", flat=True))
    items = [pk for pk in dict.fromkeys(account_ids) if pk in seen]
    if not items:
        raise RuleBroken("请先选择要打印的人员")
    return PrintRun.objects.create(
        token=one_time.token(), membership=actor.membership, items=items, created_at=clock.now()
    )


def start(actor: Actor, token: str, wanted: Wanted) -> tuple[PrintRun, bool]:
    """Start a frozen run; the second press of the same button finds it started: (run, whether this call did it).

    Raises ``RuleBroken`` while another run of the actor is at work, ``TooMany`` beyond 20 an hour (F5).
    """
    run = selectors.print_run_for(actor, token)
    if run.started_at is not None:
        return run, False
    limits.require(_RUNS, str(actor.user.pk), "批量打印过于频繁，请稍后再试")
    return _started(run, wanted)


@transaction.atomic
def _started(run: PrintRun, wanted: Wanted) -> tuple[PrintRun, bool]:
    """All open runs of the hat are locked, so that two started at once come one after the other."""
    rows = PrintRun.objects.select_for_update(no_key=True).order_by("pk")
    held = {one.pk: one for one in rows.filter(membership=run.membership, finished_at=None)}
    mine = held.get(run.pk)
    if mine is None or mine.started_at is not None:
        return PrintRun.objects.get(pk=run.pk), False
    if any(one.started_at is not None for one in held.values()):
        raise RuleBroken(_BUSY)
    mine.kind, mine.form = wanted.kind, wanted.form
    mine.started_at = mine.worked_at = clock.now()
    mine.save(update_fields=["kind", "form", "started_at", "worked_at"])
    return mine, True


def work(run_id: int) -> None:
    """Print the rest of a started run and make its file; may be called again after a crash.

    Authority is read anew for each slice (A6): a hat taken away meanwhile ends the run without a file.
    """
    while run := _unfinished(run_id):
        actor = _actor(run)
        if actor is None:
            _take_down(run, _Done(refused=[_refusal(f"其余 {run.total - run.processed} 份", "打印权限已被收回")]))
        elif run.processed < run.total:
            _note(run, _print_slice(run, actor))
        else:
            _finish(run, actor)


def resume() -> int:
    """Go on with runs whose process was killed; returns how many those were."""
    still = PrintRun.objects.filter(worked_at__lt=clock.now() - STALE, finished_at=None)
    left = list(still.order_by("pk").values_list("pk", flat=True))
    for run_id in left:
        work(run_id)
    return len(left)


def sweep() -> int:
    """Remove files whose day is over, questions nobody answered, and runs long past; returns how many files went."""
    now, kept = clock.now(), settings.RETENTION
    over = list(PrintRun.objects.filter(expires_at__lt=now, result__isnull=False).select_related("result"))
    for run in over:
        _drop_file(run)
    PrintRun.objects.filter(started_at=None, created_at__lt=now - kept["unanswered_runs"]).delete()
    PrintRun.objects.filter(created_at__lt=now - kept["finished_runs"], result=None).delete()
    return len(over)


@dataclass
class _Done:
    papers: list[int] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    count: int = 0


def _refusal(title: str, reason: str) -> dict[str, str]:
    return {"title": title, "reason": reason}


def _unfinished(run_id: int) -> PrintRun | None:
    rows = PrintRun.objects.filter(pk=run_id, started_at__isnull=False, finished_at=None)
    return rows.select_related("membership__user", "membership__organisation").first()


def _actor(run: PrintRun) -> Actor | None:
    wearer = run.membership.user
    hat = bodies.hat(wearer.pk, run.membership.organisation.portal, run.membership_id)
    actor = actor_from(wearer, hat) if hat is not None and wearer.is_active else None
    return actor if actor is not None and permissions.can_print_for_others(actor) else None


def _print_slice(run: PrintRun, actor: Actor) -> _Done:
    ids = run.items[run.processed : run.processed + SLICE]
    seen = {row.pk: row for row in ledger.accounts_seen(actor).filter(pk__in=ids)}
    done = _Done(count=len(ids))
    for pk in ids:
        title = f"{seen[pk].person.user.name}（{seen[pk].year} 年度）" if pk in seen else "一名已不在管辖范围内的人员"
        try:
            done.papers.append(services.issue(actor, pk, run.kind).pk)
        except NotFound:
            done.refused.append(_refusal(title, "已不在您的管辖范围内"))
        except TradeError as error:
            done.refused.append(_refusal(title, str(error)))
    return done


@transaction.atomic
def _note(run: PrintRun, done: _Done) -> None:
    """Take the slice down once: whoever did the same slice first has moved the count already."""
    held = _held(run)
    if held is None or held.processed != run.processed:
        return
    held.processed += done.count
    held.papers, held.refused, held.worked_at = held.papers + done.papers, held.refused + done.refused, clock.now()
    held.save(update_fields=["processed", "papers", "refused", "worked_at"])


def _finish(run: PrintRun, actor: Actor) -> None:
    """Make the file of the papers that still stand: hours may have been taken back while others were printed."""
    papers = selectors.papers_in_order(run.papers)
    fallen = [one for one in papers if not one.is_valid]
    standing = [one for one in papers if one.is_valid]
    file = None
    if standing:
        file = files.store_made(bundles.bundle(standing, PrintForm(run.form), clock.now()), actor.user.pk)
    refused = [_refusal(f"{one.figures.name}（{one.figures.year} 年度）", _ENDED) for one in fallen]
    _take_down(run, _Done([one.pk for one in standing], refused), file)


@transaction.atomic
def _take_down(run: PrintRun, done: _Done, file: StoredFile | None = None) -> None:
    held = _held(run)
    if held is None:  # another process was first
        if file is not None:
            files.discard(file)
        return
    now = clock.now()
    held.processed, held.papers, held.refused = held.total, done.papers, held.refused + done.refused
    held.result, held.worked_at, held.finished_at, held.expires_at = file, now, now, _until(now)
    held.save(update_fields=["processed", "papers", "refused", "result", "worked_at", "finished_at", "expires_at"])
    by = audit.By(run.membership.user_id, run.membership.organisation_id)
    audit.record(by, "certificates.printed", held, papers=len(done.papers), refused=len(held.refused))


def _until(now: datetime) -> datetime:
    """How long the file lasts."""
    return now + settings.RETENTION["printed_files"]


def _held(run: PrintRun) -> PrintRun | None:
    """The run under its lock, if it is still unfinished."""
    rows = PrintRun.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    return rows.filter(pk=run.pk, finished_at=None).first()


@transaction.atomic
def _drop_file(run: PrintRun) -> None:
    file, run.result = run.result, None
    run.save(update_fields=["result"])
    if file is not None:
        files.discard(file)
