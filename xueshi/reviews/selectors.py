"""Reading cases."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from xueshi.kernel.errors import NotFound
from xueshi.organisations.actors import Actor
from xueshi.reviews import permissions
from xueshi.reviews.models import CaseEvent, ReviewCase, ReviewStep
from xueshi.reviews.states import Stage, StepState


def cases_seen(actor: Actor) -> QuerySet[ReviewCase]:
    """Every case the actor may see."""
    return ReviewCase.objects.filter(permissions.cases_seen_by(actor)).select_related("organisation", "desk", "owner")


def case_for(actor: Actor, case_id: int) -> ReviewCase:
    """One visible case with its steps; ``NotFound`` when absent or not theirs."""
    found = cases_seen(actor).filter(pk=case_id).prefetch_related("steps__desk", "steps__decided_by").first()
    if found is None:
        raise NotFound
    return found


def inbox(actor: Actor, kind: str, stage: Stage = Stage.REVIEW) -> QuerySet[ReviewCase]:
    """The cases of a kind that wait at the actor's desk, oldest first."""
    rows = ReviewCase.objects.filter(desk_id=actor.desk_id, kind=kind, stage=stage)
    return rows.filter(permissions.cases_decidable_by(actor)).order_by("waiting_since", "pk")


def decided_here(actor: Actor, kind: str, stage: Stage = Stage.REVIEW) -> QuerySet[ReviewStep]:
    """The steps of a kind that the actor's body has decided, newest first."""
    rows = ReviewStep.objects.filter(
        desk_id=actor.desk_id, case__kind=kind, stage=stage, state__in=[StepState.PASSED, StepState.FAILED]
    )
    return rows.select_related("case__owner", "decided_by").order_by("-decided_at", "-pk")


def todo_counts(actor: Actor) -> dict[tuple[str, Stage], int]:
    """How many cases wait for this actor, by kind and stage: one query over all kinds (DSH-01)."""
    if actor.desk_id is None:
        return {}
    rows = ReviewCase.objects.filter(permissions.cases_decidable_by(actor)).order_by()
    counted = rows.values_list("kind", "stage").annotate(number=Count("pk"))
    return {(kind, Stage(stage)): number for kind, stage, number in counted if stage is not None}


def history(case_ids: Iterable[int]) -> QuerySet[CaseEvent]:
    """The lines of history of some cases, oldest first."""
    rows = CaseEvent.objects.filter(case_id__in=list(case_ids))
    return rows.select_related("by", "organisation").order_by("case_id", "version")
