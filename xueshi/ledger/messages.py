"""What the ledger tells people: what their year lacks while there is still time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from xueshi.accounts import messages
from xueshi.kernel import clock
from xueshi.ledger import rules, selectors
from xueshi.ledger.models import YearAccount
from xueshi.notifications.services import NoteDraft
from xueshi.people import selectors as people
from xueshi.people.models import Professional
from xueshi.policies.numbers import plain
from xueshi.policies.packs import Pack
from xueshi.policies.years import Requirement

_AT_ONCE = 500
"""People of one transaction: what a killed worker told stays told, and the next run goes on behind it."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A year that is about to close: its last day, and which of the pack's terms has begun, in days before it."""

    year: int
    last: date
    term: int

    @property
    def day(self) -> str:
        """The last day as it is told."""
        return f"{self.last:%Y-%m-%d}"


def closing(pack: Pack, day: date) -> Closing | None:
    """The year that closes within the pack's terms of a day, by its own window (policy facts 7); ``None`` before."""
    for year in (day.year - 1, day.year):
        last = pack.year(year).window.closes(year) if year >= min(pack.years) else date.min
        left = (last - day).days
        term = min((one for one in pack.portal.reminders.closing_days if 0 <= left <= one), default=None)
        if term is not None:
            return Closing(year, last, term)
    return None


def remind_of_year(pack: Pack) -> None:
    """Tell everybody whose closing year is not passed what it lacks, once a term."""
    ending, last = closing(pack, clock.today()), 0
    while ending is not None:
        found = people.employed_on(pack.key, after=last, limit=_AT_ONCE)
        if not found:
            return
        last = found[-1].pk
        messages.tell(list(_drafts(pack, ending, found)))


def _drafts(pack: Pack, ending: Closing, found: Sequence[Professional]) -> Iterator[NoteDraft]:
    lacking = missing_of(pack, ending.year, found)
    for person in found:
        if missing := lacking[person.pk]:
            yield NoteDraft(
                key=f"closing:{person.pk}:{ending.year}:{ending.term}",
                user_id=person.user_id,
                portal=pack.key,
                template="closing",
                values={"year": str(ending.year), "date": ending.day, "missing": missing},
                url=reverse("ledger:years"),
            )


def missing_of(pack: Pack, year: int, found: Sequence[Professional]) -> dict[int, str]:
    """What the year of each person still lacks, in words; empty where it lacks nothing. Events are counted in."""
    accounts = {row.person_id: row for row in selectors.accounts_in(year, [one.pk for one in found])}
    for person in found:  # who has no account yet is asked for the whole; a negative key is nobody's
        empty = YearAccount(pk=-person.pk, person_id=person.pk, portal=pack.key, year=year)
        accounts.setdefault(person.pk, empty)
    targets = selectors.targets_of(list(accounts.values()))
    return {
        person_id: _in_words(pack, account, targets[account.pk].requirement) for person_id, account in accounts.items()
    }


def _in_words(pack: Pack, account: YearAccount, asked: Requirement) -> str:
    if account.passed:
        return ""
    of_year, unit = pack.year(account.year), pack.word("hours")
    titles = {subject.key: subject.title for subject in of_year.subjects} | {"": "总学时"}
    verdict = rules.judge(account.by_subject, asked)
    lines = sorted((line for line in verdict.lines if line.missing), key=lambda line: line.subject == "")
    return "、".join(f"{titles.get(line.subject, line.subject)} {plain(line.missing)} {unit}" for line in lines)
