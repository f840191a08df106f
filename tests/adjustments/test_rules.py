"""What events do to targets, as arithmetic."""

from datetime import date
from decimal import Decimal

import pytest

from xueshi.adjustments.rules import Event, changes, months_off
from xueshi.ledger.rules import Change, judge, target
from xueshi.ledger.states import Effect
from xueshi.policies.events import EventKind, EventReason, EventRule
from xueshi.policies.lookback import LookBack, look_back
from xueshi.policies.years import LevelRequirement, Minimum, Requirement

HALF = Decimal("0.5")
NINETY = Requirement(
    total=Decimal(90),
    minimums=(Minimum(key="public", hours=Decimal(30)), Minimum(key="professional", hours=Decimal(60))),
)


def rule(kind: EventKind, *, prorated: bool = False) -> EventRule:
    measures = {EventKind.DEFER: ("hours",), EventKind.REDUCE: ("hours", "share")}.get(kind, ())
    reasons = (EventReason(key="illness", label="因病休假"),)
    return EventRule(
        key=kind, label="调整", enabled=True, evidence="证明", measures=measures, prorated=prorated, reasons=reasons
    )


def event(kind: EventKind, amount: str = "", measure: str = "hours") -> Event:
    much = Decimal(amount) if amount else None
    return Event(7, kind, 2026, "因病休假", measure if amount else "", much, date(2026, 4, 15), date(2026, 9, 10))


def asked(year: int, *found: Change, of: Requirement = NINETY) -> list[Decimal]:
    left = target(of, [one for one in found if one.concerns(year)], HALF)
    return [left.total, *(minimum.hours for minimum in left.minimums)]


@pytest.mark.parametrize(
    ("kind", "amount", "measure", "by_year"),
    [
        (EventKind.DEFER, "45", "hours", {2025: [90, 30, 60], 2026: [45, 15, 30], 2027: [135, 45, 90]}),
        (EventKind.REDUCE, "40", "hours", {2026: [50, Decimal("16.5"), 33], 2027: [90, 30, 60]}),
        (EventKind.REDUCE, "0.25", "share", {2026: [Decimal("67.5"), Decimal("22.5"), 45]}),
        (EventKind.REDUCE, "1", "share", {2026: [0, 0, 0]}),
        (EventKind.WAIVE, "", "", {2025: [90, 30, 60], 2026: [0, 0, 0], 2027: [90, 30, 60]}),
        (EventKind.START, "", "", {2019: [0, 0, 0], 2025: [0, 0, 0], 2026: [90, 30, 60]}),
        (EventKind.END, "", "", {2026: [90, 30, 60], 2027: [0, 0, 0], 2035: [0, 0, 0]}),
    ],
)
def test_each_kind_moves_the_target_of_its_years(
    kind: EventKind, amount: str, measure: str, by_year: dict[int, list[Decimal]]
) -> None:
    found = changes(event(kind, amount, measure), rule(kind), "学时")
    assert {year: asked(year, *found) for year in by_year} == by_year


def test_first_and_last_year_are_asked_by_months_where_the_pack_says_so() -> None:
    start = changes(event(EventKind.START), rule(EventKind.START, prorated=True), "学时")
    assert (months_off(event(EventKind.START)), asked(2026, *start)[0]) == (Decimal("0.2500"), Decimal("67.5"))
    end = changes(event(EventKind.END), rule(EventKind.END, prorated=True), "学时")
    assert (months_off(event(EventKind.END)), asked(2026, *end)[0]) == (Decimal("0.2500"), Decimal("67.5"))


def test_several_events_meet_shares_before_hours_and_never_below_nothing() -> None:
    half = Change(Effect.SHARE, Decimal("0.5"), 2026, 2026, "")
    more = Change(Effect.HOURS, Decimal(30), 2026, 2026, "")
    less = Change(Effect.HOURS, Decimal(-100), 2026, 2026, "")
    assert asked(2026, more, half) == asked(2026, half, more) == [75, 25, 50]
    assert asked(2026, half, less) == [0, 0, 0]
    assert judge({}, target(NINETY, [half, less], HALF)).passed
    share_of_actual = NINETY.model_copy(update={"ratio_base": "actual"})
    assert judge({}, target(share_of_actual, [half, less], HALF)).passed


def test_what_is_asked_may_hang_on_the_level() -> None:
    row = LevelRequirement(key="junior", total=Decimal(40), minimums=(Minimum(key="public", hours=Decimal(24)),))
    by_level = NINETY.model_copy(update={"levels": (row,)})
    assert [by_level.at_level(one).total for one in ("junior", "senior", "")] == [40, 90, 90]
    assert by_level.at_level("junior").minimum("professional") == 0


def test_the_rule_that_names_the_degree_goes_first() -> None:
    any_degree = LookBack(key="middle", label="x", levels=("middle",), years=4)
    master = LookBack(key="master", label="x", levels=("middle",), degrees=("3",), years=3)
    rows = (any_degree, master)
    assert [look_back(rows, "middle", degree) for degree in ("3", "4", "")] == [master, any_degree, any_degree]
    assert look_back(rows, "senior", "3") is None
    assert master.years_of(2025) == (2022, 2023, 2024)
