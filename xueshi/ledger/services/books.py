"""Accounts under their locks, and the one way in which sums, target and verdict are written."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from xueshi.kernel import clock, many
from xueshi.kernel.many import Among
from xueshi.ledger import bulk, rules, selectors
from xueshi.ledger.models import YearAccount
from xueshi.ledger.rules import Held
from xueshi.ledger.selectors import Target
from xueshi.policies import registry
from xueshi.policies.years import YearRules

_after_change: list[Callable[[Sequence[int]], None]] = []


def on_change(follow: Callable[[Sequence[int]], None]) -> None:
    """Let a higher app follow every change of accounts, inside the changing transaction (certificates do)."""
    if follow not in _after_change:
        _after_change.append(follow)


@dataclass
class Book:
    """An account under its lock while something is written into it."""

    account: YearAccount
    rules: YearRules
    target: Target
    held: list[Held] = field(default_factory=list)
    sums: dict[str, Decimal] = field(default_factory=dict)


def open_accounts(wanted: Iterable[tuple[int, int, str]]) -> list[int]:
    """See to it that the accounts (person, year, portal) exist; their keys."""
    named = {(person, year): portal for person, year, portal in wanted}
    there = _keys(named)
    if missing := sorted(named.keys() - there.keys()):
        rows = [{"person_id": person, "year": year, "portal": named[person, year]} for person, year in missing]
        many.insert(YearAccount, rows, {}, once=True)
        there = _keys(named)  # those that somebody else has opened meanwhile, too
    return list(there.values())


def _keys(named: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The accounts that exist, by (person, year)."""
    people, years = {person for person, _ in named}, {year for _, year in named}
    rows = YearAccount.objects.filter(Among("person_id", people), year__in=years)
    keys = rows.values_list("pk", "person_id", "year")
    return {(person, year): pk for pk, person, year in keys if (person, year) in named}


def locked(pks: Iterable[int]) -> dict[int, Book]:
    """The books of some accounts, locked in key order; what is asked is read after the locks are held."""
    rows = YearAccount.objects.select_for_update(no_key=True).filter(Among("pk", set(pks))).order_by("pk")
    accounts = list(rows.only("person", "year", "portal", *(f"{subject}_hours" for subject in rules.SUBJECTS)))
    targets = selectors.targets_of(accounts)
    return {account.pk: _book(account, targets[account.pk]) for account in accounts}


def _book(account: YearAccount, target: Target) -> Book:
    of_year = registry.pack(account.portal).year(account.year)
    return Book(account, of_year, target, sums=account.by_subject)


def settle(books: Sequence[Book]) -> None:
    """Write the books; whoever follows changes is told."""
    bulk.write([_standing(book) for book in books], clock.now())
    pks = [book.account.pk for book in books]
    for follow in _after_change:
        follow(pks)


def _standing(book: Book) -> bulk.Standing:
    verdict = rules.judge(book.sums, book.target.requirement)
    return bulk.Standing(
        id=book.account.pk,
        public=book.sums["public"],
        professional=book.sums["professional"],
        elective=book.sums["elective"],
        passed=verdict.passed,
        verdict=explained(verdict, book.target),
        rule=book.rules.version,
    )


def explained(verdict: rules.Verdict, target: Target) -> dict[str, object]:
    """A verdict as it is kept: each condition, and the events behind what was asked."""
    lines = [{"subject": line.subject, "have": str(line.have), "need": str(line.need)} for line in verdict.lines]
    kept: dict[str, object] = {"passed": verdict.passed, "lines": lines}
    if target.changes:
        events = [
            {"kind": one.source_kind, "id": one.source_id, "label": one.label, "effect": one.effect}
            for one in target.changes
        ]
        kept |= {"base": str(target.rule.total), "events": events, "waived": target.waived}
    return kept
