"""What years ask of people: the rule and the events that change it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, TextField
from django.db.models.functions import Cast, JSONObject

from xueshi.kernel import clock
from xueshi.kernel.many import Among
from xueshi.ledger import rules
from xueshi.ledger.models import TargetChange, YearAccount
from xueshi.ledger.rules import Change
from xueshi.ledger.states import Effect
from xueshi.people import selectors as people
from xueshi.policies import registry
from xueshi.policies.years import Requirement


def changes_of(person_ids: Iterable[int], at: datetime | None = None) -> dict[int, list[Change]]:
    """What events do to people's targets, now or as it was at a moment, by person; one question for all."""
    rows = TargetChange.objects.filter(Among("person_id", person_ids), reverses=None)
    if at is None:
        rows = rows.filter(reversed_by=None)
    else:
        rows = rows.filter(Q(reversed_by=None) | Q(reversed_by__at__gte=at), at__lt=at)
    found: dict[int, list[Change]] = defaultdict(list)
    for row in rows.order_by("pk"):
        effect = Effect(row.effect)
        found[row.person_id].append(
            Change(effect, row.amount, row.first_year, row.last_year, row.label, row.source_kind, row.source_id)
        )
    return found


@dataclass(frozen=True, slots=True)
class Target:
    """What a year asks of a person: the rule by itself, the events that bear on it, and what is left to ask."""

    rule: Requirement
    changes: tuple[Change, ...]
    requirement: Requirement

    @property
    def waived(self) -> bool:
        """Whether nothing is asked."""
        return self.requirement.total == 0


def targets_of(accounts: Sequence[YearAccount], at: datetime | None = None) -> dict[int, Target]:
    """What is asked in each of some accounts, by its key; two questions for all, one more where levels matter."""
    changes = changes_of({account.person_id for account in accounts}, at)
    levels = levels_of(accounts)
    return {account.pk: target_of(account, changes, levels) for account in accounts}


def live_changes(person: str = "person_id") -> ArraySubquery:
    """What events do to the targets of a row's person, as part of another question; ``requirement_given`` reads it."""
    rows = TargetChange.objects.filter(person_id=OuterRef(person), reverses=None, reversed_by=None).order_by("pk")
    told = JSONObject(
        effect="effect",
        amount=Cast("amount", TextField()),
        first_year="first_year",
        last_year="last_year",
        label="label",
        source_kind="source_kind",
        source_id="source_id",
    )
    return ArraySubquery(rows.values_list(told))


def requirement_given(changes: Sequence[Mapping[str, Any]], person_id: int, portal: str, year: int) -> Requirement:
    """What a year asks of a person, as ``requirement_of``, from what ``live_changes`` found; often no question."""
    known = [Change(**{**one, "effect": Effect(one["effect"]), "amount": Decimal(one["amount"])}) for one in changes]
    account = YearAccount(person_id=person_id, portal=portal, year=year)
    return target_of(account, {person_id: known}, levels_of([account])).requirement


def requirement_of(person_id: int, portal: str, year: int) -> Requirement:
    """What a year asks of a person, events included, whether or not it has an account."""
    return requirements_of([(person_id, portal, year)])[person_id, year]


def requirements_of(years: Iterable[tuple[int, str, int]]) -> dict[tuple[int, int], Requirement]:
    """What some years (person, portal, year) ask, by person and year: as ``requirement_of``, asked for all at once."""
    accounts = [YearAccount(person_id=person, portal=portal, year=year) for person, portal, year in years]
    changes, levels = changes_of({account.person_id for account in accounts}), levels_of(accounts)
    return {(one.person_id, one.year): target_of(one, changes, levels).requirement for one in accounts}


def target_of(
    account: YearAccount, changes: Mapping[int, Sequence[Change]], levels: Mapping[tuple[int, int], str]
) -> Target:
    """What one account is asked, from what ``changes_of`` and ``levels_of`` found."""
    of_year = registry.pack(account.portal).year(account.year)
    rule = of_year.requirement.at_level(levels.get((account.person_id, account.year), ""))
    concerned = tuple(one for one in changes.get(account.person_id, ()) if one.concerns(account.year))
    return Target(rule, concerned, rules.target(rule, concerned, of_year.precision.step))


def levels_of(accounts: Iterable[YearAccount]) -> dict[tuple[int, int], str]:
    """The level of each (person, year) on the year's first day, where the year asks by level (decision 0030)."""
    asked: dict[int, set[int]] = defaultdict(set)
    for account in accounts:
        if registry.pack(account.portal).year(account.year).requirement.levels:
            asked[account.year].add(account.person_id)
    return {
        (person, year): level
        for year, persons in asked.items()
        for person, level in people.levels_at(persons, start_of(date(year, 1, 1))).items()
    }


def start_of(day: date) -> datetime:
    """The first moment of a day here."""
    return datetime.combine(day, time.min, clock.SHANGHAI)
