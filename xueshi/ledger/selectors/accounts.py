"""Accounts for whoever may see them, and lists of people with theirs."""

from collections.abc import Collection

from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound
from xueshi.kernel.wording import worded_row
from xueshi.ledger import permissions
from xueshi.ledger.models import TargetChange, YearAccount
from xueshi.ledger.states import Effect
from xueshi.organisations import permissions as bodies
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import MembershipState
from xueshi.people import selectors as people
from xueshi.people.models import Professional


def accounts_seen(actor: Actor) -> QuerySet[YearAccount]:
    """Every account the actor may see, newest year first."""
    rows = YearAccount.objects.filter(permissions.accounts_seen_by(actor))
    return _with_person(rows).order_by("-year", "pk")


def accounts_listed(actor: Actor) -> QuerySet[YearAccount]:
    """Those of ``accounts_seen`` that belong to the hat that is worn."""
    return accounts_seen(actor).filter(bodies.under_hat(actor, "person__employment__organisation"))


def _with_person(rows: QuerySet[YearAccount]) -> QuerySet[YearAccount]:
    return rows.select_related("person__user", "person__employment__organisation")


def own_accounts(actor: Actor) -> QuerySet[YearAccount]:
    """The actor's own years, newest first (ANN-01)."""
    rows = YearAccount.objects.filter(_begun(), person__user_id=actor.user.pk)
    return rows.select_related("person__user").order_by("-year")


def accounts_of_person(actor: Actor, person_id: int) -> QuerySet[YearAccount]:
    """The years of somebody whose account the actor may see; nothing for anybody else."""
    return accounts_seen(actor).filter(_begun(), person_id=person_id)


def _begun() -> Q:
    """A coming year of which nothing is known but that hours were deferred to it is no row yet."""
    return Q(year__lte=clock.year()) | Q(total_hours__gt=0)


def archive(actor: Actor, year: int) -> QuerySet[Professional]:
    """The active people of the actor's body and those below it, each with ``account`` of a year.

    ``nothing`` says whether it asks nothing of them, by an event that says so or because events took every hour
    away. Nobody is left out for having no account: what is missing is what the list is for (ANN-16).
    """
    path = actor.organisation.path if actor.organisation is not None else None
    if not permissions.can_open_archive(actor) or not path:
        return Professional.objects.none()
    waived = TargetChange.objects.filter(
        Q(first_year=None) | Q(first_year__lte=year),
        Q(last_year=None) | Q(last_year__gte=year),
        person_id=OuterRef("pk"),
        effect=Effect.NOTHING,
        reverses=None,
        reversed_by=None,
    )
    rows = Professional.objects.filter(
        employment__organisation__path__startswith=path, employment__state=MembershipState.ACTIVE
    )
    rows = rows.annotate(account=FilteredRelation("accounts", condition=Q(accounts__year=year)))
    return rows.select_related("user", "employment__organisation").annotate(
        account_id=F("account__pk"),
        public=F("account__public_hours"),
        professional=F("account__professional_hours"),
        total=F("account__total_hours"),
        passed=Coalesce("account__passed", Value(False)),
        nothing=Case(When(Exists(waived) | Q(account__verdict__waived=True), then=True), default=False),
    )


def person_for(actor: Actor, pk: int) -> Professional:
    """Somebody whose years the actor may see; ``NotFound`` when absent or not theirs."""
    found = people.professional_for(actor, pk)
    if not permissions.can_see_years(actor, found):
        raise NotFound
    return found


def account_for(actor: Actor, pk: int) -> YearAccount:
    """One visible account; ``NotFound`` when absent or not theirs."""
    found = _account(pk)
    if found is None or not permissions.can_see_account(actor, found):
        raise NotFound
    return found


@worded_row
def _account(pk: int) -> QuerySet[YearAccount]:
    return _with_person(YearAccount.objects.filter(pk=pk))


def account_of(person_id: int, year: int) -> YearAccount | None:
    """A person's year, if anything ever posted to it."""
    return YearAccount.objects.filter(person_id=person_id, year=year).first()


def years_of(person_ids: Collection[int]) -> QuerySet[YearAccount]:
    """All years of some people."""
    return YearAccount.objects.filter(person_id__in=person_ids)


def accounts_in(year: int, person_ids: Collection[int]) -> QuerySet[YearAccount]:
    """The accounts of some people in one year; for jobs over everybody."""
    return YearAccount.objects.filter(year=year, person_id__in=person_ids)


def own_account(actor: Actor, year: int) -> YearAccount | None:
    """The actor's own account of a year, if anything ever posted to it."""
    return _account_of(actor.user.pk, year)


@worded_row
def _account_of(user_id: int, year: int) -> QuerySet[YearAccount]:
    return YearAccount.objects.filter(person__user_id=user_id, year=year)
