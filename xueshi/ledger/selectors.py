"""Reading accounts and entries."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Protocol

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce, JSONObject

from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound
from xueshi.ledger import permissions, rules
from xueshi.ledger.models import LedgerEntry, TargetChange, YearAccount
from xueshi.ledger.rules import Change, Held, Verdict
from xueshi.ledger.states import Effect
from xueshi.organisations.actors import Actor
from xueshi.people import selectors as people
from xueshi.people.models import Professional
from xueshi.policies import registry
from xueshi.policies.years import Requirement


def accounts_seen(actor: Actor) -> QuerySet[YearAccount]:
    """Every account the actor may see, newest year first."""
    rows = YearAccount.objects.filter(permissions.accounts_seen_by(actor))
    return rows.select_related("person__user", "person__employment__organisation").order_by("-year", "pk")


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
    """The people of the actor's body and those below it, with ``account`` of a year and whether ``nothing`` is asked.

    Nobody is left out for having no account: what is missing is what the list is for (ANN-16).
    """
    path = actor.organisation.path if actor.organisation is not None else None
    if not permissions.can_open_archive(actor) or not path:
        return Professional.objects.none()
    nothing = TargetChange.objects.filter(
        Q(first_year=None) | Q(first_year__lte=year),
        Q(last_year=None) | Q(last_year__gte=year),
        person_id=OuterRef("pk"),
        effect=Effect.NOTHING,
        reverses=None,
        reversed_by=None,
    )
    rows = Professional.objects.filter(employment__organisation__path__startswith=path)
    rows = rows.annotate(account=FilteredRelation("accounts", condition=Q(accounts__year=year)))
    return rows.select_related("user", "employment__organisation").annotate(
        account_id=F("account__pk"),
        public=F("account__public_hours"),
        professional=F("account__professional_hours"),
        total=F("account__total_hours"),
        passed=Coalesce("account__passed", Value(False)),
        nothing=Exists(nothing),
    )


def person_for(actor: Actor, pk: int) -> Professional:
    """Somebody whose years the actor may see; ``NotFound`` when absent or not theirs."""
    found = people.professionals_seen(actor).filter(pk=pk).first()
    if found is None or not permissions.can_see_years(actor, found):
        raise NotFound
    return found


def account_for(actor: Actor, pk: int) -> YearAccount:
    """One visible account; ``NotFound`` when absent or not theirs."""
    found = accounts_seen(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


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
    return YearAccount.objects.filter(person__user_id=actor.user.pk, year=year).first()


def entries(account: YearAccount, at: datetime | None = None) -> QuerySet[LedgerEntry]:
    """The history behind a year, oldest first (ANN-03); with a moment only what was there before it."""
    rows = LedgerEntry.objects.filter(account=account).select_related("reverses").order_by("at", "pk")
    return rows if at is None else rows.filter(at__lt=at)


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


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A document of a year that counts nothing yet, or never will: its source, what it asks for, where it stands."""

    source: Source
    form: str
    subject: str
    hours: Decimal | None
    at: datetime
    state: str


type Describe = Callable[[Collection[int]], Mapping[int, Source]]

_describers: dict[str, Describe] = {}


def describe_sources(source_kind: str, describe: Describe) -> None:
    """Let the app that posts under ``source_kind`` say what its sources are; the ledger does not know them."""
    _describers[source_kind] = describe


type Collect = Callable[[int, int], Sequence[Uncounted]]

_collectors: list[Collect] = []


def list_uncounted(collect: Collect) -> None:
    """Let an app say which of its documents of (person, year) have not come to count; the history lists them too."""
    if collect not in _collectors:
        _collectors.append(collect)


def uncounted(account: YearAccount) -> list[Uncounted]:
    """The documents of a year that do not count, oldest first (ANN-03)."""
    found = [one for collect in _collectors for one in collect(account.person_id, account.year)]
    return sorted(found, key=lambda one: one.at)


class Sourced(Protocol):
    """What names its source: an entry, a change of a target."""

    @property
    def source_kind(self) -> str:
        """Which app it came from."""

    @property
    def source_id(self) -> int:
        """Which of its documents."""


def sources_of(rows: Iterable[Sourced]) -> dict[tuple[str, int], Source]:
    """The sources of some entries or changes by (kind, id), one question per kind."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.source_kind, set()).add(row.source_id)
    return {
        (kind, pk): source
        for kind, pks in wanted.items()
        if kind in _describers
        for pk, source in _describers[kind](pks).items()
    }


def changes_of(person_ids: Iterable[int], at: datetime | None = None) -> dict[int, list[Change]]:
    """What events do to people's targets, now or as it was at a moment, by person; one question for all."""
    rows = TargetChange.objects.filter(person_id__in=list(person_ids), reverses=None)
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
    levels = _levels(accounts)
    return {account.pk: _target(account, changes, levels) for account in accounts}


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
    return _target(account, {person_id: known}, _levels([account])).requirement


def requirement_of(person_id: int, portal: str, year: int) -> Requirement:
    """What a year asks of a person, events included, whether or not it has an account."""
    return requirements_of([(person_id, portal, year)])[person_id, year]


def requirements_of(years: Iterable[tuple[int, str, int]]) -> dict[tuple[int, int], Requirement]:
    """What some years (person, portal, year) ask, by person and year: as ``requirement_of``, asked for all at once."""
    accounts = [YearAccount(person_id=person, portal=portal, year=year) for person, portal, year in years]
    changes, levels = changes_of({account.person_id for account in accounts}), _levels(accounts)
    return {(one.person_id, one.year): _target(one, changes, levels).requirement for one in accounts}


def _target(
    account: YearAccount, changes: Mapping[int, Sequence[Change]], levels: Mapping[tuple[int, int], str]
) -> Target:
    of_year = registry.pack(account.portal).year(account.year)
    rule = of_year.requirement.at_level(levels.get((account.person_id, account.year), ""))
    concerned = tuple(one for one in changes.get(account.person_id, ()) if one.concerns(account.year))
    return Target(rule, concerned, rules.target(rule, concerned, of_year.precision.step))


def _levels(accounts: Iterable[YearAccount]) -> dict[tuple[int, int], str]:
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
    levels = _levels(empty)
    for account in empty:
        target = _target(account, changes, levels)
        found[-account.year] = Standing({}, target, rules.judge({}, target.requirement))
    return [(year, found[rows[year].pk if year in rows else -year]) for year in years]
