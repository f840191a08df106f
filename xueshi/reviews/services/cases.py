"""Opening, resubmitting and withdrawing cases. Deciding is in ``deciding``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound
from xueshi.organisations.actors import Actor
from xueshi.reviews import kinds, permissions, rules
from xueshi.reviews.models import RemovedRecord, ReviewCase, ReviewStep
from xueshi.reviews.rules import StepPlan
from xueshi.reviews.services.noting import Moved, note
from xueshi.reviews.states import CASE_MOVES, CaseState, Move, StepState


@dataclass(frozen=True, slots=True)
class Submission:
    """What a document brings into its review. ``digest`` covers everything the reviewer will see."""

    kind: str
    portal: str
    title: str
    owner_id: int
    organisation_id: int
    digest: str
    chain: Sequence[StepPlan]


def acting(actor: Actor) -> audit.By:
    """The actor as the audit writes them down."""
    return audit.By(actor.user.pk, actor.organisation.pk if actor.organisation is not None else None)


def note_foreign_row(actor: Actor) -> None:
    """A security event: somebody sent a row that was never on their page; the batch itself was refused (A5)."""
    if actor.membership is not None:
        audit.record(acting(actor), "security.foreign_row", actor.membership)


def open_case(submission: Submission, *, by: audit.By, submitted_by_id: int) -> ReviewCase:
    """Start a review: the chain is frozen into rows now, whatever the pack says later."""
    [case] = open_cases([submission], by=by, submitted_by_id=submitted_by_id)
    return case


@transaction.atomic
def open_cases(submissions: Sequence[Submission], *, by: audit.By, submitted_by_id: int) -> list[ReviewCase]:
    """Start the reviews of several documents handed in together, in their order; a few statements for any number."""
    for submission in submissions:
        rules.check_chain(submission.chain)
    now = clock.now()
    cases = ReviewCase.objects.bulk_create(_case(one, submitted_by_id, now) for one in submissions)
    _freeze(zip(cases, (one.chain for one in submissions), strict=True))
    _note(cases, Move.SUBMIT, by)
    return cases


def _case(submission: Submission, submitted_by_id: int, now: datetime) -> ReviewCase:
    first = submission.chain[0]
    return ReviewCase(
        kind=kinds.kind(submission.kind).key,
        portal=submission.portal,
        title=submission.title,
        owner_id=submission.owner_id,
        submitted_by_id=submitted_by_id,
        organisation_id=submission.organisation_id,
        digest=submission.digest,
        desk_id=first.desk_id,
        stage=first.stage,
        submitted_at=now,
        waiting_since=now,
    )


@transaction.atomic
def resubmit(actor: Actor, case_id: int, submission: Submission) -> ReviewCase:
    """Send a withdrawn or rejected document again: a new round with a chain frozen anew."""
    rules.check_chain(submission.chain)
    case = locked(case_id)
    if not permissions.is_own(actor, case):
        raise NotFound
    case.state = CASE_MOVES.next(CaseState(case.state), Move.RESUBMIT)
    first = submission.chain[0]
    case.round += 1
    case.version += 1
    case.title, case.digest, case.organisation_id = submission.title, submission.digest, submission.organisation_id
    case.desk_id, case.stage, case.settled_at, case.handler = first.desk_id, first.stage, None, None
    case.deciders = []
    case.submitted_at = case.waiting_since = clock.now()
    case.save()
    RemovedRecord.objects.filter(case=case).delete()  # what is decided anew stands in the lists anew
    _freeze([(case, submission.chain)])
    _note([case], Move.RESUBMIT, acting(actor))
    return case


@transaction.atomic
def withdraw(actor: Actor, case_id: int) -> ReviewCase:
    """Take a pending case back before anyone decided (撤销)."""
    case = locked(case_id)
    if not permissions.can_see_case(actor, case):
        raise NotFound
    permissions.can_withdraw(actor, case).require()
    case.state = CASE_MOVES.next(CaseState(case.state), Move.WITHDRAW)
    case.version += 1
    case.desk_id = case.stage = case.waiting_since = case.handler = None
    case.save()
    case.steps.filter(round=case.round, state__in=[StepState.WAITING, StepState.ACTIVE]).update(state=StepState.DROPPED)
    kinds.kind(case.kind).on_withdrawn(kinds.Outcome(actor, [case], {}))
    _note([case], Move.WITHDRAW, acting(actor))
    return case


def locked(case_id: int) -> ReviewCase:
    """The case under its row lock; ``NotFound`` when absent."""
    rows = ReviewCase.objects.select_for_update(no_key=True, of=("self",)).filter(pk=case_id).order_by("pk")
    case = rows.select_related("organisation", "handler__user").first()
    if case is None:
        raise NotFound
    return case


def _freeze(taken: Iterable[tuple[ReviewCase, Sequence[StepPlan]]]) -> None:
    ReviewStep.objects.bulk_create(
        ReviewStep(
            case=case,
            round=case.round,
            position=position,
            key=step.key,
            label=step.label,
            desk_id=step.desk_id,
            home_id=step.home_id,
            stage=step.stage,
            settles=step.settles,
            state=StepState.ACTIVE if position == 1 else StepState.WAITING,
        )
        for case, chain in taken
        for position, step in enumerate(chain, start=1)
    )


def _note(cases: Sequence[ReviewCase], move: Move, by: audit.By) -> None:
    moved = [Moved(one, move, one.version, one.state, details={"version": one.version}) for one in cases]
    note(by, moved, clock.now())
