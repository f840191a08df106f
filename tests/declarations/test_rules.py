"""The arithmetic, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from xueshi.declarations import rules
from xueshi.declarations.rules import Claim
from xueshi.kernel.errors import RuleBroken
from xueshi.ledger.rules import Held
from xueshi.policies import registry
from xueshi.policies.answers import Answers, Period

D = Decimal


def claim(hours: str, days: int = 3, form: str = "on_the_job", portal: str = "weihai") -> Claim:
    year = registry.pack(portal).year(2026)
    period = Period(date(2026, 5, 11), date(2026, 5, 10 + days))
    answers = Answers({"hours": D(hours), "subject": "professional", "period": period})
    return Claim(year, year.learning_form(form), answers)


@pytest.mark.parametrize(
    ("today", "years"), [(date(2026, 12, 31), (2026, 2025, 2024)), (date(2017, 1, 1), (2017, 2016))]
)
def test_years_open(today: date, years: tuple[int, ...]) -> None:
    assert rules.years_open(registry.pack("weihai"), today) == years


@pytest.mark.parametrize(
    ("year", "reason"),
    [
        (2026, ""),
        (2024, ""),
        (2023, "该年度不能申报：2023 年度的学时申报已于 2025-12-31 截止"),
        (2027, "该年度不能申报：2027 年度的学时自 2027-01-01 起申报"),
        (2015, "该年度不能申报"),
    ],
)
def test_a_year_is_declared_in_its_window(year: int, reason: str) -> None:
    decision = rules.in_window(registry.pack("weihai"), year, date(2026, 11, 22))
    assert (bool(decision), decision.reason) == (not reason, reason)


@pytest.mark.parametrize(
    ("hours", "days", "allowed"), [("24", 3, True), ("24.5", 3, False), ("8", 1, True), ("8.5", 1, False)]
)
def test_a_training_is_worth_eight_hours_a_day(hours: str, days: int, allowed: bool) -> None:
    assert bool(rules.within_rule(claim(hours, days))) is allowed


def test_the_reason_is_the_rule_in_words() -> None:
    assert rules.within_rule(claim("30")).reason == "3 天的岗位培训最多申报 24 学时（每天 8 学时）"


@pytest.mark.parametrize(("held", "hours", "allowed"), [("0", "24", True), ("16", "8", True), ("16", "8.5", False)])
def test_days_are_shared_by_all_full_day_forms(held: str, hours: str, allowed: bool) -> None:
    taken = [Held("seminar", "professional", D(held), date(2026, 5, 11), date(2026, 5, 13))] if D(held) else []
    assert bool(rules.within_caps(claim(hours), taken)) is allowed


def test_an_unconfirmed_conversion_stops_at_what_the_year_lacks() -> None:
    held = [Held("seminar", "professional", D(60), None, None), Held("paper", "public", D(18), None, None)]
    assert rules.within_caps(claim("12", portal="shandong"), held)
    more = rules.within_caps(claim("12.5", portal="shandong"), held)
    assert more.reason == "年度学时：本年度还差 12 学时，最多计入 12 学时"
    full = [*held, Held("paper", "public", D(12), None, None)]
    assert rules.within_caps(claim("0.5", portal="shandong"), full).reason == "年度学时：本年度学时已满，不再计入"
    assert rules.within_caps(claim("24"), full)


def test_a_form_without_full_days_has_no_day_cap() -> None:
    assert claim("300", form="posting").wanted.days == 0
    assert rules.within_caps(claim("300", form="posting"), [])


@pytest.mark.parametrize(("typed", "comment", "hours"), [("", "", 24), ("24", "", 24), ("16.5", "少一天", "16.5")])
def test_recognised(typed: str, comment: str, hours: str) -> None:
    finding = {"hours": typed} if typed else {}
    assert rules.recognised(finding, D(24), step=D("0.5"), comment=comment) == D(hours)


@pytest.mark.parametrize("typed", ["24.5", "0", "-1", "abc", "NaN", "Infinity", "1e9", "16.3", "", " "])
def test_what_a_reviewer_may_not_recognise(typed: str) -> None:
    with pytest.raises(RuleBroken):
        rules.recognised({"hours": typed}, D(24), step=D("0.5"), comment="说明")


def test_lowering_needs_a_comment() -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.recognised({"hours": "16"}, D(24), step=D("0.5"), comment=" ")
    assert refusal.value.field == "comment"


def test_the_digest_covers_answers_and_files_in_order() -> None:
    one = rules.digest(claim("24"), 2026, ["a", "b"])
    assert one == rules.digest(claim("24"), 2026, ["a", "b"])
    others = {
        rules.digest(claim("23"), 2026, ["a", "b"]),
        rules.digest(claim("24"), 2025, ["a", "b"]),
        rules.digest(claim("24"), 2026, ["b", "a"]),
        rules.digest(claim("24", form="seminar"), 2026, ["a", "b"]),
    }
    assert len(others | {one}) == 5


@pytest.mark.parametrize(
    ("hours", "before", "after"), [("36", False, True), ("35.5", False, False), ("0", False, False)]
)
def test_effect_on_a_year(hours: str, before: bool, after: bool) -> None:
    requirement = registry.pack("weihai").year(2026).requirement
    sums = {"public": D(30), "professional": D(24), "elective": D(0)}
    effect = rules.effect(sums, "professional", D(hours), requirement)
    assert (effect.passed_before, effect.passed_after) == (before, after)
    assert (effect.changes[0].before, effect.changes[0].after) == (54, 54 + D(hours))
