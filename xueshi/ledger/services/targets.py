"""Changing what years ask of a person, and taking that back: what approved events do (policy facts 7)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.ledger import selectors
from xueshi.ledger.models import TargetChange, YearAccount
from xueshi.ledger.rules import Change
from xueshi.ledger.services.books import locked, open_accounts, settle
from xueshi.ledger.states import Effect
from xueshi.people.models import Professional
from xueshi.policies.numbers import plain


@dataclass(frozen=True, slots=True)
class Shift:
    """An event's changes to the targets of one person; the source is named in each of ``changes``."""

    person_id: int
    portal: str
    changes: tuple[Change, ...]

    def years(self) -> set[int]:
        """The years named from first to last; open ends concern only what exists."""
        return {
            year
            for one in self.changes
            if one.first_year is not None and one.last_year is not None
            for year in range(one.first_year, one.last_year + 1)
        }

    def accounts(self) -> list[YearAccount]:
        """What stands for those years where only what they ask matters."""
        return [YearAccount(person_id=self.person_id, portal=self.portal, year=year) for year in sorted(self.years())]


@transaction.atomic
def change_targets(shifts: Sequence[Shift], *, by: audit.By) -> Mapping[int, str]:
    """Write the changes and judge every year they concern anew, under the locks of its account.

    Returns the sources refused, with the reason: more is to be taken from a year than it still asks, those that come
    before it in ``shifts`` counted. The same source twice is refused by the database (``IntegrityError``).
    """
    open_accounts((shift.person_id, year, shift.portal) for shift in shifts for year in sorted(shift.years()))
    _keep_out_new_years(shift.person_id for shift in shifts)
    accepted, refused = _sifted(shifts)
    TargetChange.objects.bulk_create(
        TargetChange(
            person_id=shift.person_id,
            effect=one.effect,
            amount=one.amount,
            first_year=one.first_year,
            last_year=one.last_year,
            label=one.label,
            source_kind=one.source_kind,
            source_id=one.source_id,
            sequence=sequence,
            at=clock.now(),
            by_id=by.user_id,
        )
        for shift in accepted
        for sequence, one in enumerate(shift.changes, start=1)
    )
    concerned: dict[int, list[Change]] = defaultdict(list)
    for shift in accepted:
        concerned[shift.person_id] += shift.changes
    _judge_again(concerned)
    return refused


def _sifted(shifts: Sequence[Shift]) -> tuple[list[Shift], dict[int, str]]:
    """The shifts that may come into force, and why the others may not: each judged with the accepted before it."""
    changes = selectors.changes_of({shift.person_id for shift in shifts})
    levels = selectors.levels_of(one for shift in shifts for one in shift.accounts())
    accepted: list[Shift] = []
    refused: dict[int, str] = {}
    for shift in shifts:
        asked = {one.year: selectors.target_of(one, changes, levels).requirement.total for one in shift.accounts()}
        if reason := _too_much(shift, asked):
            refused[shift.changes[0].source_id] = reason
        else:
            accepted.append(shift)
            changes.setdefault(shift.person_id, []).extend(shift.changes)
    return accepted, refused


def _too_much(shift: Shift, asked: Mapping[int, Decimal]) -> str:
    """Why a shift takes more from a year than is ``asked`` there; empty if it does not."""
    for one in shift.changes:
        for year, total in asked.items():
            if one.effect is Effect.HOURS and one.concerns(year) and total + one.amount < 0:
                return f"{year} 年度现只要求 {plain(total)} 学时，不能再减少 {plain(-one.amount)} 学时"
    return ""


@transaction.atomic
def restore_targets(source_kind: str, source_ids: Iterable[int], *, by: audit.By) -> frozenset[int]:
    """Take the changes of some sources back; returns the sources that had any in force."""
    rows = TargetChange.objects.filter(source_kind=source_kind, source_id__in=list(source_ids), reverses=None)
    _keep_out_new_years(rows.values_list("person_id", flat=True))
    live = list(rows.filter(reversed_by=None).order_by("pk"))
    TargetChange.objects.bulk_create(_counter(one, len(live), by) for one in live)
    _judge_again({one.person_id: [_read(each) for each in live if each.person_id == one.person_id] for one in live})
    return frozenset(one.source_id for one in live)


def _counter(change: TargetChange, shift: int, by: audit.By) -> TargetChange:
    return TargetChange(
        person_id=change.person_id,
        effect=change.effect,
        amount=-change.amount,
        first_year=change.first_year,
        last_year=change.last_year,
        label=change.label,
        source_kind=change.source_kind,
        source_id=change.source_id,
        sequence=change.sequence + shift,
        reverses=change,
        at=clock.now(),
        by_id=by.user_id,
    )


def _read(row: TargetChange) -> Change:
    return Change(Effect(row.effect), row.amount, row.first_year, row.last_year, row.label)


def _keep_out_new_years(person_ids: Iterable[int]) -> None:
    """While a target changes, no new account of the person comes into being without knowing of it.

    An account's reference to its person needs a share of the person's key, which this lock holds against it.
    """
    rows = Professional.objects.select_for_update(no_key=False).filter(pk__in=set(person_ids)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def _judge_again(changes: Mapping[int, Sequence[Change]]) -> None:
    rows = YearAccount.objects.filter(person_id__in=list(changes)).values_list("pk", "person_id", "year")
    concerned = [pk for pk, person, year in rows if any(one.concerns(year) for one in changes[person])]
    settle(list(locked(concerned).values()))
