"""How a year is shown: each condition with what is missing and until when, the events behind it, and each entry."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xueshi.ledger.models import LedgerEntry, YearAccount
from xueshi.ledger.rules import Line
from xueshi.ledger.selectors import Source, Standing, Uncounted
from xueshi.policies import registry
from xueshi.policies.values import UnknownKey
from xueshi.policies.verdicts import unfinished, verdict
from xueshi.policies.years import YearRules
from xueshi.ui import parts

TOTAL = "总学时"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of 继续历程; ``mark`` says what is not as usual: 冲销, 已冲销, or the state of what does not count."""

    at: datetime
    title: str
    kind: str
    url: str
    form: str
    subject: str
    hours: Decimal | None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An event behind what a year asks, and the document it came from."""

    label: str
    source_kind: str
    source_id: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A verdict with its conditions and events, as stored or as it was on a day."""

    passed: bool
    waived: bool
    lines: tuple[Line, ...]
    events: tuple[Event, ...]
    base: Decimal


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the explanation."""

    label: str
    line: Line
    state: parts.State


def rules_of(account: YearAccount) -> YearRules:
    """The rules the account was judged by."""
    return registry.pack(account.portal).year(account.year)


def closes_on(account: YearAccount) -> date:
    """The last day on which hours may still be earned for the year."""
    return rules_of(account).window.closes(account.year)


def kept(account: YearAccount) -> Explained:
    """The stored verdict, as it was explained when the hours or the target last changed."""
    stored: Mapping[str, Any] = account.verdict
    lines = tuple(Line(one["subject"], Decimal(one["have"]), Decimal(one["need"])) for one in stored.get("lines", ()))
    events = tuple(Event(one["label"], one["kind"], one["id"]) for one in stored.get("events", ()))
    base = Decimal(stored["base"]) if "base" in stored else (lines[0].need if lines else Decimal(0))
    return Explained(account.passed, bool(stored.get("waived")), lines, events, base)


def at(standing: Standing) -> Explained:
    """The verdict of a past day."""
    target = standing.target
    events = tuple(Event(one.label, one.source_kind, one.source_id) for one in target.changes)
    return Explained(standing.verdict.passed, target.waived, standing.verdict.lines, events, target.rule.total)


def result(account: YearAccount) -> parts.State:
    """认定结果 in the words of its own year."""
    return verdict(rules_of(account), account.year, passed=account.passed, waived=bool(account.verdict.get("waived")))


def bars(of_year: YearRules, explained: Explained) -> list[parts.YearBar]:
    """Each condition as had against needed; a subject without a minimum shows its hours alone."""
    return [
        parts.YearBar(label=_label(of_year, line), have=line.have, need=line.need or None) for line in explained.lines
    ]


def conditions(of_year: YearRules, year: int, explained: Explained, on: date | None) -> list[Condition]:
    """The verdict line by line, today or on a past day: what is asked, what is there, what is missing."""
    return [
        Condition(
            _label(of_year, line),
            line,
            parts.State("达到", "ok") if line.missing == 0 else parts.State("未达到", unfinished(year, on)),
        )
        for line in explained.lines
        if line.need > 0
    ]


def deadline(account: YearAccount, explained: Explained, today: date) -> str:
    """Until when what is missing can still be earned; empty when nothing is."""
    if explained.passed:
        return ""
    closing = closes_on(account)
    until = f"{closing.year} 年 {closing.month} 月 {closing.day} 日"
    if today > closing:
        return f"该年度已于 {until}截止"
    return f"请在 {until}（含当日）前完成，还有 {(closing - today).days + 1} 天"


def _label(of_year: YearRules, line: Line) -> str:
    return of_year.subject_label(line.subject) if line.subject else TOTAL


def history(
    account: YearAccount,
    entries: Sequence[LedgerEntry],
    sources: Mapping[tuple[str, int], Source],
    waiting: Iterable[Uncounted] = (),
) -> list[Row]:
    """The entries with their sources, counter-entries included, then what does not count (ANN-03)."""
    of_year = rules_of(account)
    reversed_ids = {entry.reverses_id for entry in entries}
    rows = [_row(entry, of_year, sources.get((entry.source_kind, entry.source_id)), reversed_ids) for entry in entries]
    return rows + [_not_counted(one, of_year) for one in waiting]


def _row(entry: LedgerEntry, of_year: YearRules, source: Source | None, reversed_ids: set[int | None]) -> Row:
    taken_back = "已冲销" if entry.pk in reversed_ids else ""
    return Row(
        at=entry.at,
        title=source.title if source else f"记录 {entry.source_id}",
        kind=source.kind if source else "",
        url=source.url if source else "",
        form=_form_label(of_year, entry.form),
        subject=of_year.subject_label(entry.subject),
        hours=entry.hours,
        mark="冲销" if entry.reverses_id is not None else taken_back,
    )


def _not_counted(one: Uncounted, of_year: YearRules) -> Row:
    form, subject = _form_label(of_year, one.form), of_year.subject_label(one.subject)
    mark = f"{one.state}，未计入"
    return Row(one.at, one.source.title, one.source.kind, one.source.url, form, subject, one.hours, mark)


def _form_label(of_year: YearRules, key: str) -> str:
    try:
        return of_year.learning_form(key).label
    except UnknownKey:
        return key
