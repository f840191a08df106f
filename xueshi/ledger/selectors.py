"""Reading accounts and entries."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from xueshi.kernel.errors import NotFound
from xueshi.ledger import permissions
from xueshi.ledger.models import LedgerEntry, YearAccount
from xueshi.ledger.rules import Held
from xueshi.organisations.actors import Actor


def accounts_seen(actor: Actor) -> QuerySet[YearAccount]:
    """Every account the actor may see, newest year first."""
    rows = YearAccount.objects.filter(permissions.accounts_seen_by(actor))
    return rows.select_related("person__user", "person__employment__organisation").order_by("-year", "pk")


def own_accounts(actor: Actor) -> QuerySet[YearAccount]:
    """The actor's own years, newest first (ANN-01)."""
    rows = YearAccount.objects.filter(person__user_id=actor.user.pk)
    return rows.select_related("person__user").order_by("-year")


def account_for(actor: Actor, pk: int) -> YearAccount:
    """One visible account; ``NotFound`` when absent or not theirs."""
    found = accounts_seen(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def account_of(person_id: int, year: int) -> YearAccount | None:
    """A person's year, if anything ever posted to it."""
    return YearAccount.objects.filter(person_id=person_id, year=year).first()


def accounts_of(person_ids: Collection[int]) -> QuerySet[YearAccount]:
    """All years of some people."""
    return YearAccount.objects.filter(person_id__in=person_ids)


def own_account(actor: Actor, year: int) -> YearAccount | None:
    """The actor's own account of a year, if anything ever posted to it."""
    return YearAccount.objects.filter(person__user_id=actor.user.pk, year=year).first()


def entries(account: YearAccount) -> QuerySet[LedgerEntry]:
    """The history behind a year, oldest first (ANN-03)."""
    return LedgerEntry.objects.filter(account=account).select_related("reverses").order_by("at", "pk")


def live_entries(account_ids: Iterable[int]) -> QuerySet[LedgerEntry]:
    """Entries that count: neither reversals nor reversed."""
    rows = LedgerEntry.objects.filter(account_id__in=list(account_ids), reverses=None, reversed_by=None)
    return rows.order_by("account_id", "pk")


def held(person_id: int, year: int) -> list[Held]:
    """What a person's year holds, as caps look at it."""
    return held_by([person_id], year).get(person_id, [])


def held_by(person_ids: Collection[int], year: int) -> dict[int, list[Held]]:
    """What the same year of several people holds, by person, in one query; nobody without entries."""
    rows = LedgerEntry.objects.filter(account__person_id__in=person_ids, account__year=year)
    found: dict[int, list[Held]] = {}
    for row in rows.filter(reverses=None, reversed_by=None).select_related("account").order_by("pk"):
        one = Held(row.form, row.subject, row.hours, row.starts_on, row.ends_on)
        found.setdefault(row.account.person_id, []).append(one)
    return found


@dataclass(frozen=True, slots=True)
class Source:
    """What an entry came from, for its readers. ``url`` is empty when there is no page to open."""

    title: str
    kind: str
    url: str = ""


type Describe = Callable[[Collection[int]], Mapping[int, Source]]

_describers: dict[str, Describe] = {}


def describe_sources(source_kind: str, describe: Describe) -> None:
    """Let the app that posts under ``source_kind`` say what its sources are; the ledger does not know them."""
    _describers[source_kind] = describe


def sources_of(rows: Iterable[LedgerEntry]) -> dict[tuple[str, int], Source]:
    """The sources of some entries by (kind, id), one question per kind."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.source_kind, set()).add(row.source_id)
    return {
        (kind, pk): source
        for kind, pks in wanted.items()
        if kind in _describers
        for pk, source in _describers[kind](pks).items()
    }
