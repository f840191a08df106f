"""Worked examples of conversion and caps."""

from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from xueshi.policies.caps import Cap, Room, Usage, remaining, tightest
from xueshi.policies.formulas import Computed, Formula, Inputs, compute, plain, round_down

FORMULA: TypeAdapter[Formula] = TypeAdapter(Formula)


def run(rule: dict[str, object], **inputs: object) -> Computed:
    for key in ("claimed", "labelled", "taught", "year_total"):
        if key in inputs:
            inputs[key] = Decimal(str(inputs[key]))
    return compute(FORMULA.validate_python({"mark": "C", **rule}), Inputs(**inputs))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "inputs", "hours"),
    [
        ({"kind": "as_approved"}, {"claimed": 36}, "36"),
        ({"kind": "as_approved", "max": 20}, {"claimed": 36}, "20"),
        ({"kind": "as_labelled"}, {"claimed": 12, "labelled": 10}, "10"),
        # 泰州: 8 a day, 4 when only the days are known; abroad once at most 30 (policy facts 5.2)
        ({"kind": "per_day", "rate": 8}, {"claimed": 24, "days": 3}, "24"),
        ({"kind": "per_day", "rate": 8}, {"claimed": 30, "days": 3}, "24"),
        ({"kind": "per_day", "rate": 8}, {"claimed": 10, "days": 3}, "10"),
        ({"kind": "per_day", "rate": 8, "rate_if_hours_unknown": 4}, {"days": 3}, "12"),
        ({"kind": "per_day", "rate": 8, "cap_once": 30}, {"claimed": 80, "days": 10}, "30"),
        ({"kind": "per_item", "amount": 15}, {"claimed": 60, "items": 3}, "45"),
        ({"kind": "per_item", "amount": 15, "cap": 30}, {"claimed": 60, "items": 3}, "30"),
        (
            {"kind": "fixed_by_grade", "table": {"national": 10, "provincial": 8}},
            {"claimed": 12, "grade": "provincial"},
            "8",
        ),
        ({"kind": "fixed_by_grade", "table": {"national": 10}}, {"claimed": 12, "grade": "none"}, "0"),
        ({"kind": "whole_year"}, {"claimed": 120, "year_total": 90}, "90"),
        ({"kind": "multiplier", "factor": 2}, {"claimed": 20, "taught": 6}, "12"),
    ],
)
def test_worked_examples(rule: dict[str, object], inputs: dict[str, object], hours: str) -> None:
    assert run(rule, **inputs).hours == Decimal(hours)


def test_a_result_gives_its_reasons() -> None:
    result = run({"kind": "per_day", "rate": 8}, claimed=30, days=3, activity="岗位培训")
    words = "3 天的岗位培训最多申报 24 学时（每天 8 学时）"
    assert result.text == words
    assert result.limit == 24
    assert result.cap == words
    assert result.inputs == (("天数", "3"), ("每天学时", "8"), ("申报学时", "30"))
    assert result.mark == "C"


def test_a_claim_inside_the_rule_is_not_cut() -> None:
    assert run({"kind": "per_day", "rate": 8}, claimed=24, days=3).cap == ""


@pytest.mark.parametrize(("number", "text"), [("24", "24"), ("24.0", "24"), ("1.50", "1.5"), ("100", "100")])
def test_numbers_as_people_write_them(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_round_down_to_the_step() -> None:
    assert round_down(Decimal("7.9"), Decimal("0.5")) == Decimal("7.5")


DAY = Cap(key="day", label="全日制学习", per="day", hours=Decimal(8), forms=("on_the_job", "seminar"))
YEAR = Cap(key="year", label="论文", per="year", hours=Decimal(30), forms=("paper",))


@pytest.mark.parametrize(
    ("cap", "usage", "left"),
    [
        (DAY, Usage("on_the_job", "professional", days=3, on_days=Decimal(10)), "14"),
        (DAY, Usage("on_the_job", "professional", days=1, on_days=Decimal(20)), "0"),
        (DAY, Usage("on_the_job", "professional"), None),
        (DAY, Usage("paper", "professional", days=3), None),
        (YEAR, Usage("paper", "professional", in_year=Decimal(12)), "18"),
        (YEAR, Usage("paper", "professional", in_year=Decimal(36)), "0"),
    ],
)
def test_what_a_cap_leaves(cap: Cap, usage: Usage, left: str | None) -> None:
    assert remaining(cap, usage).hours == (None if left is None else Decimal(left))


def test_the_tightest_cap_bites() -> None:
    narrow = Room(Decimal(5), DAY)
    assert tightest([Room(), Room(Decimal(9), YEAR), narrow]) is narrow
    assert narrow.explain() == "全日制学习每天最多 8 学时，还可计入 5 学时"
    assert tightest([Room()]) == Room()
