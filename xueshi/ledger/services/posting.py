"""Posting and reversing hours.

Everything happens under the locks of the accounts concerned, taken in key order: caps and doubles are looked at again
there, because two claims can be pending at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from xueshi.audit import services as audit
from xueshi.kernel import clock, many
from xueshi.ledger import rules
from xueshi.ledger.models import LedgerEntry
from xueshi.ledger.rules import ZERO, Held, Wanted
from xueshi.ledger.selectors import held_in, live_entries
from xueshi.ledger.services.books import Book, locked, open_accounts, settle


@dataclass(frozen=True, slots=True)
class Posting:
    """Hours to come in: whose, for which year, and what they come from. ``hours`` are recognised hours."""

    person_id: int
    portal: str
    year: int
    subject: str
    form: str
    hours: Decimal
    source_kind: str
    source_id: int
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class PostingReport:
    """Which sources posted, and why others did not."""

    posted: frozenset[int]
    refused: Mapping[int, str]


@transaction.atomic
def post_many(postings: Sequence[Posting], *, by: audit.By) -> PostingReport:
    """Post hours to their years; a posting beyond a cap is refused with the cap in words, the others go through.

    The same source twice is refused by the database (``IntegrityError``): callers post a source once.
    """
    books = _open(postings)
    entries: list[dict[str, Any]] = []
    refused: dict[int, str] = {}
    for posting in postings:
        book = books[posting.person_id, posting.year]
        wanted = Wanted(posting.form, posting.subject, posting.starts_on, posting.ends_on)
        room = rules.room(wanted, book.held, book.rules, book.target.requirement)
        if room.hours is not None and posting.hours > room.hours:
            refused[posting.source_id] = room.explain()
            continue
        entries += _enter(book, posting)
    many.insert(LedgerEntry, entries, {"at": clock.now(), "by_id": by.user_id})
    filled = {entry["account_id"] for entry in entries}
    settle([book for book in books.values() if book.account.pk in filled])
    return PostingReport(frozenset(entry["source_id"] for entry in entries), refused)


@transaction.atomic
def reverse(source_kind: str, source_ids: Iterable[int], *, by: audit.By) -> frozenset[int]:
    """Take the live entries of some sources back by counter-entries; returns the sources that had any."""
    wanted = list(source_ids)
    touched = LedgerEntry.objects.filter(source_kind=source_kind, source_id__in=wanted).values_list(
        "account_id", flat=True
    )
    books = locked(touched)
    live = [one for one in live_entries(books) if one.source_kind == source_kind and one.source_id in set(wanted)]
    counters = [_counter(entry, position, by) for position, entry in _numbered(live)]
    LedgerEntry.objects.bulk_create(counters)
    for entry in live:
        sums = books[entry.account_id].sums
        sums[entry.subject] = sums.get(entry.subject, ZERO) - entry.hours
    settle([books[pk] for pk in {entry.account_id for entry in live}])
    return frozenset(entry.source_id for entry in live)


def _numbered(live: Sequence[LedgerEntry]) -> Iterable[tuple[int, LedgerEntry]]:
    last: dict[int, int] = {}
    for entry in live:
        last[entry.source_id] = max(last.get(entry.source_id, 0), entry.sequence)
    for entry in live:
        last[entry.source_id] += 1
        yield last[entry.source_id], entry


def _counter(entry: LedgerEntry, sequence: int, by: audit.By) -> LedgerEntry:
    return LedgerEntry(
        account_id=entry.account_id,
        subject=entry.subject,
        form=entry.form,
        hours=-entry.hours,
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        source_kind=entry.source_kind,
        source_id=entry.source_id,
        sequence=sequence,
        reverses=entry,
        rule=entry.rule,
        at=clock.now(),
        by_id=by.user_id,
    )


def _open(postings: Sequence[Posting]) -> dict[tuple[int, int], Book]:
    by_account = locked(open_accounts((one.person_id, one.year, one.portal) for one in postings))
    for account_id, held in held_in(by_account):
        by_account[account_id].held.append(held)
    return {(book.account.person_id, book.account.year): book for book in by_account.values()}


def _enter(book: Book, posting: Posting) -> list[dict[str, Any]]:
    shares = rules.spread(posting.subject, posting.hours, book.sums, book.target.requirement)
    book.held.append(Held(posting.form, posting.subject, posting.hours, posting.starts_on, posting.ends_on))
    for share in shares:
        book.sums[share.subject] = book.sums.get(share.subject, ZERO) + share.hours
    return [
        {
            "account_id": book.account.pk, "subject": share.subject, "form": posting.form, "hours": share.hours,
            "starts_on": posting.starts_on, "ends_on": posting.ends_on, "source_kind": posting.source_kind,
            "source_id": posting.source_id, "sequence": sequence, "rule": book.rules.version,
        }
        for sequence, share in enumerate(shares, start=1)
    ]  # fmt: skip
