"""What waits at a desk or was decided there."""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import JSONObject

from xueshi.declarations.models import Declaration, Evidence
from xueshi.declarations.selectors.progress import KIND, with_state
from xueshi.declarations.selectors.reading import STEPS, whole
from xueshi.duplicates import selectors as duplicates
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.kernel.wording import worded, worded_row, worded_values
from xueshi.ledger import selectors as ledger
from xueshi.organisations.actors import Actor
from xueshi.policies.answers import Json
from xueshi.policies.years import Requirement
from xueshi.reviews import selectors as reviews
from xueshi.reviews.models import ReviewStep
from xueshi.reviews.states import CaseState, Stage, StepState

# The columns of a desk's list; a detail reads the whole row.
_LISTED = (
    *("portal", "year", "form", "subject", "hours_declared", "hours_recognised", "organisation__name"),
    *("person__title", "person__user__name", "person__user__document_number"),
    *("case__state", "case__stage", "case__version", "case__submitted_at", "case__handler__user__name"),
)
WAITING_FIRST = ("case__waiting_since", "case_id")
"""What has waited longest comes first, in the order of the index of an inbox."""
_DECIDED = (StepState.PASSED, StepState.FAILED)


def desk_rows(actor: Actor, stage: Stage, *, waits: bool = False) -> QuerySet[Declaration]:
    """What a desk lists: the declarations that wait there and, unless ``waits``, those that it has decided.

    The decided ones know the desk's own steps; what the actor took off their list is left out.
    """
    here = Declaration.objects.filter(waiting_at(actor, stage)) if waits else _with_reviewed(actor, stage)
    return _listed(here)


def first_waiting(actor: Actor, number: int, *, stage: Stage) -> list[Declaration]:
    """The first of ``desk_rows`` that wait, by ``WAITING_FIRST``."""
    return _of_desk(_first_waiting(number), actor, stage)


@cache
def _first_waiting(number: int) -> Callable[..., list[Declaration]]:
    @worded
    def rows(desk_id: int, stage: str) -> QuerySet[Declaration]:
        return _listed(Declaration.objects.filter(_waits(desk_id, stage))).order_by(*WAITING_FIRST)[:number]

    return rows


def waiting_cases(actor: Actor, number: int, *, stage: Stage) -> list[tuple[int, int]]:
    """The cases of all that waits at the actor's desk, each with its version; at most as many."""
    return _of_desk(_waiting_cases(number), actor, stage)


@cache
def _waiting_cases(number: int) -> Callable[..., list[tuple[int, int]]]:
    @worded_values
    def cases(desk_id: int, stage: str) -> QuerySet[Any]:
        waiting = Declaration.objects.filter(_waits(desk_id, stage))
        return waiting.order_by("case_id").values_list("case_id", "case__version")[:number]

    return cases


def _of_desk[Found](ask: Callable[..., list[Found]], actor: Actor, stage: Stage) -> list[Found]:
    """What a kept question finds at the actor's desk; whoever has none finds nothing."""
    return ask(actor.desk_id, stage.value) if actor.desk_id is not None else []


def _listed(rows: QuerySet[Declaration]) -> QuerySet[Declaration]:
    joined = rows.select_related("person__user", "organisation", "case__handler__user")
    return joined.only(*_LISTED).annotate(is_doubled=_doubled())


def _with_reviewed(actor: Actor, stage: Stage) -> QuerySet[Declaration]:
    kept = decided_at(actor, stage) & ~Q(reviews.taken_off(actor))
    rows = with_state(Declaration.objects.filter(waiting_at(actor, stage) | kept))
    return rows.prefetch_related(Prefetch("case__steps", reviews.decided_by_desk(actor, stage)))


@cache
def _doubled() -> Exists:
    """Whether a row has something in common with another claim; the same for every desk, so built once."""
    return duplicates.flagged(KIND)


def at_desk(actor: Actor, stage: Stage, case_id: int) -> Declaration:
    """One declaration, by its case, that waits at the desk or that it has decided; ``NotFound`` when it is not there.

    It knows what ``required_of``, ``shown_evidence`` and ``entrustings`` need.
    """
    found = _opened(case_id)
    if found is None or not _is_of_desk(actor, stage, found):
        raise NotFound
    return found


@worded_row
def _opened(case_id: int) -> QuerySet[Declaration]:
    beside = {"changes": ledger.live_changes(), "scans": _scans(), "handings_on": reviews.handings_on()}
    return whole(Declaration.objects.filter(case_id=case_id)).annotate(**beside).prefetch_related(STEPS)


def required_of(row: Declaration) -> Requirement:
    """What the year of a row from ``at_desk`` asks of its person."""
    changes: list[dict[str, Json]] = getattr(row, "changes")  # noqa: B009 - an annotation
    return ledger.requirement_given(changes, row.person_id, row.portal, row.year)


def _scans() -> ArraySubquery:
    told = JSONObject(
        position="position", key="file__key", name="file__name", content_type="file__content_type", size="file__size"
    )
    return ArraySubquery(Evidence.objects.filter(declaration=OuterRef("pk")).order_by("position").values_list(told))


def shown_evidence(row: Declaration) -> list[Evidence]:
    """The images of a row from ``at_desk`` in order, with what a page says of each."""
    told: list[dict[str, Any]] = getattr(row, "scans")  # noqa: B009 - an annotation
    return [Evidence(position=one.pop("position"), file=StoredFile(**one)) for one in map(dict, told)]


def entrustings(row: Declaration) -> list[reviews.HandedOn]:
    """How the case of a row from ``at_desk`` came to its present handler, oldest first."""
    told: list[dict[str, Json]] = getattr(row, "handings_on")  # noqa: B009 - an annotation
    return reviews.entrustings(row.case, told) if row.case is not None else []


def waiting_at(actor: Actor, stage: Stage) -> Q:
    """The declarations that wait at the actor's desk."""
    return _waits(actor.desk_id, stage) if actor.desk_id is not None else Q(pk__in=[])


def _waits(desk_id: int, stage: str) -> Q:
    return Q(case__desk_id=desk_id, case__stage=stage, case__kind=KIND)


def decided_at(actor: Actor, stage: Stage) -> Q:
    """The declarations that the actor's body has decided and that neither wait there again nor were taken back."""
    if actor.desk_id is None:
        return Q(pk__in=[])
    steps = ReviewStep.objects.filter(desk_id=actor.desk_id, stage=stage, state__in=_DECIDED)
    return Q(case_id__in=steps.values("case_id")) & ~waiting_at(actor, stage) & ~Q(case__state=CaseState.WITHDRAWN)


def _is_of_desk(actor: Actor, stage: Stage, row: Declaration) -> bool:
    """Whether ``waiting_at`` or ``decided_at`` would find the row."""
    if actor.desk_id is None or row.case is None or row.case.state == CaseState.WITHDRAWN:
        return False
    turns = [(step.desk_id, step.stage) for step in row.case.steps.all() if step.state in _DECIDED]
    return (actor.desk_id, stage) in [(row.case.desk_id, row.case.stage), *turns]


def about_to_count(case_ids: Collection[int]) -> list[Declaration]:
    """Of some waiting cases those declarations whose hours count once the present desk passes them, as submitted."""
    settling = ReviewStep.objects.filter(case_id=OuterRef("case_id"), state=StepState.ACTIVE, settles=True)
    rows = Declaration.objects.filter(Exists(settling), case_id__in=case_ids).order_by("case_id")
    return list(rows.only("person_id", "portal", "year", "subject", "hours_declared"))
