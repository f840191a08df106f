"""Where declarations stand, of one row and as a filter."""

from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet

from xueshi.declarations.models import Declaration
from xueshi.declarations.states import DeclarationState, state_of
from xueshi.reviews.models import ReviewStep
from xueshi.reviews.states import CaseState, Stage, StepState

KIND = "declaration"
_VERIFYING = ReviewStep.objects.filter(stage=Stage.VERIFICATION, state=StepState.PASSED, round=OuterRef("case__round"))
STATES: Mapping[DeclarationState, Q] = {
    DeclarationState.DRAFT: Q(case=None) | Q(case__state=CaseState.WITHDRAWN),
    DeclarationState.PENDING: Q(case__state=CaseState.PENDING),
    DeclarationState.APPROVED: Q(case__state=CaseState.APPROVED, case__stage=None, is_verified=False),
    DeclarationState.AWAITING_VERIFICATION: Q(case__state=CaseState.APPROVED, case__stage=Stage.VERIFICATION),
    DeclarationState.VERIFIED: Q(case__state=CaseState.APPROVED, case__stage=None, is_verified=True),
    DeclarationState.REJECTED: Q(case__state=CaseState.REJECTED),
    DeclarationState.VERIFICATION_FAILED: Q(case__state=CaseState.REVOKED),
}
"""The filter of each state, over rows from ``with_state``; ``state_of`` says the same of one row."""


def with_state(rows: QuerySet[Declaration]) -> QuerySet[Declaration]:
    """Rows that know whether they were verified, so that ``state`` costs no query."""
    return rows.annotate(is_verified=Exists(_VERIFYING.filter(case_id=OuterRef("case_id"))))


def state(declaration: Declaration) -> DeclarationState:
    """Where a row from ``with_state`` stands."""
    case = declaration.case
    verified = bool(getattr(declaration, "is_verified", False))
    return state_of(case.state if case else None, case.stage if case else None, verified=verified)


def in_states(states: Iterable[DeclarationState]) -> Q:
    """The rows in any of some states."""
    wanted = Q(pk__in=[])
    for one in states:
        wanted |= STATES[one]
    return wanted
