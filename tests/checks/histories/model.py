"""What declarations should have become, kept beside the database without asking it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from xueshi.config.reports import invariants, queries
from xueshi.declarations.models import Declaration
from xueshi.ledger.models import LedgerEntry, YearAccount

AT_THE_END = ("INV-05", "INV-06", "INV-12", "INV-14", "INV-15")


@dataclass
class Record:
    """One declaration: whose, for what, where it stands. ``turns`` are its desks, ``posts`` the turn that credits."""

    pk: int
    owner: int
    year: int
    subject: str
    hours: Decimal
    turns: tuple[int, ...]
    posts: int
    day: int | None = None
    """The one full day that its hours were earned on, where it has any."""
    by: int = 0
    """Who handed it in."""
    turn: int = 0
    state: str = "pending"
    granted: Decimal | None = None

    @property
    def desk(self) -> int | None:
        """Whose turn it is."""
        waits = self.state == "pending" or (self.state == "approved" and self.turn < len(self.turns))
        return self.turns[self.turn] if waits else None

    def decided(self, *, passed: bool, hours: Decimal | None = None) -> None:
        """What a verdict of the desk does."""
        if not passed:
            self.state = "rejected" if self.turn <= self.posts else "revoked"
            self.granted = None
            return
        if self.turn == self.posts:
            self.state, self.granted = "approved", hours or self.hours
        self.turn += 1

    def again(self, hours: Decimal, day: int | None) -> None:
        """Corrected and handed in once more."""
        self.hours, self.day, self.turn, self.state, self.granted = hours, day, 0, "pending", None


@dataclass
class Model:
    """All records of a history."""

    records: dict[int, Record] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Another record."""
        self.records[record.pk] = record

    def within(self, states: Iterable[str]) -> list[Record]:
        """The records in some states, oldest first."""
        wanted = frozenset(states)
        return [self.records[pk] for pk in sorted(self.records) if self.records[pk].state in wanted]

    def on_day(self, owner: int, day: int) -> Decimal:
        """Hours credited for one day of a person."""
        return sum(
            (one.granted or Decimal(0) for one in self.records.values() if (one.owner, one.day) == (owner, day)),
            Decimal(0),
        )

    def sums(self) -> dict[tuple[int, int], Decimal]:
        """Credited hours by person and year."""
        found: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        for one in self.records.values():
            if one.granted is not None:
                found[one.owner, one.year] += one.granted
        return dict(found)

    def differences(self) -> list[str]:
        """Where the database says something else: states, credited hours, running sums of the accounts."""
        rows = Declaration.objects.filter(pk__in=self.records).values_list("pk", "case__state", "hours_recognised")
        stored = {pk: (state, granted) for pk, state, granted in rows}
        expected = {pk: (one.state, one.granted) for pk, one in self.records.items()}
        found = [f"record {pk}: {stored.get(pk)} instead of {expected[pk]}" for pk in expected
                 if stored.get(pk) != expected[pk]]  # fmt: skip
        people = {one.owner for one in self.records.values()}
        accounts = YearAccount.objects.filter(person_id__in=people)
        kept = {(one.person_id, one.year): one.total_hours for one in accounts if one.total_hours}
        entered = LedgerEntry.objects.filter(account__person_id__in=people).order_by()
        posted = {
            (person, year): hours
            for person, year, hours in entered.values_list("account__person_id", "account__year").annotate(Sum("hours"))
            if hours
        }
        return found + [f"{what}: {said} instead of {self.sums()}" for what, said in
                        (("accounts", kept), ("entries", posted)) if said != self.sums()]  # fmt: skip


def broken(keys: Iterable[str]) -> list[str]:
    """The invariants that do not hold now."""
    findings = (invariants.check(key) for key in keys)
    return [f"{one.id}: {', '.join(one.examples)}" for one in findings if one.violations]


def broken_now() -> list[str]:
    """Those a step could break; what SQL alone can ask is asked at once."""
    parts = (f"SELECT '{key}: ' || what FROM ({query}) AS {name}(what)" for key, name, query in _SQL)  # noqa: S608 - of ours
    asked = " UNION ALL ".join(parts)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        found = [str(row[0]) for row in cursor.fetchall()]
    return found + broken(["INV-17"])


_SQL = (
    ("INV-01", "a", queries.LEDGER_EQUALS_RECORDS), ("INV-02", "b", queries.ONE_LIVE_CREDIT),
    ("INV-03", "c", queries.ENTRIES_HAVE_SOURCES), ("INV-04", "d", queries.HISTORY_SAYS_THE_SAME),
    ("INV-16", "e", queries.ONE_WAITING_DESK), ("INV-19", "f", queries.NOBODY_DECIDES_TWICE),
)  # fmt: skip
