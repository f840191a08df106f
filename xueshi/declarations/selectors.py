"""Reading declarations."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from functools import cache

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.urls import reverse

from xueshi.declarations import permissions
from xueshi.declarations.models import Declaration, Evidence
from xueshi.declarations.states import DeclarationState, state_of
from xueshi.files.models import StoredFile
from xueshi.kernel import text
from xueshi.kernel.errors import NotFound
from xueshi.ledger.selectors import Source
from xueshi.organisations.actors import Actor
from xueshi.policies import registry
from xueshi.policies.answers import Answers, Json
from xueshi.policies.values import UnknownKey
from xueshi.policies.years import LearningForm
from xueshi.reviews import selectors as reviews
from xueshi.reviews.models import ReviewStep
from xueshi.reviews.states import CaseState, Stage, StepState

KIND = "declaration"
_VERIFYING = ReviewStep.objects.filter(stage=Stage.VERIFICATION, state=StepState.PASSED, round=OuterRef("case__round"))
_REFUSING = Prefetch("case__steps", ReviewStep.objects.filter(state=StepState.FAILED).order_by("round", "position"))
_STEPS = Prefetch("case__steps", ReviewStep.objects.select_related("desk", "decided_by").order_by("round", "position"))

# The columns of a desk's list; a detail reads the whole row.
_LISTED = (
    *("portal", "year", "form", "subject", "hours_declared", "hours_recognised", "organisation__name"),
    *("person__title", "person__user__name", "person__user__document_number"),
    *("case__state", "case__stage", "case__version", "case__submitted_at"),
)

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


def _whole(rows: QuerySet[Declaration]) -> QuerySet[Declaration]:
    return with_state(rows).select_related("person__user", "organisation", "case__desk", "case__organisation")


def declarations_seen(actor: Actor) -> QuerySet[Declaration]:
    """Every declaration the actor may see, latest first."""
    rows = Declaration.objects.filter(permissions.declarations_seen_by(actor))
    return _whole(rows).order_by("-changed_at", "-pk")


def own_declarations(actor: Actor) -> QuerySet[Declaration]:
    """All records of the person, including those others declared for them (CR-15)."""
    can = Exists(Declaration.objects.filter(permissions.withdrawable_by(actor), pk=OuterRef("pk")))
    return _own(actor).annotate(can_withdraw=can)


def _own(actor: Actor) -> QuerySet[Declaration]:
    """What a person's own lists read, latest first: they know themselves and their unit."""
    rows = Declaration.objects.filter(person__user_id=actor.user.pk, deleted_at=None)
    return with_state(rows).select_related("person", "case__desk").order_by("-changed_at", "-pk")


def declaration_for(actor: Actor, pk: int) -> Declaration:
    """One visible declaration; ``NotFound`` when absent or not theirs."""
    found = declarations_seen(actor).filter(pk=pk).prefetch_related(_STEPS).first()
    if found is None:
        raise NotFound
    return found


def declaration_of_case(actor: Actor, case_id: int) -> Declaration:
    """The visible declaration behind a case; ``NotFound`` when absent or not theirs."""
    found = declarations_seen(actor).filter(case_id=case_id).prefetch_related(_STEPS).first()
    if found is None:
        raise NotFound
    return found


def evidence_of(declaration: Declaration) -> list[Evidence]:
    """The images in order; ``is_double`` marks those whose file another declaration handed in too (D13)."""
    rows = Evidence.objects.filter(declaration=declaration).annotate(is_double=Exists(_doubles("file__source_digest")))
    return list(rows.select_related("file").order_by("position"))


def _doubles(digest: str) -> QuerySet[Evidence]:
    others = Evidence.objects.filter(file__source_digest=OuterRef(digest), declaration__case__isnull=False)
    withdrawn = Q(declaration__case__state=CaseState.WITHDRAWN) | Q(declaration__deleted_at__isnull=False)
    return others.exclude(withdrawn).exclude(declaration_id=OuterRef("declaration_id"))


def evidence_file(actor: Actor, pk: int, position: int) -> StoredFile:
    """One image of a visible declaration; ``NotFound`` for anybody else."""
    rows = Evidence.objects.filter(declaration__in=declarations_seen(actor).filter(pk=pk).values("pk"))
    found = rows.filter(position=position).select_related("file").first()
    if found is None:
        raise NotFound
    return found.file


def own_files(actor: Actor, pks: Iterable[int]) -> dict[int, StoredFile]:
    """Files this user uploaded, by key, for the previews of a form that is not saved yet."""
    wanted = list(pks)
    if not wanted:
        return {}
    return {file.pk: file for file in StoredFile.objects.filter(pk__in=wanted, uploaded_by_id=actor.user.pk)}


def steps_of(declaration: Declaration) -> list[ReviewStep]:
    """All steps of all rounds of its case, in order; asked with the declaration by ``declaration_for`` and its like."""
    return list(declaration.case.steps.all()) if declaration.case is not None else []


def desk_rows(actor: Actor, stage: Stage, *, waits: bool = False) -> QuerySet[Declaration]:
    """What a desk lists: the declarations that wait there and, unless ``waits``, those that it has decided.

    The decided ones know the desk's own steps; what the actor took off their list is left out.
    """
    rows = Declaration.objects.filter(waiting_at(actor, stage)) if waits else _with_reviewed(actor, stage)
    return rows.select_related("person__user", "organisation", "case").only(*_LISTED).annotate(is_doubled=_doubled())


def _with_reviewed(actor: Actor, stage: Stage) -> QuerySet[Declaration]:
    kept = decided_at(actor, stage) & ~Q(reviews.taken_off(actor))
    rows = with_state(Declaration.objects.filter(waiting_at(actor, stage) | kept))
    return rows.prefetch_related(Prefetch("case__steps", reviews.decided_by_desk(actor, stage)))


@cache
def _doubled() -> Exists:
    """Whether another declaration handed in one of a row's files; the same for every desk, so built once."""
    own = Evidence.objects.filter(declaration_id=OuterRef("pk"))
    return Exists(own.filter(Exists(_doubles("file__source_digest"))))


def _of_desk(actor: Actor, stage: Stage) -> QuerySet[Declaration]:
    return Declaration.objects.filter(waiting_at(actor, stage) | decided_at(actor, stage))


def at_desk(actor: Actor, stage: Stage, pk: int) -> Declaration:
    """One declaration that waits at the desk or that it has decided; ``NotFound`` when it is not there."""
    found = _whole(_of_desk(actor, stage)).filter(pk=pk).prefetch_related(_STEPS).first()
    if found is None:
        raise NotFound
    return found


def waiting_at(actor: Actor, stage: Stage) -> Q:
    """The declarations that wait at the actor's desk."""
    return Q(case__desk_id=actor.desk_id, case__stage=stage) if actor.desk_id is not None else Q(pk__in=[])


def decided_at(actor: Actor, stage: Stage) -> Q:
    """The declarations that the actor's body has decided and that do not wait there again."""
    if actor.desk_id is None:
        return Q(pk__in=[])
    states = [StepState.PASSED, StepState.FAILED]
    steps = ReviewStep.objects.filter(desk_id=actor.desk_id, stage=stage, state__in=states)
    return Q(case_id__in=steps.values("case_id")) & ~waiting_at(actor, stage)


def named(part: str, path: str) -> Q:
    """People whose name contains ``part``; ``path`` leads to the professional."""
    key = text.name_key(part)
    pieces = [key] if len(key) < 2 else [key[i : i + 2] for i in range(len(key) - 1)]
    return Q((f"{path}__name_bigrams__contains", pieces)) if key else Q()


def pending_hours(actor: Actor, year: int) -> Mapping[str, Decimal]:
    """Declared hours of the actor's own records that wait for a decision, by subject."""
    rows = Declaration.objects.filter(
        person__user_id=actor.user.pk, year=year, case__state=CaseState.PENDING, deleted_at=None
    )
    summed = rows.order_by().values_list("subject").annotate(hours=Sum("hours_declared"))
    return dict(summed)


def recent(actor: Actor, limit: int = 3) -> list[Declaration]:
    """The latest changed declarations of the person, with the steps that refused them."""
    return list(_own(actor).prefetch_related(_REFUSING)[:limit])


def learning_form(declaration: Declaration) -> LearningForm | None:
    """The form it was declared with; None when the pack no longer has it."""
    try:
        return registry.pack(declaration.portal).year(declaration.year).learning_form(declaration.form)
    except UnknownKey:
        return None


def answers_of(declaration: Declaration, form: LearningForm) -> Answers:
    """The answers as they were given, columns included, evidence not."""
    stored: dict[str, Json] = dict(declaration.answers)
    if declaration.subject:
        stored["subject"] = declaration.subject
    if declaration.hours_declared is not None:
        stored["hours"] = str(declaration.hours_declared)
    if declaration.starts_on is not None and declaration.ends_on is not None:
        stored["period"] = [declaration.starts_on.isoformat(), declaration.ends_on.isoformat()]
    return form.form.restore(stored)


def described(pks: Collection[int]) -> Mapping[int, Source]:
    """What the ledger's entries came from, for the history of a year (ANN-03)."""
    rows = Declaration.objects.filter(pk__in=pks)
    return {row.pk: _source(row) for row in rows}


def _source(row: Declaration) -> Source:
    form = learning_form(row)
    told = row.answers.get("class_name") or row.answers.get("title") or ""
    label = form.label if form is not None else row.form
    return Source(f"{label} {told}".strip(), "学时申报", reverse("declarations:detail", args=[row.pk]))
