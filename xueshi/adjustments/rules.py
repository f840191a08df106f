"""What an event does to a person's years, as arithmetic (policy facts 7)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.ledger.rules import Change
from xueshi.ledger.states import Effect
from xueshi.policies.events import EventKind, EventRule
from xueshi.policies.numbers import plain

KIND: Final = "adjustment"
"""The key under which events are reviewed, and the source of their target changes."""

_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: ``amount`` is hours, or a part of 0 to 1; None for kinds that take it all."""

    key: int
    kind: EventKind
    year: int
    reason: str
    measure: str
    amount: Decimal | None
    starts_on: date
    ends_on: date


def told(event: Event, label: str, unit: str) -> str:
    """An event in a few words: 因病休假：减免 30 学时."""
    return f"{event.reason}：{label}{_much(event, unit)}"


def _much(event: Event, unit: str) -> str:
    if event.amount is None:
        return {EventKind.START: f"，自 {event.year} 年度起", EventKind.END: f"，至 {event.year} 年度止"}.get(
            event.kind, f" {event.year} 年度要求"
        )
    if event.measure == "share":
        return f" {plain(event.amount * 100)}%"
    to = f"至 {event.year + 1} 年度" if event.kind is EventKind.DEFER else ""
    return f"{to} {plain(event.amount)} {unit}"


def changes(event: Event, rule: EventRule, unit: str) -> tuple[Change, ...]:
    """The target changes of an approved event, year by year."""
    label, year, amount = told(event, rule.label, unit), event.year, event.amount or Decimal(0)

    def change(effect: Effect, much: Decimal, first: int | None, last: int | None) -> Change:
        return Change(effect, much, first, last, label, KIND, event.key)

    if event.kind is EventKind.DEFER:
        return change(Effect.HOURS, -amount, year, year), change(Effect.HOURS, amount, year + 1, year + 1)
    if event.kind is EventKind.REDUCE:
        if event.measure == "share":
            return (change(Effect.SHARE, amount, year, year),)
        return (change(Effect.HOURS, -amount, year, year),)
    if event.kind is EventKind.WAIVE:
        return (change(Effect.NOTHING, Decimal(0), year, year),)
    bound = (None, year - 1) if event.kind is EventKind.START else (year + 1, None)
    found = [change(Effect.NOTHING, Decimal(0), *bound)]
    if rule.prorated and (share := months_off(event)):
        found.append(change(Effect.SHARE, share, year, year))
    return tuple(found)


def months_off(event: Event) -> Decimal:
    """The part of the event's year without duty: whole months before its start, or after its end."""
    months = event.starts_on.month - 1 if event.kind is EventKind.START else _MONTHS - event.ends_on.month
    return (Decimal(months) / _MONTHS).quantize(Decimal("0.0001"))


def amount_fits(event: Event, rule: EventRule, step: Decimal) -> Decision:
    """Whether so much can be said of such an event."""
    if not rule.measures:
        return deny("该类调整不填写数量") if event.amount is not None else ALLOW
    if event.measure not in rule.measures or event.amount is None or event.amount <= 0:
        return deny("请填写调整的数量")
    if event.measure == "hours" and event.amount % step:
        return deny(f"学时须为 {plain(step)} 的倍数")
    return deny("比例不能超过 100%") if event.measure == "share" and event.amount > 1 else ALLOW


def period_fits(event: Event) -> Decision:
    """Whether the event happened in its year."""
    if event.ends_on < event.starts_on:
        return deny("结束日期不能早于起始日期")
    if event.ends_on.year < event.year or event.starts_on.year > event.year:
        return deny("起止时间须包含所选年度中的日期")
    return ALLOW
