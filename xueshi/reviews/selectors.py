"""Reading cases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import JSONObject, TruncDate

from xueshi.accounts.models import User
from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound
from xueshi.kernel.many import Among
from xueshi.kernel.wording import worded
from xueshi.organisations import selectors as bodies
from xueshi.organisations.actors import Actor, actor_from
from xueshi.organisations.models import Membership
from xueshi.policies import registry
from xueshi.reviews import kinds, permissions
from xueshi.reviews.models import CaseEvent, RejectionReason, RemovedRecord, ReviewCase, ReviewStep
from xueshi.reviews.rules import Step
from xueshi.reviews.states import CaseState, Move, Stage, StepState


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for refusing that a reviewer may choose; ``own`` is its key in the organisation's list, if there."""

    text: str
    concerns: str = ""
    concerns_label: str = ""
    own: int | None = None

    @property
    def value(self) -> str:
        """What choosing it posts: the field and the words."""
        return f"{self.concerns}:{self.text}"


@dataclass(frozen=True, slots=True)
class Rejection:
    """What the last desk that refused a document said, and of which field (empty: of the whole)."""

    comment: str
    concerns: str
    concerns_label: str
    organisation: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HandedOn:
    """One handing on inside a desk: whose move, and to whom (nobody when it was taken back)."""

    move: str
    by: str
    to: str | None
    at: datetime
    comment: str


@dataclass(frozen=True, slots=True)
class Cohort:
    """Cases of one kind that came to one desk on one day and wait there still."""

    desk_id: int
    kind: str
    stage: Stage
    since: date
    number: int


def cases_seen(actor: Actor) -> QuerySet[ReviewCase]:
    """Every case the actor may see."""
    return ReviewCase.objects.filter(permissions.cases_seen_by(actor)).select_related("organisation", "desk", "owner")


def case_for(actor: Actor, case_id: int) -> ReviewCase:
    """One visible case with its steps; ``NotFound`` when absent or not theirs."""
    rows = cases_seen(actor).select_related("handler__user").prefetch_related("steps")
    found = rows.filter(pk=case_id).first()
    if found is None:
        raise NotFound
    return found


def first_seen(actor: Actor, case_ids: Iterable[int]) -> ReviewCase | None:
    """One of some cases that the actor may see; None where they see none of them."""
    return cases_seen(actor).filter(Among("pk", set(case_ids))).order_by("pk").first()


def inbox(actor: Actor, kind: str, stage: Stage = Stage.REVIEW) -> QuerySet[ReviewCase]:
    """The cases of a kind that wait at the actor's desk, oldest first."""
    rows = ReviewCase.objects.filter(desk_id=actor.desk_id, kind=kind, stage=stage)
    return rows.filter(permissions.cases_decidable_by(actor)).order_by("waiting_since", "pk")


def queue(actor: Actor, kind: str, stage: Stage = Stage.REVIEW) -> QuerySet[ReviewCase]:
    """The cases of a kind that wait at the actor's desk or were decided there.

    ``waits_here`` and ``decided_here`` can be filtered by, and one of them is true of each. What was entrusted to a
    colleague is listed too, so that nothing waits for somebody absent; what its owner took back (ORG-39) and what the
    actor took off their list (REV-06) is left out.
    """
    decided = ReviewStep.objects.filter(
        desk_id=actor.desk_id, stage=stage, state__in=[StepState.PASSED, StepState.FAILED]
    )
    waiting = Q(desk_id=actor.desk_id, stage=stage) & permissions.cases_reviewable_by(actor)
    kept = Q(pk__in=decided.values("case_id")) & ~taken_off(actor, "pk") & ~Q(state=CaseState.WITHDRAWN)
    rows = (
        ReviewCase.objects.filter(kind=kind)
        .select_related("handler__user")
        .alias(
            waits_here=ExpressionWrapper(waiting, output_field=BooleanField()),
            decided_here=ExpressionWrapper(kept & (Q(desk=None) | ~waiting), output_field=BooleanField()),
        )
    )
    return rows.filter(waiting | kept)


def taken_off(actor: Actor, case: str = "case_id") -> Exists:
    """Whether the actor took a row off their list (REV-06); ``case`` is the path from the row to its case's key."""
    return Exists(RemovedRecord.objects.filter(case_id=OuterRef(case), user_id=actor.user.pk))


def decided_by_desk(actor: Actor, stage: Stage) -> QuerySet[ReviewStep]:
    """What the actor's body decided at a stage, in order, with who decided: for lists that name the reviewer."""
    states = [StepState.PASSED, StepState.FAILED]
    rows = ReviewStep.objects.filter(desk_id=actor.desk_id, stage=stage, state__in=states)
    return rows.select_related("decided_by").order_by("round", "position")


def ways() -> Prefetch[str, QuerySet[ReviewStep], str]:
    """The way of the case behind a row: every step of every round in order, for a page that tells it whole."""
    rows = ReviewStep.objects.select_related("desk", "decided_by").order_by("round", "position")
    return Prefetch("case__steps", rows)


def colleagues(actor: Actor, case: ReviewCase) -> list[Membership]:
    """The other administrators of the actor's desk who might review the case: whom it can be entrusted to."""
    hats = bodies.administrators(actor.desk_id) if actor.desk_id is not None else ()
    return [
        hat for hat in hats if hat.user_id != actor.user.pk and permissions.may_review(actor_from(hat.user, hat), case)
    ]


def handings_on() -> ArraySubquery:
    """How the case of a row came from hand to hand, as part of another question; ``entrustings`` reads it."""
    moves = [Move.ENTRUST, Move.TAKE_BACK]
    rows = CaseEvent.objects.filter(case_id=OuterRef("case_id"), round=OuterRef("case__round"), move__in=moves)
    told = JSONObject(move="move", by="by__name", to="to__name", at="at", comment="comment")
    return ArraySubquery(rows.order_by("version").values_list(told))


def entrustings(case: ReviewCase, told: Iterable[Mapping[str, Any]]) -> list[HandedOn]:
    """How a case came to its present handler in this round, oldest first; nothing while nobody has it."""
    if case.handler_id is None:
        return []
    return [HandedOn(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in told]


def last_rejection(case_id: int) -> Rejection | None:
    """Why a rejected document was refused in its last round; ``None`` when nobody refused it. The caller may see it."""
    rows = ReviewStep.objects.filter(case_id=case_id, state=StepState.FAILED).select_related("desk")
    step = rows.order_by("-round", "-position").first()
    if step is None or step.decided_at is None:
        return None
    return Rejection(step.comment, step.concerns, step.concerns_label, step.desk.name, step.decided_at)


def own_reasons(actor: Actor, kind: str) -> QuerySet[RejectionReason]:
    """The reasons that the actor's organisation keeps for a kind of document."""
    return RejectionReason.objects.filter(permissions.reasons_kept_by(actor), kind=kind).order_by("pk")


def reasons(actor: Actor, kind: str) -> list[Reason]:
    """What a reviewer may choose when refusing: the organisation's own reasons, then those of the pack."""
    if actor.organisation is None:
        return []
    labels = kinds.kind(kind).fields(actor.organisation.portal)
    own = [_reason(row.text, row.concerns, labels, row.pk) for row in _kept(actor, kind)]
    known = {reason.text for reason in own}
    common = registry.pack(actor.organisation.portal).rejections(kind)
    return [*own, *(_reason(one.text, one.concerns, labels) for one in common if one.text not in known)]


def _kept(actor: Actor, kind: str) -> list[RejectionReason]:
    """The rows of ``own_reasons``, which stand beside every desk."""
    return _reasons(actor.desk_id, kind) if permissions.can_keep_reasons(actor, kind) else []


@worded
def _reasons(organisation_id: int, kind: str) -> QuerySet[RejectionReason]:
    return RejectionReason.objects.filter(organisation_id=organisation_id, kind=kind).order_by("pk")


def _reason(text: str, concerns: str, labels: Mapping[str, str], own: int | None = None) -> Reason:
    """A reason whose field the portal does not ask is about the whole."""
    label = labels.get(concerns, "")
    return Reason(text, concerns if label else "", label, own)


def todo_counts(actor: Actor) -> dict[tuple[str, Stage], int]:
    """How many cases wait for this actor, by kind and stage: one query over all kinds (DSH-01)."""
    counted = _waiting(actor).values_list("kind", "stage").annotate(number=Count("pk"))
    return {(kind, Stage(stage)): number for kind, stage, number in counted if stage is not None}


def todo_counted(actor: Actor) -> ArraySubquery:
    """``todo_counts`` as part of another question; ``todo_read`` reads the answer."""
    counted = _waiting(actor).values("kind", "stage").annotate(number=Count("pk"))
    return ArraySubquery(counted.values_list(JSONObject(kind="kind", stage="stage", number="number")))


def todo_read(answer: Iterable[Mapping[str, Any]] | None) -> dict[tuple[str, Stage], int]:
    """What ``todo_counts`` says, from the answer to ``todo_counted``."""
    return {(one["kind"], Stage(one["stage"])): one["number"] for one in answer or () if one["stage"] is not None}


def _waiting(actor: Actor) -> QuerySet[ReviewCase]:
    rows = ReviewCase.objects if actor.desk_id is not None else ReviewCase.objects.none()
    return rows.filter(permissions.cases_decidable_by(actor)).order_by()


def waiting_since(portal: str, before: datetime) -> list[Cohort]:
    """What has waited at the desks of a portal since ``before`` or longer, oldest first."""
    rows = ReviewCase.objects.filter(portal=portal, desk__isnull=False, waiting_since__lte=before).order_by()
    day = TruncDate("waiting_since", tzinfo=clock.SHANGHAI)
    counted = rows.annotate(day=day).values_list("desk_id", "kind", "stage", "day").annotate(number=Count("pk"))
    found = [Cohort(desk, kind, Stage(stage), day, n) for desk, kind, stage, day, n in counted if desk and stage]
    return sorted(found, key=lambda one: (one.since, one.desk_id, one.kind))


def history(case_ids: Iterable[int]) -> QuerySet[CaseEvent]:
    """The lines of history of some cases, oldest first."""
    rows = CaseEvent.objects.filter(case_id__in=list(case_ids))
    return rows.select_related("by", "organisation").order_by("case_id", "version")


def chains_of(case_ids: Iterable[int]) -> Mapping[int, list[Step]]:
    """The steps of some cases, by case in their order; one question for thousands."""
    found: dict[int, list[Step]] = defaultdict(list)
    rows = ReviewStep.objects.filter(Among("case_id", case_ids)).order_by("case_id", "round", "position")
    for step in map(Step._make, rows.values_list(*Step._fields)):
        found[step.case_id].append(step)
    return found


def unchanged(items: Mapping[int, int]) -> set[int]:
    """Which of some cases are still in the version that a reviewer was shown; ``items`` maps case id to version."""
    now = ReviewCase.objects.filter(Among("pk", items)).values_list("pk", "version")
    return {case_id for case_id, version in now if version == items[case_id]}


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """How people are called."""
    return dict(User.objects.filter(Among("pk", set(user_ids))).values_list("pk", "name"))
