"""Reading requirement events."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from xueshi.adjustments import permissions, rules
from xueshi.adjustments.models import Adjustment, Proof
from xueshi.adjustments.rules import Event
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.kernel.wording import worded_row
from xueshi.ledger.selectors import Source
from xueshi.organisations.actors import Actor
from xueshi.people import selectors as people
from xueshi.policies import registry
from xueshi.policies.events import EventKind, EventRule
from xueshi.reviews import selectors as reviews
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import Stage

_STEPS = reviews.ways()


def _whole(rows: QuerySet[Adjustment]) -> QuerySet[Adjustment]:
    rows = rows.select_related("person__user", "organisation", "case__organisation", "revoked_by")
    return rows.prefetch_related(_STEPS)


def own_adjustments(actor: Actor) -> QuerySet[Adjustment]:
    """The actor's own events, latest first; ``NotFound`` for somebody without a record."""
    return _whole(Adjustment.objects.filter(person=people.own(actor))).order_by("-created_at", "-pk")


def adjustments_seen(actor: Actor) -> QuerySet[Adjustment]:
    """Every event the actor may see."""
    return _whole(Adjustment.objects.filter(permissions.adjustments_seen_by(actor)))


def adjustment_for(actor: Actor, case_id: int) -> Adjustment:
    """The event behind a case; ``NotFound`` when absent or not theirs."""
    found = _of_case(case_id)
    if found is None or not permissions.can_see_adjustment(actor, found):
        raise NotFound
    return found


@worded_row
def _of_case(case_id: int) -> QuerySet[Adjustment]:
    return _whole(Adjustment.objects.filter(case_id=case_id))


def by_key(person_id: int, key: str) -> Adjustment | None:
    """The event that a form with this one-time key has already made for this person."""
    return Adjustment.objects.filter(person_id=person_id, submission_key=key).first()


def case_of(adjustment: Adjustment) -> ReviewCase | None:
    """The case behind an event as it stands now; None for one that took effect without a review."""
    return _case_of(adjustment.pk)


@worded_row
def _case_of(adjustment_id: int) -> QuerySet[ReviewCase]:
    return ReviewCase.objects.filter(adjustment__pk=adjustment_id)


def of_cases(case_ids: Iterable[int]) -> list[Adjustment]:
    """The events behind cases, locked in key order, for the review's hooks."""
    rows = Adjustment.objects.filter(case_id__in=list(case_ids)).select_related("person")
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def queue(actor: Actor) -> QuerySet[ReviewCase]:
    """The events that wait at the actor's desk or were decided there."""
    rows = reviews.queue(actor, rules.KIND).select_related("organisation", "adjustment__person__user")
    return rows.prefetch_related(Prefetch("steps", reviews.decided_by_desk(actor, Stage.REVIEW)))


def proofs(adjustment: Adjustment) -> list[Proof]:
    """The images of proof in order."""
    return list(Proof.objects.filter(adjustment=adjustment).select_related("file").order_by("position"))


def proof_for(actor: Actor, case_id: int, key: str) -> StoredFile:
    """One image of a visible event; ``NotFound`` for anything else."""
    for proof in proofs(adjustment_for(actor, case_id)):
        if proof.file.key == key:
            return proof.file
    raise NotFound


def own_upload(actor: Actor, key: str) -> StoredFile | None:
    """An image that the actor uploaded."""
    return StoredFile.objects.filter(uploaded_by_id=actor.user.pk, key=key).first()


def rule_of(adjustment: Adjustment) -> EventRule | None:
    """How its year describes such an event; None when it no longer does."""
    of_year = registry.pack(adjustment.portal).year(adjustment.year)
    return next((rule for rule in of_year.events if rule.key == adjustment.kind), None)


def event_of(adjustment: Adjustment, rule: EventRule) -> Event:
    """The event in words and numbers."""
    return Event(
        adjustment.pk,
        EventKind(adjustment.kind),
        adjustment.year,
        rule.reason(adjustment.reason),
        adjustment.measure,
        adjustment.amount,
        adjustment.starts_on,
        adjustment.ends_on,
    )


def words(adjustment: Adjustment) -> str:
    """The event on one line."""
    rule = rule_of(adjustment)
    unit = registry.pack(adjustment.portal).word("hours")
    return rules.told(event_of(adjustment, rule), rule.label, unit) if rule is not None else adjustment.kind


def described(pks: Collection[int]) -> Mapping[int, Source]:
    """What target changes came from, for the explanation of a year."""
    rows = Adjustment.objects.filter(pk__in=pks)
    return {row.pk: Source(words(row), "学时要求调整", _url(row)) for row in rows}


def _url(row: Adjustment) -> str:
    return reverse("adjustments:case", args=[row.case_id]) if row.case_id is not None else ""
