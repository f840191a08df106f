"""Accounts as they stood: sums, what was asked, the verdict; now and as of a moment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from xueshi.ledger import rules
from xueshi.ledger.models import LedgerEntry, YearAccount
from xueshi.ledger.rules import Verdict
from xueshi.ledger.selectors.targets import Target, changes_of, levels_of, target_of, targets_of
from xueshi.people.models import Professional


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as it stood: sums by subject, what was asked, the verdict."""

    sums: Mapping[str, Decimal]
    target: Target
    verdict: Verdict

    @property
    def total(self) -> Decimal:
        """All hours."""
        return sum(self.sums.values(), rules.ZERO)


def standings(accounts: Sequence[YearAccount], at: datetime | None = None) -> dict[int, Standing]:
    """Some accounts as entries and events had made them by a moment (until now without one), by the rules of today."""
    rows = LedgerEntry.objects.filter(account_id__in=[account.pk for account in accounts])
    rows = rows.filter(at__lt=at) if at is not None else rows
    sums: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for pk, subject, hours in rows.order_by().values_list("account_id", "subject").annotate(hours=Sum("hours")):
        sums[pk][subject] = hours
    targets = targets_of(accounts, at)
    return {pk: Standing(sums[pk], target, rules.judge(sums[pk], target.requirement)) for pk, target in targets.items()}


def standings_of_years(
    person: Professional, years: Sequence[int], at: datetime | None = None
) -> list[tuple[int, Standing]]:
    """A person's years in the order asked for, also those in which nothing was ever entered."""
    rows = {row.year: row for row in YearAccount.objects.filter(person=person, year__in=list(years))}
    found = standings(list(rows.values()), at)
    portal = person.employment.organisation.portal
    changes = changes_of([person.pk], at)
    empty = [YearAccount(person=person, year=year, portal=portal) for year in years if year not in rows]
    levels = levels_of(empty)
    for account in empty:
        target = target_of(account, changes, levels)
        found[-account.year] = Standing({}, target, rules.judge({}, target.requirement))
    return [(year, found[rows[year].pk if year in rows else -year]) for year in years]
