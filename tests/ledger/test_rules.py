"""The verdict of a year and where hours go, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from xueshi.ledger.rules import Held, Line, Wanted, judge, lacking, room, spread
from xueshi.policies import registry
from xueshi.policies.caps import Cap
from xueshi.policies.years import Minimum, Precision, Requirement, YearRules

SIXTY_OF_NINETY = Requirement(total=Decimal(90), minimums=(Minimum(key="professional", hours=Decimal(60)),))
WITH_PUBLIC = Requirement(
    total=Decimal(90),
    minimums=(Minimum(key="public", hours=Decimal(30)), Minimum(key="professional", hours=Decimal(60))),
)


@pytest.mark.parametrize(
    ("public", "professional", "passed"),
    [("24", "66", True), ("0", "80", False), ("30", "60", True), ("40", "50", False), ("70", "100", True),
     ("29.5", "60", False), ("0", "0", False)],
)  # fmt: skip
def test_worked_examples_of_the_manuals(public: str, professional: str, passed: bool) -> None:
    sums = {"public": Decimal(public), "professional": Decimal(professional)}
    verdict = judge(sums, SIXTY_OF_NINETY)
    assert verdict.passed is passed
    assert verdict.lines[0] == Line("", Decimal(public) + Decimal(professional), Decimal(90))


def test_thresholds_are_data() -> None:
    small = Requirement(
        total=Decimal(20),
        minimums=(Minimum(key="public", hours=Decimal(10)), Minimum(key="professional", hours=Decimal(10))),
    )
    assert judge({"public": Decimal(10), "professional": Decimal(10)}, small).passed
    assert not judge({"public": Decimal(0), "professional": Decimal(30)}, small).passed


def test_half_an_hour_short_is_said_exactly() -> None:
    verdict = judge({"public": Decimal("29.5"), "professional": Decimal(60)}, WITH_PUBLIC)
    assert [line.missing for line in verdict.lines] == [Decimal("0.5"), Decimal("0.5"), Decimal(0)]


def test_ratio_of_the_actual_total_is_another_reading() -> None:
    actual = SIXTY_OF_NINETY.model_copy(update={"ratio_base": "actual"})
    assert not judge({"public": Decimal(70), "professional": Decimal(100)}, actual).passed
    assert judge({"public": Decimal(50), "professional": Decimal(100)}, actual).passed


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ({}, {"professional": "60", "public": "30"}),
        ({"professional": "60"}, {"public": "90"}),
        ({"professional": "60", "public": "30"}, {"professional": "90"}),
        ({"public": "30", "professional": "50"}, {"professional": "90"}),
    ],
)
def test_a_record_of_all_subjects_fills_gaps_largest_first(sums: dict[str, str], expected: dict[str, str]) -> None:
    shares = spread("any", Decimal(90), {key: Decimal(value) for key, value in sums.items()}, WITH_PUBLIC)
    assert {share.subject: share.hours for share in shares} == {key: Decimal(value) for key, value in expected.items()}


def capped(*caps: Cap, step: str = "0.5") -> YearRules:
    """A year with these caps, counting in such steps."""
    precision = Precision(step=Decimal(step), minutes=45)
    return registry.pack("weihai").year(2026).model_copy(update={"caps": caps, "precision": precision})


def test_a_day_holds_so_many_hours_across_forms() -> None:
    cap = Cap(key="day", label="全部形式", per="day", hours=Decimal(8))
    held = [Held("job_training", "professional", Decimal(16), date(2026, 5, 11), date(2026, 5, 12))]
    wanted = Wanted("conference", "professional", date(2026, 5, 12), date(2026, 5, 13))
    assert room(wanted, held, capped(cap)).hours == Decimal(8)


@pytest.mark.parametrize(
    ("held", "days", "step", "left"),
    [
        (["5", "5", "5"], 1, "0.5", "3"),
        (["20"], 1, "0.5", "1"),
        (["20"], 1, "0.1", "1.3"),
        (["20"], 1, "1", "1"),
        (["20", "0.5"], 2, "0.5", "2"),
        (["24"], 1, "0.5", "0"),
        (["24", "24"], 1, "0.5", "0"),
    ],
)
def test_hours_spread_over_days_leave_exactly_the_whole_steps(held: list[str], days: int, step: str, left: str) -> None:
    """Thirds add up to a whole again, and what is left is never said as 1.333."""
    cap = Cap(key="day", label="岗位培训", per="day", hours=Decimal(8))
    rows = [Held("other", "professional", Decimal(one), date(2026, 5, 11), date(2026, 5, 13)) for one in held]
    wanted = Wanted("other", "professional", date(2026, 5, 11), date(2026, 5, 10 + days))
    found = room(wanted, rows, capped(cap, step=step))
    assert found.hours == Decimal(left)
    assert found.explain() == f"岗位培训每天最多 8 学时，还可计入 {left} 学时"


def test_a_form_has_a_yearly_cap() -> None:
    cap = Cap(key="papers", label="发表论文", per="year", hours=Decimal(40), forms=("paper",))
    held = [
        Held("paper", "professional", Decimal(36), None, None),
        Held("other", "professional", Decimal(30), None, None),
    ]
    found = room(Wanted("paper", "professional", None, None), held, capped(cap))
    assert found.hours == Decimal(4)
    assert room(Wanted("other", "professional", None, None), held, capped(cap)).hours is None


@pytest.mark.parametrize(
    ("held", "subject", "gap"),
    [
        ({}, "professional", "90"),
        ({"professional": "80"}, "professional", "10"),
        ({"professional": "80"}, "public", "30"),
        ({"professional": "90"}, "professional", "0"),
        ({"professional": "90"}, "public", "30"),
        ({"professional": "90"}, "any", "30"),
        ({"public": "30", "professional": "60"}, "any", "0"),
        ({"any": "89.5"}, "professional", "0.5"),
    ],
)
def test_what_a_year_still_lacks_is_a_cap(held: dict[str, str], subject: str, gap: str) -> None:
    cap = Cap(key="gap", label="年度学时", per="gap")
    rows = [Held("paper", key, Decimal(hours), None, None) for key, hours in held.items()]
    assert lacking(subject, rows, WITH_PUBLIC) == Decimal(gap)
    found = room(Wanted("other", subject, None, None), rows, capped(cap), WITH_PUBLIC)
    assert (found.hours, found.cap) == (Decimal(gap), cap)
    assert room(Wanted("other", subject, None, None), rows, capped(cap)).hours is None
