"""Reading cases."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from xueshi.organisations.actors import Actor
from xueshi.reviews import permissions
from xueshi.reviews.models import CaseEvent, ReviewCase
from xueshi.reviews.states import Stage


def cases_seen(actor: Actor) -> QuerySet[ReviewCase]:
    """Every case the actor may see."""
    return ReviewCase.objects.filter(permissions.cases_seen_by(actor)).select_related("organisation", "desk", "owner")


def inbox(actor: Actor, kind: str, stage: Stage = Stage.REVIEW) -> QuerySet[ReviewCase]:
    """The cases of a kind that wait at the actor's desk, oldest first."""
    rows = ReviewCase.objects.filter(desk_id=actor.desk_id, kind=kind, stage=stage)
    return rows.filter(permissions.cases_decidable_by(actor)).order_by("waiting_since", "pk")


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
