"""What a unit declares, for whom, and what its people have."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from xueshi.accounts.models import document_index
from xueshi.declarations import permissions
from xueshi.declarations.models import Declaration
from xueshi.declarations.selectors.progress import KIND, STATES, with_state
from xueshi.declarations.states import DeclarationState
from xueshi.kernel import text
from xueshi.kernel.identity import DocumentType
from xueshi.organisations.actors import Actor
from xueshi.people.models import Professional
from xueshi.reviews import kinds
from xueshi.reviews.states import CaseState


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
    """What was declared by or for the people of the actor's body, as ``records``; their own once it was handed in.

    The actor may be one of these people, who see their own drafts: those are no records of the body.
    """
    known = Q(declaring_body__isnull=False) | ~STATES[DeclarationState.DRAFT]
    return _recorded(actor).filter(_of_unit(actor), known)


def handed_in(actor: Actor) -> QuerySet[Declaration]:
    """What was handed in by or for the people of the actor's body and those below it, for figures.

    Nothing for whoever reads no declarations; what the body only decides for others is not among it.
    """
    body = actor.organisation
    if body is None or body.path is None or not actor.is_administrator or not actor.powers & kinds.kind(KIND).read_with:
        return Declaration.objects.none()
    rows = Declaration.objects.filter(deleted_at=None, organisation__path__startswith=body.path, case__isnull=False)
    return rows.exclude(case__state=CaseState.WITHDRAWN)


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


def named(part: str, path: str) -> Q:
    """People whose name contains ``part``; ``path`` leads to the professional, empty for their own rows."""
    key = text.name_key(part)
    pieces = [key] if len(key) < 2 else [key[i : i + 2] for i in range(len(key) - 1)]
    field = f"{path}__name_bigrams" if path else "name_bigrams"
    return Q((f"{field}__contains", pieces)) if key else Q()
