"""Who reviews in place of a body whose right to review was closed (AMB-27): what waits moves up, and back again."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Q

from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import Power
from xueshi.reviews import kinds
from xueshi.reviews.models import ReviewCase, ReviewStep
from xueshi.reviews.services.noting import Moved, note
from xueshi.reviews.states import CASE_MOVES, CaseState, Move, Stage, StepState


@transaction.atomic
def move_up(power: Power, closed: Organisation, stand_in: Organisation, *, by: audit.By, comment: str) -> int:
    """What ``power`` would review at ``closed`` waits at ``stand_in`` from now on; returns how many cases."""
    waiting = Q(desk=closed, stage=Stage.REVIEW, kind__in=_kinds(power))
    cases = _locked(waiting)
    steps = ReviewStep.objects.filter(case__in=cases, state=StepState.ACTIVE)
    steps.filter(home=None).update(home=closed)
    steps.update(desk=stand_in)
    _redirect(cases, stand_in, by, comment)
    return len(cases)


@transaction.atomic
def bring_back(power: Power, opened: Organisation, *, by: audit.By, comment: str) -> int:
    """What still waits elsewhere in place of ``opened`` waits there again; returns how many cases."""
    above = [int(key) for key in (opened.path or "").split(".") if key and int(key) != opened.pk]
    steps = ReviewStep.objects.filter(desk__in=above, stage=Stage.REVIEW, state=StepState.ACTIVE, home=opened)
    found = _locked(Q(kind__in=_kinds(power), pk__in=steps.values("case_id")))
    still = set(steps.filter(case__in=found).values_list("case_id", flat=True))  # some were decided before the lock
    cases = [case for case in found if case.pk in still]
    ReviewStep.objects.filter(case__in=cases, state=StepState.ACTIVE).update(desk=opened)
    _redirect(cases, opened, by, comment)
    return len(cases)


def _kinds(power: Power) -> list[str]:
    return [kind.key for kind in kinds.all_kinds() if kind.powers.get(Stage.REVIEW) == power]


def _locked(wanted: Q) -> list[ReviewCase]:
    return list(ReviewCase.objects.select_for_update(no_key=True).filter(wanted).order_by("pk"))


def _redirect(cases: Sequence[ReviewCase], desk: Organisation, by: audit.By, comment: str) -> None:
    ReviewCase.objects.filter(pk__in=[case.pk for case in cases]).update(
        desk=desk, handler=None, version=F("version") + 1
    )
    note(by, [_moved(case, desk, comment) for case in cases], clock.now())


def _moved(case: ReviewCase, desk: Organisation, comment: str) -> Moved:
    state = CASE_MOVES.next(CaseState(case.state), Move.REDIRECT)
    return Moved(case, Move.REDIRECT, case.version + 1, state, comment, details={"desk": desk.pk})
