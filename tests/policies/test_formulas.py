"""Worked examples of conversion and caps."""

from decimal import Decimal
from fractions import Fraction

import pytest
from pydantic import TypeAdapter

from xueshi.policies.caps import Cap, Room, Usage, remaining, tightest
from xueshi.policies.formulas import Computed, Formula, Inputs, compute, plain, round_down, shared_total
from xueshi.policies.formulas.sayings import in_words

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
        ({"kind": "per_day", "rate": 8, "cap_year": 20}, {"claimed": 24, "days": 3, "used": Decimal(12)}, "8"),
        (
            {"kind": "per_day", "rate": 8, "rate_if_hours_unknown": 4},
            {"claimed": 24, "days": 3, "hours_known": False},
            "12",
        ),
        ({"kind": "per_course", "hours": 15}, {"claimed": 60, "items": 3}, "45"),
        ({"kind": "per_subject", "hours": 10, "cap": 25}, {"claimed": 60, "items": 3}, "25"),
        # numbers of our own: no source that may be shipped gives any (policy facts 5.3)
        ({"kind": "rank_decay", "start": 60, "step": 6}, {"claimed": 99, "rank": 1}, "60"),
        ({"kind": "rank_decay", "start": 60, "step": 6}, {"claimed": 99, "rank": 4}, "42"),
        ({"kind": "rank_decay", "start": 60, "step": 6, "floor": 20}, {"claimed": 99, "rank": 9}, "20"),
        ({"kind": "rank_decay", "start": 60, "step": 6}, {"claimed": 99, "rank": 20}, "0"),
        (
            {"kind": "author_share", "amount": 40, "first": "0.5", "divided": True},
            {"claimed": 99, "people": 4, "rank": 1},
            "20",
        ),
        (
            {"kind": "author_share", "amount": 40, "first": "0.5", "divided": True},
            {"claimed": 99, "people": 4, "rank": 4},
            "6.5",
        ),
        (
            {"kind": "author_share", "amount": 40, "first": "0.5", "divided": True, "in_full": 2},
            {"claimed": 99, "people": 2, "rank": 2},
            "40",
        ),
        (
            {"kind": "author_share", "amount": 40, "other": 10, "counted": 3},
            {"claimed": 99, "people": 5, "rank": 3},
            "10",
        ),
        (
            {"kind": "author_share", "amount": 40, "other": 10, "counted": 3},
            {"claimed": 99, "people": 5, "rank": 4},
            "0",
        ),
        ({"kind": "author_share", "amount": 40, "other": 10}, {"claimed": 99, "people": 2, "rank": 3}, "0"),
        ({"kind": "per_words", "hours": 5, "unit": 1000, "cap": 20}, {"claimed": 99, "words": 9000}, "20"),
        ({"kind": "per_words", "hours": 5, "unit": 1000, "whole_units": True}, {"claimed": 99, "words": 2999}, "10"),
        (
            {"kind": "complete_bucket", "bucket": "professional"},
            {"claimed": 99, "minimums": {"professional": Decimal(60)}},
            "60",
        ),
        ({"kind": "spread", "total": 100, "years": 3}, {"claimed": 99, "nth_year": 2}, "33"),
        ({"kind": "spread", "total": 100, "years": 3}, {"claimed": 99, "nth_year": 3}, "34"),
        ({"kind": "spread", "total": 100, "years": 3}, {"claimed": 99, "nth_year": 0}, "0"),
        ({"kind": "whole_year", "usable_years": 3}, {"claimed": 99, "year_total": 72, "nth_year": 4}, "0"),
        ({"kind": "tiers", "rate": 8, "tiers": [{"from_months": 1, "cap": 40}]}, {"claimed": 99, "days": 9}, "72"),
        (
            {"kind": "sum", "parts": [{"kind": "as_approved"}, {"kind": "as_approved"}], "cap": 30},
            {"claimed": 99},
            "30",
        ),
        ({"kind": "per_item", "amount": "7.7"}, {"claimed": "7.7"}, "7.5"),
        ({"kind": "per_item", "amount": "7.7"}, {"claimed": 9, "step": Decimal(1)}, "7"),
    ],
)
def test_worked_examples(rule: dict[str, object], inputs: dict[str, object], hours: str) -> None:
    assert run(rule, **inputs).hours == Decimal(hours)


@pytest.mark.parametrize(
    ("rule", "inputs", "total"),
    [
        ({"kind": "author_share", "amount": 40, "first": "0.5", "divided": True}, {"people": 4, "rank": 2}, "40"),
        ({"kind": "author_share", "amount": 40, "divided": True, "in_full": 2}, {"people": 2, "rank": 2}, "80"),
        ({"kind": "author_share", "amount": 40, "other": 10}, {"people": 1, "rank": 3}, "60"),
        ({"kind": "rank_decay", "start": 60, "step": 20}, {"people": 9}, "120"),
        ({"kind": "fixed_by_grade", "table": {"national": 10}}, {"grade": "national", "people": 9}, "10"),
        ({"kind": "as_approved", "max": 20}, {"people": 2}, None),
        ({"kind": "sum", "parts": [{"kind": "per_item", "amount": 5}, {"kind": "as_labelled"}]}, {}, None),
        (
            {"kind": "choice", "by": ["grade"], "cases": {"national": {"kind": "per_item", "amount": 5}}},
            {"grade": "x"},
            "0",
        ),
    ],
)
def test_what_all_people_together_may_claim(
    rule: dict[str, object], inputs: dict[str, object], total: str | None
) -> None:
    found = shared_total(FORMULA.validate_python(rule), Inputs(**inputs))  # type: ignore[arg-type]  # loose on purpose
    assert found == (None if total is None else Decimal(total))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            {"kind": "per_day", "rate": 8, "rate_if_hours_unknown": 4, "cap_once": 30, "cap_year": 60},
            "每天 8 学时（只知天数的每天 4 学时），一次最多 30 学时，每年最多 60 学时",
        ),
        (
            {"kind": "rank_table", "by": ["grade", "part"], "table": {"national/main": [64, 56]}},
            "按级别和位次：national、main依次 64、56 学时",
        ),
        ({"kind": "rank_decay", "start": 60, "step": 6}, "第 1 位 60 学时，每后一位少 6 学时"),
        (
            {"kind": "author_share", "amount": 90, "other": 60},
            "独立完成 90 学时，多人的第一作者 90 学时，其他作者各 60 学时",
        ),
        (
            {
                "kind": "tiers",
                "rate": 8,
                "tiers": [{"cap": 30}, {"from_months": 3, "cap": 60}, {"over_months": 6, "cap": 90}],
            },
            "每天 8 学时（路途不计），一次最多 30 学时，满 3 个月的最多 60 学时，超过 6 个月的最多 90 学时",
        ),
        (
            {
                "kind": "sum",
                "parts": [
                    {"kind": "per_words", "hours": 5, "unit": 1000},
                    {"kind": "spread", "total": 100, "years": 2},
                ],
            },
            "每 1000 字 5 学时；共 100 学时，分 2 年计入",
        ),
        (
            {"kind": "choice", "by": ["kind"], "cases": {"a": {"kind": "complete_bucket", "bucket": "public"}}},
            "a：计满本年度该科目要求的学时",
        ),
    ],
)
def test_a_rule_in_words(rule: dict[str, object], words: str) -> None:
    assert in_words(FORMULA.validate_python(rule)) == words


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
        (DAY, Usage("on_the_job", "professional", days=3, on_days=Fraction(10)), "14"),
        (DAY, Usage("on_the_job", "professional", days=1, on_days=Fraction(20)), "0"),
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
