"""What an account holds."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from xueshi.kernel.many import Among
from xueshi.ledger.models import LedgerEntry, YearAccount
from xueshi.ledger.rules import Held


def entries(account: YearAccount, at: datetime | None = None) -> QuerySet[LedgerEntry]:
    """The history behind a year, oldest first (ANN-03); with a moment only what was there before it."""
    rows = LedgerEntry.objects.filter(account=account).select_related("reverses").order_by("at", "pk")
    return rows if at is None else rows.filter(at__lt=at)


def live_entries(account_ids: Iterable[int]) -> QuerySet[LedgerEntry]:
    """Entries that count: neither reversals nor reversed."""
    rows = LedgerEntry.objects.filter(Among("account_id", account_ids), reverses=None, reversed_by=None)
    return rows.order_by("account_id", "pk")


def held_in(account_ids: Iterable[int]) -> list[tuple[int, Held]]:
    """What some accounts hold, as caps look at it, each with its account's key."""
    rows = live_entries(account_ids).values_list("account_id", "form", "subject", "hours", "starts_on", "ends_on")
    return [(account_id, Held(*entry)) for account_id, *entry in rows]


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
