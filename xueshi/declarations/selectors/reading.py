"""Declarations for whoever may see them: one's own, and one of them whole."""

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from xueshi.declarations import permissions
from xueshi.declarations.models import Declaration
from xueshi.declarations.selectors.progress import STATES, with_state
from xueshi.declarations.states import DeclarationState
from xueshi.kernel.errors import NotFound
from xueshi.kernel.wording import worded, worded_row
from xueshi.organisations.actors import Actor
from xueshi.reviews import selectors as reviews
from xueshi.reviews.models import ReviewStep
from xueshi.reviews.states import StepState

_REFUSING = Prefetch("case__steps", ReviewStep.objects.filter(state=StepState.FAILED).order_by("round", "position"))
STEPS = reviews.ways()


def whole(rows: QuerySet[Declaration]) -> QuerySet[Declaration]:
    """Rows with all that one opened declaration shows of them."""
    case = ("case__desk", "case__organisation", "case__handler__user")
    return with_state(rows).select_related("person__user", "organisation", "declared_by", "declaring_body", *case)


def declarations_seen(actor: Actor) -> QuerySet[Declaration]:
    """Every declaration the actor may see, latest first."""
    rows = Declaration.objects.filter(permissions.declarations_seen_by(actor))
    return whole(rows).order_by("-changed_at", "-pk")


def own_declarations(actor: Actor) -> QuerySet[Declaration]:
    """All records of the person, including those others declared for them (CR-15)."""
    can = Exists(Declaration.objects.filter(permissions.withdrawable_by(actor), pk=OuterRef("pk")))
    return _own(actor.user.pk).annotate(can_withdraw=can)


def _own(user_id: int) -> QuerySet[Declaration]:
    """What a person's own lists read, latest first, but for what their unit has not handed in (again)."""
    known = Q(declaring_body=None) | ~STATES[DeclarationState.DRAFT]
    rows = Declaration.objects.filter(known, person__user_id=user_id, deleted_at=None)
    return with_state(rows).select_related("person", "case__desk", "case__handler__user").order_by("-changed_at", "-pk")


def declaration_for(actor: Actor, pk: int) -> Declaration:
    """One visible declaration; ``NotFound`` when absent or not theirs."""
    return _if_seen(actor, _declaration(pk))


def declaration_of_case(actor: Actor, case_id: int) -> Declaration:
    """The visible declaration behind a case; ``NotFound`` when absent or not theirs."""
    return _if_seen(actor, _of_case(case_id))


@worded_row
def _declaration(pk: int) -> QuerySet[Declaration]:
    return whole(Declaration.objects.filter(pk=pk)).prefetch_related(STEPS)


@worded_row
def _of_case(case_id: int) -> QuerySet[Declaration]:
    return whole(Declaration.objects.filter(case_id=case_id)).prefetch_related(STEPS)


def _if_seen(actor: Actor, found: Declaration | None) -> Declaration:
    if found is None or not permissions.can_see_declaration(actor, found):
        raise NotFound
    return found


def steps_of(declaration: Declaration) -> list[ReviewStep]:
    """All steps of all rounds of its case, in order; asked with the declaration by ``declaration_for`` and its like."""
    return list(declaration.case.steps.all()) if declaration.case is not None else []


RECENT = 3
"""How many declarations a person's home shows."""


def recent(actor: Actor) -> list[Declaration]:
    """The latest changed declarations of the person, with the steps that refused them."""
    return _recent(actor.user.pk)


@worded
def _recent(user_id: int) -> QuerySet[Declaration]:
    return _own(user_id).prefetch_related(_REFUSING)[:RECENT]
