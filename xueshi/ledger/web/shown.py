"""How a year is shown: its sums against what is asked, and each entry with its source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from xueshi.ledger.models import LedgerEntry, YearAccount
from xueshi.ledger.rules import Line
from xueshi.ledger.selectors import Source
from xueshi.policies import registry
from xueshi.policies.formulas import plain
from xueshi.policies.values import UnknownKey
from xueshi.policies.years import YearRules
from xueshi.ui import parts


@dataclass(frozen=True, slots=True)
class Row:
    """One line of 继续历程; ``taken_back`` marks an entry that a later one reverses."""

    at: datetime
    title: str
    kind: str
    url: str
    form: str
    subject: str
    hours: Decimal
    reversal: bool
    taken_back: bool


def rules_of(account: YearAccount) -> YearRules:
    """The rules the account was judged by."""
    return registry.pack(account.portal).year(account.year)


def result(account: YearAccount) -> parts.State:
    """认定结果 in the words of its own year."""
    annual = rules_of(account).annual
    return parts.State(annual.passed, "ok") if account.passed else parts.State(annual.failed, "no")


def lines(account: YearAccount) -> tuple[Line, ...]:
    """The conditions of the stored verdict, as it was explained when the hours last changed."""
    stored: Sequence[Mapping[str, str]] = account.verdict.get("lines", ())
    return tuple(Line(one["subject"], Decimal(one["have"]), Decimal(one["need"])) for one in stored)


def bars(account: YearAccount) -> list[parts.YearBar]:
    """Each condition as had against needed; a subject without a minimum shows its hours alone."""
    of_year = rules_of(account)
    return [
        parts.YearBar(
            label=of_year.subject_label(line.subject) if line.subject else "总学时",
            have=line.have,
            need=line.need or None,
        )
        for line in lines(account)
    ]


def missing(account: YearAccount) -> list[str]:
    """What the year still lacks, one sentence a condition."""
    of_year, unit = rules_of(account), registry.pack(account.portal).word("hours")
    return [
        f"{of_year.subject_label(line.subject) if line.subject else '总学时'}要求 {plain(line.need)} {unit}，"
        f"已有 {plain(line.have)} {unit}，还差 {plain(line.missing)} {unit}"
        for line in lines(account)
        if line.missing > 0
    ]


def history(
    account: YearAccount, entries: Sequence[LedgerEntry], sources: Mapping[tuple[str, int], Source]
) -> list[Row]:
    """The entries with their sources, counter-entries included (ANN-03)."""
    of_year = rules_of(account)
    reversed_ids = {entry.reverses_id for entry in entries}
    return [_row(entry, of_year, sources.get((entry.source_kind, entry.source_id)), reversed_ids) for entry in entries]


def _row(entry: LedgerEntry, of_year: YearRules, source: Source | None, reversed_ids: set[int | None]) -> Row:
    return Row(
        at=entry.at,
        title=source.title if source else f"记录 {entry.source_id}",
        kind=source.kind if source else "",
        url=source.url if source else "",
        form=_form_label(of_year, entry.form),
        subject=of_year.subject_label(entry.subject),
        hours=entry.hours,
        reversal=entry.reverses_id is not None,
        taken_back=entry.pk in reversed_ids,
    )


def _form_label(of_year: YearRules, key: str) -> str:
    try:
        return of_year.learning_form(key).label
    except UnknownKey:
        return key
