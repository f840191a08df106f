"""Who reviews in place of a body whose right to review was closed (AMB-27): its steps move up, and back again."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.many import Among
from xueshi.organisations.models import Organisation
from xueshi.organisations.services import reviewing_body
from xueshi.organisations.states import Power
from xueshi.policies.chains import Step
from xueshi.reviews import kinds
from xueshi.reviews.models import ReviewCase, ReviewStep
from xueshi.reviews.rules import StepPlan
from xueshi.reviews.services.noting import Moved, note
from xueshi.reviews.states import CASE_MOVES, CaseState, Move, Stage, StepState


def planned(step: Step, desk: Organisation) -> StepPlan:
    """A step as it is frozen now, for kinds whose right to review can be closed: at its desk or at who stands in."""
    stands_in = reviewing_body(desk) if step.stage is Stage.REVIEW else desk
    home = desk.pk if stands_in.pk != desk.pk else None
    return StepPlan(step.key, step.label, stands_in.pk, step.stage, settles=step.posts, home_id=home)


@transaction.atomic
def move_up(power: Power, closed: Organisation, stand_in: Organisation, *, by: audit.By, comment: str) -> int:
    """What ``power`` would review at ``closed``, now or later, is reviewed at ``stand_in`` from now on.

    Returns how many cases wait there instead. The caller holds the lock of ``closed``, as who hands in does.
    """
    moved = _given(_to_come(power).filter(desk=closed), stand_in)
    _redirect(moved, stand_in, by, comment)
    return len(moved)


@transaction.atomic
def bring_back(power: Power, opened: Organisation, *, by: audit.By, comment: str) -> int:
    """What others would review in place of ``opened``, now or later, is its own again; returns how many cases came."""
    above = [int(key) for key in (opened.path or "").split(".") if key and int(key) != opened.pk]
    moved = _given(_to_come(power).filter(desk__in=above, home=opened), opened)
    _redirect(moved, opened, by, comment)
    return len(moved)


def _to_come(power: Power) -> QuerySet[ReviewStep]:
    """The reviews that nobody has decided yet, the present ones and those after them."""
    open_states = [StepState.ACTIVE, StepState.WAITING]
    return ReviewStep.objects.filter(stage=Stage.REVIEW, state__in=open_states, case__kind__in=_kinds(power))


def _given(steps: QuerySet[ReviewStep], desk: Organisation) -> list[ReviewCase]:
    """Give steps to a desk, under the locks of their cases; returns the cases whose turn it is there."""
    cases = _locked(steps.values_list("case_id", flat=True))
    still = steps.filter(Among("case_id", (case.pk for case in cases)))  # some were decided before the lock
    active = set(still.filter(state=StepState.ACTIVE).values_list("case_id", flat=True))
    still.update(home=Coalesce("home", "desk"), desk=desk)
    return [case for case in cases if case.pk in active]


def _kinds(power: Power) -> list[str]:
    return [kind.key for kind in kinds.all_kinds() if kind.powers.get(Stage.REVIEW) == power]


def _locked(pks: Iterable[int]) -> list[ReviewCase]:
    return list(ReviewCase.objects.select_for_update(no_key=True).filter(Among("pk", set(pks))).order_by("pk"))


def _redirect(cases: Sequence[ReviewCase], desk: Organisation, by: audit.By, comment: str) -> None:
    ReviewCase.objects.filter(pk__in=[case.pk for case in cases]).update(
        desk=desk, handler=None, version=F("version") + 1
    )
    note(by, [_moved(case, desk, comment) for case in cases], clock.now())


def _moved(case: ReviewCase, desk: Organisation, comment: str) -> Moved:
    state = CASE_MOVES.next(CaseState(case.state), Move.REDIRECT)
    return Moved(case, Move.REDIRECT, case.version + 1, state, comment, details={"desk": desk.pk})
