"""What declarations tell others: caps and calculators, the history of a year, remarks on doubles, reminders."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.urls import reverse

from xueshi.declarations import permissions
from xueshi.declarations.models import Declaration
from xueshi.declarations.selectors.content import learning_form
from xueshi.declarations.selectors.progress import STATES
from xueshi.declarations.states import DeclarationState
from xueshi.duplicates import selectors as duplicates
from xueshi.ledger.rules import ZERO, Held
from xueshi.ledger.selectors import Source, Uncounted
from xueshi.organisations.actors import Actor
from xueshi.reviews.states import CaseState


def pending_hours(actor: Actor, year: int) -> Mapping[str, Decimal]:
    """Declared hours of the actor's own records that wait for a decision, by subject."""
    rows = Declaration.objects.filter(
        person__user_id=actor.user.pk, year=year, case__state=CaseState.PENDING, deleted_at=None
    )
    summed = rows.order_by().values_list("subject").annotate(hours=Sum("hours_declared"))
    return dict(summed)


def waiting_hours(person_ids: Collection[int], year: int) -> dict[int, list[Held]]:
    """What some people have handed in for a year and nobody has decided yet, as caps look at it; by person."""
    rows = Declaration.objects.filter(
        person_id__in=person_ids, year=year, case__state=CaseState.PENDING, deleted_at=None
    ).order_by("pk")
    found: dict[int, list[Held]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(_as_held(row))
    return found


def _as_held(row: Declaration) -> Held:
    form = learning_form(row)
    dated = form is not None and form.full_days
    days = (row.starts_on, row.ends_on) if dated else (None, None)
    return Held(row.form, row.subject, row.hours_declared or ZERO, *days)


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
    """How many of their own declarations of a year somebody has not handed in, by user, behind key ``after``."""
    drafts = STATES[DeclarationState.DRAFT] & Q(declaring_body=None)
    rows = Declaration.objects.filter(drafts, portal=portal, year=year, deleted_at=None)
    counted = rows.filter(declared_by__gt=after).order_by("declared_by").values_list("declared_by")
    return dict(counted.annotate(number=Count("pk"))[:limit])
