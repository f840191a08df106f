"""Reading declarations."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import JSONObject
from django.urls import reverse

from xueshi.accounts.models import document_index
from xueshi.declarations import permissions
from xueshi.declarations.models import Declaration, Evidence
from xueshi.declarations.states import DeclarationState, state_of
from xueshi.duplicates import selectors as duplicates
from xueshi.files.models import StoredFile
from xueshi.kernel import text
from xueshi.kernel.errors import NotFound
from xueshi.kernel.identity import DocumentType
from xueshi.ledger import selectors as ledger
from xueshi.ledger.rules import ZERO, Held
from xueshi.ledger.selectors import Source, Uncounted
from xueshi.organisations.actors import Actor
from xueshi.people.models import Professional
from xueshi.policies import registry
from xueshi.policies.answers import Answers, Json
from xueshi.policies.values import UnknownKey
from xueshi.policies.years import LearningForm, Requirement
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
    *("case__state", "case__stage", "case__version", "case__submitted_at", "case__handler__user__name"),
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
    case = ("case__desk", "case__organisation", "case__handler__user")
    return with_state(rows).select_related("person__user", "organisation", "declared_by", "declaring_body", *case)


def declarations_seen(actor: Actor) -> QuerySet[Declaration]:
    """Every declaration the actor may see, latest first."""
    rows = Declaration.objects.filter(permissions.declarations_seen_by(actor))
    return _whole(rows).order_by("-changed_at", "-pk")


def own_declarations(actor: Actor) -> QuerySet[Declaration]:
    """All records of the person, including those others declared for them (CR-15)."""
    can = Exists(Declaration.objects.filter(permissions.withdrawable_by(actor), pk=OuterRef("pk")))
    return _own(actor).annotate(can_withdraw=can)


def _own(actor: Actor) -> QuerySet[Declaration]:
    """What a person's own lists read, latest first, but for what their unit has not handed in (again)."""
    known = Q(declaring_body=None) | ~STATES[DeclarationState.DRAFT]
    rows = Declaration.objects.filter(known, person__user_id=actor.user.pk, deleted_at=None)
    return with_state(rows).select_related("person", "case__desk", "case__handler__user").order_by("-changed_at", "-pk")


def people_declared_for(actor: Actor) -> QuerySet[Professional]:
    """The people for whom the actor's body may declare, by name; nobody for whoever may not."""
    rows = Professional.objects.filter(permissions.people_declared_for_by(actor))
    return rows.select_related("user", "employment__organisation", "employment__department").order_by(
        "name_pinyin", "pk"
    )


def people_found(actor: Actor, words: str) -> QuerySet[Professional]:
    """Those of ``people_declared_for`` with these words in their name, or with this whole document number."""
    people = people_declared_for(actor)
    return people.filter(named(words, "") | numbered(words, "user__")) if text.name_key(words) else people


def numbered(number: str, path: str) -> Q:
    """Whose whole document number this is, of whatever kind; ``path`` leads to the account, ending in ``__``."""
    written = text.half_width(number).strip().upper()
    return Q((f"{path}document_index__in", [document_index(kind, written) for kind in DocumentType]))


def declared_together(actor: Actor, keys: Collection[str]) -> list[Declaration]:
    """What the actor has handed in under some one-time keys, in the order of the people."""
    rows = Declaration.objects.filter(submission_key__in=keys, declared_by_id=actor.user.pk)
    return list(rows.select_related("case").order_by("person_id"))


def records(actor: Actor) -> QuerySet[Declaration]:
    """What the actor's body has declared for its people, latest first, with whether the actor may take it back."""
    return _recorded(actor).filter(declaring_body_id=actor.desk_id)


def records_of_people(actor: Actor) -> QuerySet[Declaration]:
    """What was declared by or for the people of the actor's body, once it was handed in, as ``records``."""
    return _recorded(actor).filter(_of_unit(actor))


def approved_records(actor: Actor) -> QuerySet[Declaration]:
    """What counts of the declarations by or for the people of the actor's body."""
    return _approved(Declaration.objects.filter(permissions.declarations_seen_by(actor), _of_unit(actor)))


def _of_unit(actor: Actor) -> Q:
    return Q(organisation_id=actor.desk_id) if actor.desk_id is not None else Q(pk__in=[])


def _approved(rows: QuerySet[Declaration]) -> QuerySet[Declaration]:
    whole = with_state(rows.filter(case__state=CaseState.APPROVED)).select_related("person__user", "case")
    return whole.order_by("-changed_at", "-pk")


def _recorded(actor: Actor) -> QuerySet[Declaration]:
    rows = Declaration.objects.filter(permissions.declarations_seen_by(actor))
    can = Exists(Declaration.objects.filter(permissions.withdrawable_by(actor), pk=OuterRef("pk")))
    whole = with_state(rows).select_related("person__user", "case__desk", "case__handler__user")
    return whole.annotate(can_withdraw=can).order_by("-changed_at", "-pk")


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
    """The images in order."""
    return list(Evidence.objects.filter(declaration=declaration).select_related("file").order_by("position"))


def evidence_file(actor: Actor, pk: int, position: int) -> StoredFile:
    """One image of a visible declaration; ``NotFound`` for anybody else."""
    rows = Evidence.objects.filter(declaration__in=declarations_seen(actor).filter(pk=pk).values("pk"))
    found = rows.filter(position=position).select_related("file").first()
    if found is None:
        raise NotFound
    return found.file


def own_files(actor: Actor, pks: Iterable[int]) -> dict[int, StoredFile]:
    """Files this user uploaded or that prove their own declarations, by key, for the previews of an unsaved form."""
    wanted = list(pks)
    if not wanted:
        return {}
    known = Evidence.objects.filter(declaration__person__user_id=actor.user.pk, file_id__in=wanted)
    theirs = Q(uploaded_by_id=actor.user.pk) | Q(pk__in=known.values("file_id"))
    return {file.pk: file for file in StoredFile.objects.filter(theirs, pk__in=wanted)}


def steps_of(declaration: Declaration) -> list[ReviewStep]:
    """All steps of all rounds of its case, in order; asked with the declaration by ``declaration_for`` and its like."""
    return list(declaration.case.steps.all()) if declaration.case is not None else []


def desk_rows(actor: Actor, stage: Stage, *, waits: bool = False) -> QuerySet[Declaration]:
    """What a desk lists: the declarations that wait there and, unless ``waits``, those that it has decided.

    The decided ones know the desk's own steps; what the actor took off their list is left out.
    """
    rows = Declaration.objects.filter(waiting_at(actor, stage)) if waits else _with_reviewed(actor, stage)
    rows = rows.select_related("person__user", "organisation", "case__handler__user")
    return rows.only(*_LISTED).annotate(is_doubled=_doubled())


def _with_reviewed(actor: Actor, stage: Stage) -> QuerySet[Declaration]:
    kept = decided_at(actor, stage) & ~Q(reviews.taken_off(actor))
    rows = with_state(Declaration.objects.filter(waiting_at(actor, stage) | kept))
    return rows.prefetch_related(Prefetch("case__steps", reviews.decided_by_desk(actor, stage)))


@cache
def _doubled() -> Exists:
    """Whether a row has something in common with another claim; the same for every desk, so built once."""
    return duplicates.flagged(KIND)


def _of_desk(actor: Actor, stage: Stage) -> QuerySet[Declaration]:
    return Declaration.objects.filter(waiting_at(actor, stage) | decided_at(actor, stage))


def at_desk(actor: Actor, stage: Stage, pk: int) -> Declaration:
    """One declaration that waits at the desk or that it has decided; ``NotFound`` when it is not there.

    It knows what ``required_of``, ``shown_evidence`` and ``entrustings`` need.
    """
    beside = {"changes": ledger.live_changes(), "scans": _scans(), "handings_on": reviews.handings_on()}
    rows = _whole(_of_desk(actor, stage)).annotate(**beside)
    found = rows.filter(pk=pk).prefetch_related(_STEPS).first()
    if found is None:
        raise NotFound
    return found


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
    return Q(case__desk_id=actor.desk_id, case__stage=stage) if actor.desk_id is not None else Q(pk__in=[])


def decided_at(actor: Actor, stage: Stage) -> Q:
    """The declarations that the actor's body has decided and that do not wait there again."""
    if actor.desk_id is None:
        return Q(pk__in=[])
    states = [StepState.PASSED, StepState.FAILED]
    steps = ReviewStep.objects.filter(desk_id=actor.desk_id, stage=stage, state__in=states)
    return Q(case_id__in=steps.values("case_id")) & ~waiting_at(actor, stage)


def about_to_count(case_ids: Collection[int]) -> list[Declaration]:
    """Of some waiting cases those declarations whose hours count once the present desk passes them, as submitted."""
    settling = ReviewStep.objects.filter(case_id=OuterRef("case_id"), state=StepState.ACTIVE, settles=True)
    rows = Declaration.objects.filter(Exists(settling), case_id__in=case_ids).order_by("case_id")
    return list(rows.only("person_id", "portal", "year", "subject", "hours_declared"))


def named(part: str, path: str) -> Q:
    """People whose name contains ``part``; ``path`` leads to the professional, empty for their own rows."""
    key = text.name_key(part)
    pieces = [key] if len(key) < 2 else [key[i : i + 2] for i in range(len(key) - 1)]
    field = f"{path}__name_bigrams" if path else "name_bigrams"
    return Q((f"{field}__contains", pieces)) if key else Q()


def pending_hours(actor: Actor, year: int) -> Mapping[str, Decimal]:
    """Declared hours of the actor's own records that wait for a decision, by subject."""
    rows = Declaration.objects.filter(
        person__user_id=actor.user.pk, year=year, case__state=CaseState.PENDING, deleted_at=None
    )
    summed = rows.order_by().values_list("subject").annotate(hours=Sum("hours_declared"))
    return dict(summed)


def waiting_hours(person_id: int, year: int) -> list[Held]:
    """What a person has handed in for a year and nobody has decided yet, as caps look at it."""
    rows = Declaration.objects.filter(
        person_id=person_id, year=year, case__state=CaseState.PENDING, deleted_at=None
    ).order_by("pk")
    return [_as_held(row) for row in rows]


def _as_held(row: Declaration) -> Held:
    form = learning_form(row)
    dated = form is not None and form.full_days
    days = (row.starts_on, row.ends_on) if dated else (None, None)
    return Held(row.form, row.subject, row.hours_declared or ZERO, *days)


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


def seen_beside(actor: Actor, pks: Collection[int]) -> Mapping[int, duplicates.Seen]:
    """Those of some declarations that the actor may see, as another one's remark names them (D13)."""
    rows = Declaration.objects.filter(permissions.declarations_seen_by(actor), pk__in=pks)
    rows = rows.select_related("person__user")
    return {row.pk: duplicates.Seen(_named(row), reverse("declarations:detail", args=[row.pk])) for row in rows}


def _named(row: Declaration) -> str:
    form = learning_form(row)
    label = form.label if form is not None else row.form
    return f"{row.person.user.name} {row.year} 年度 {label} {row.number}"


_NOT_COUNTED = {CaseState.PENDING: "审核中", CaseState.REJECTED: "审核不通过"}


def not_counted(person_id: int, year: int) -> list[Uncounted]:
    """What was handed in for a year and does not count: still under review, or refused (ANN-03)."""
    rows = Declaration.objects.filter(
        person_id=person_id, year=year, deleted_at=None, case__state__in=list(_NOT_COUNTED)
    ).select_related("case")
    return [
        Uncounted(
            _source(row),
            row.form,
            row.subject,
            row.hours_declared,
            row.case.submitted_at,
            _NOT_COUNTED[CaseState(row.case.state)],
        )
        for row in rows.order_by("pk")
        if row.case is not None
    ]


def _source(row: Declaration) -> Source:
    form = learning_form(row)
    told = row.answers.get("class_name") or row.answers.get("title") or ""
    label = form.label if form is not None else row.form
    return Source(f"{label} {told}".strip(), "学时申报", reverse("declarations:detail", args=[row.pk]))


def drafts_counted(portal: str, year: int, *, after: int, limit: int) -> dict[int, int]:
    """How many declarations of a year somebody keeps without having handed them in, by user, behind key ``after``."""
    rows = Declaration.objects.filter(STATES[DeclarationState.DRAFT], portal=portal, year=year, deleted_at=None)
    counted = rows.filter(declared_by__gt=after).order_by("declared_by").values_list("declared_by")
    return dict(counted.annotate(number=Count("pk"))[:limit])
