"""The worked numbers of other regions' regulations, each through its pack (policy facts 5.2 to 5.6)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from tests.policies.worlds import world_of
from xueshi.declarations.rules import Claim, in_window, inputs_of, within_caps, within_rule, worth, years_open
from xueshi.ledger.rules import Held
from xueshi.policies.answers import Answer, Answers, Period
from xueshi.policies.formulas import shared_total
from xueshi.policies.packs import Pack
from xueshi.policies.routes import Applicant
from xueshi.policies.values import Mark

D = Decimal
YEAR = 2026
READ = {"paper_read": "yes"}


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Pack]:
    return world_of(tmp_path_factory.mktemp("policies"), "fujian").packs


def claim(pack: Pack, form: str, hours: str = "999", **answers: Answer) -> Claim:
    return asked(pack, form, {"hours": D(hours), **answers})


def asked(pack: Pack, form: str, answers: Mapping[str, Answer]) -> Claim:
    rules = pack.year(YEAR)
    given: dict[str, Answer] = {"hours": D(999), "subject": "professional", **answers}
    return Claim(rules, rules.learning_form(form), Answers(given), pack.word("hours"), YEAR)


def days(number: int) -> Period:
    return Period(date(2026, 3, 1), date.fromordinal(date(2026, 3, 1).toordinal() + number - 1))


@pytest.mark.parametrize(
    ("key", "form", "answers", "hours"),
    [
        # 泰州: 8 a day, 4 where only the days are known, also for the unit's own training
        ("taizhou", "on_the_job", {"period": days(3)}, "24"),
        ("taizhou", "on_the_job", {"period": days(3), "hours_known": "no"}, "12"),
        ("taizhou", "seminar", {"period": days(5)}, "40"),
        ("taizhou", "own_training", {"period": days(2)}, "16"),
        ("taizhou", "online", {"labelled": D("12.5")}, "12.5"),
        ("taizhou", "conference", {"grade": "national"}, "10"),
        ("taizhou", "conference", {"grade": "national", "words": 1999, **READ}, "30"),
        ("taizhou", "conference", {"grade": "national", "words": 2000, **READ}, "40"),
        ("taizhou", "conference", {"grade": "provincial"}, "8"),
        ("taizhou", "conference", {"grade": "provincial", "words": 1500, **READ}, "23"),
        ("taizhou", "conference", {"grade": "provincial", "words": 5000, **READ}, "33"),
        ("taizhou", "conference", {"grade": "municipal"}, "0"),
        ("taizhou", "teaching", {"teaching_kind": "course", "taught": D(6)}, "12"),
        ("taizhou", "teaching", {"teaching_kind": "lecture", "taught": D(6)}, "18"),
        # abroad: 8 a day without travel, once at most 30; 3 to 6 months 60, more than 6 months 90
        ("taizhou", "abroad", {"period": days(5), "travel_days": 2}, "24"),
        ("taizhou", "abroad", {"period": days(10)}, "30"),
        ("taizhou", "abroad", {"period": Period(date(2026, 3, 1), date(2026, 5, 30))}, "30"),
        ("taizhou", "abroad", {"period": Period(date(2026, 3, 1), date(2026, 5, 31))}, "60"),
        ("taizhou", "abroad", {"period": Period(date(2026, 3, 1), date(2026, 8, 31))}, "60"),
        ("taizhou", "abroad", {"period": Period(date(2026, 3, 1), date(2026, 9, 1))}, "90"),
        # 参考标准 1
        ("reference1", "degree", {"items": 3}, "45"),
        ("reference1", "course", {}, "15"),
        ("reference1", "conference", {"grade": "national"}, "12"),
        ("reference1", "conference", {"grade": "national", "words": 1000, **READ}, "18"),
        ("reference1", "conference", {"grade": "national", "words": 2000, **READ}, "20"),
        ("reference1", "conference", {"grade": "provincial", "words": 1000, **READ}, "12"),
        ("reference1", "conference", {"grade": "provincial", "words": 2000, **READ}, "14"),
        *(
            ("reference1", "project", {"grade": grade, "part": part, "rank": rank}, hours)
            for grade, part, row in [
                ("national", "main", ("64", "56", "48", "40", "32", "0")),
                ("national", "sub", ("48", "40", "32", "0")),
                ("provincial", "main", ("56", "48", "40", "0")),
                ("provincial", "sub", ("40", "32", "24", "0")),
            ]
            for rank, hours in enumerate(row, start=1)
        ),
        # 参考标准 2
        ("reference2", "degree", {"items": 2}, "30"),
        ("reference2", "conference", {"grade": "national", "words": 1000, **READ}, "11"),
        ("reference2", "conference", {"grade": "national", "words": 2000, **READ}, "14"),
        ("reference2", "conference", {"grade": "provincial", "words": 1000, **READ}, "8"),
        ("reference2", "conference", {"grade": "provincial", "words": 2000, **READ}, "10"),
        *(
            ("reference2", "project", {"grade": grade, "part": part, "rank": rank}, hours)
            for grade, part, row in [
                ("national", "main", ("72", "60", "50", "40", "36")),
                ("national", "sub", ("40", "35", "30")),
                ("provincial", "main", ("72", "60", "50")),
                ("provincial", "sub", ("30", "25", "20")),
            ]
            for rank, hours in enumerate(row, start=1)
        ),
        ("reference2", "book", {"words": 35000}, "17.5"),
        ("reference2", "paper", {"grade": "national", "words": 6500}, "32.5"),
        ("reference2", "paper", {"grade": "provincial", "words": 6500}, "19.5"),
        ("reference2", "paper", {"grade": "provincial", "words": 2550}, "7.5"),  # 7.65, rounded down to halves
        # 会计, in credits
        ("accounting", "qualification", {"items": 1}, "90"),
        ("accounting", "qualification", {"items": 2}, "180"),
        ("accounting", "conference", {"period": days(2)}, "20"),
        ("accounting", "degree", {}, "90"),
        ("accounting", "project", {"rank": 1, "people": 1}, "90"),
        ("accounting", "project", {"rank": 1, "people": 4}, "90"),
        ("accounting", "project", {"rank": 3, "people": 4}, "60"),
        ("accounting", "paper", {"author_rank": "sole"}, "30"),
        ("accounting", "paper", {"author_rank": "first"}, "30"),
        ("accounting", "paper", {"author_rank": "second"}, "10"),
        ("accounting", "book", {"author_rank": "first"}, "90"),
        ("accounting", "book", {"author_rank": "other", "people": 5}, "60"),
        # 徐州, 宿迁, older
        ("xuzhou", "seminar", {"period": days(4)}, "48"),
        ("xuzhou", "seminar", {"period": days(20)}, "144"),
        ("xuzhou", "degree", {"first_year": 2026}, "72"),
        ("xuzhou", "degree", {"first_year": 2024}, "72"),
        ("xuzhou", "degree", {"first_year": 2023}, "0"),
        ("suqian", "seminar", {"attendance": "full", "period": days(4)}, "24"),
        ("suqian", "seminar", {"attendance": "half", "period": days(4)}, "12"),
        ("suqian", "degree", {"first_year": 2026}, "50"),
        ("suqian", "degree", {"first_year": 2025}, "50"),
        ("suqian", "degree", {"first_year": 2024}, "0"),
        ("suqian", "course", {"items": 2}, "20"),
        ("suqian", "self_study", {"items": 3}, "45"),
        ("suqian", "qualification", {}, "40"),
    ],
)
def test_what_a_regulation_gives(
    packs: Mapping[str, Pack], key: str, form: str, answers: dict[str, Answer], hours: str
) -> None:
    one = asked(packs[key], form, answers)
    result = worth(one)
    assert (result.hours, result.limit) == (D(hours), D(hours))
    assert within_rule(one).reason == result.text


@pytest.mark.parametrize(
    ("key", "form", "answers", "text", "inputs", "mark"),
    [
        (
            "taizhou", "conference", {"grade": "national", "words": 1999, **READ},
            "学术会议（国家级） 10 学时，宣读不足 2000 字的论文加 20 学时，合计 30 学时",
            (("等级", "国家级"), ("宣读不足 2000 字的论文", "20"), ("申报学时", "999")), Mark.CONFIRMED,
        ),
        (
            "taizhou", "abroad", {"period": days(10), "travel_days": 1},
            "9 天的境外培训、学术活动（路途 1 天不计）最多申报 72 学时（每天 8 学时），"
            "此时长的境外培训、学术活动最多 30 学时",
            (("天数", "9"), ("每天学时", "8"), ("申报学时", "999")), Mark.CONFIRMED,
        ),
        (
            "reference1", "project", {"grade": "provincial", "part": "sub", "rank": 2},
            "课题研究、项目开发（省部级、子课题）第 2 位 32 学时",
            (("等级", "省部级、子课题"), ("位次", "2"), ("申报学时", "999")), Mark.SECONDARY,
        ),
        (
            "reference2", "paper", {"grade": "provincial", "words": 2550},
            "省级：发表论文每 1000 字 3 学时，2550 字共 7.65 学时，不足 0.5 学时的部分不计，为 7.5 学时",
            (("类别", "省级"), ("字数", "2550"), ("申报学时", "999")), Mark.SECONDARY,
        ),
        (
            "accounting", "book", {"author_rank": "other", "people": 5},
            "出版著作、译著、教材独立完成 90 学分；5 人中第 3 位 60 学分",
            (("人数", "5"), ("位次", "3"), ("申报学时", "999")), Mark.CONFIRMED,
        ),
        (
            "suqian", "degree", {"first_year": 2025},
            "学历（学位）教育共 100 学时，分 2 年计入，第 2 年 50 学时",
            (("第几年", "2"), ("申报学时", "999")), Mark.CONFIRMED,
        ),
    ],
)  # fmt: skip
def test_a_result_says_rule_inputs_and_mark(
    packs: Mapping[str, Pack],
    key: str,
    form: str,
    answers: dict[str, Answer],
    text: str,
    inputs: tuple[tuple[str, str], ...],
    mark: Mark,
) -> None:
    result = worth(asked(packs[key], form, answers))
    assert (result.text, result.inputs, result.mark) == (text, inputs, mark)


def test_a_paper_of_several_may_not_be_claimed_beyond_its_share(packs: Mapping[str, Pack]) -> None:
    paper = claim(packs["accounting"], "paper", rank=2, people=3)
    assert shared_total(paper.form.rule, inputs_of(paper)) == 50
    alone = claim(packs["accounting"], "paper", author_rank="sole")
    assert shared_total(alone.form.rule, inputs_of(alone)) == 30
    project = claim(packs["reference1"], "project", grade="national", part="sub", rank=1, people=6)
    assert shared_total(project.form.rule, inputs_of(project)) == 120
    book = claim(packs["reference2"], "book", words=35000, people=4)
    assert shared_total(book.form.rule, inputs_of(book)) == D("17.5")
    training = claim(packs["taizhou"], "seminar", period=days(3))
    assert shared_total(training.form.rule, inputs_of(training)) is None


def test_a_yearly_cap_of_a_formula_is_a_cap_of_the_year(packs: Mapping[str, Pack]) -> None:
    one = claim(packs["guangdong"], "lecture", "8", period=days(1))
    (cap,) = [found for found in one.rules.caps if found.per == "year"]
    assert (cap.key, cap.label, cap.hours, cap.forms) == ("lecture_year", "学术讲座、学术访问", D(20), ("lecture",))
    held = [Held("lecture", "professional", D(16), None, None)]
    assert within_caps(one, held).reason == "学术讲座、学术访问每年最多 20 学时，还可计入 4 学时"
    assert within_caps(one, [])
    assert within_rule(claim(packs["guangdong"], "lecture", "24", period=days(3))).reason.endswith(
        "学术讲座、学术访问每年最多 20 学时，还可计入 20 学时"
    )


def test_a_requirement_by_level_of_title(packs: Mapping[str, Pack]) -> None:
    requirement = packs["xuzhou"].year(YEAR).requirement
    assert [requirement.at_level(level).total for level in ("senior", "middle", "junior")] == [72, 72, 40]


def test_a_year_that_is_not_the_calendars(packs: Mapping[str, Pack]) -> None:
    pack = packs["accounting"]
    window = pack.year(2025).window
    assert (window.opens(2025), window.closes(2025)) == (date(2025, 3, 20), date(2026, 3, 20))
    assert years_open(pack, date(2026, 3, 19)) == (2025,)
    assert years_open(pack, date(2026, 3, 20)) == (2026, 2025)
    assert years_open(pack, date(2026, 3, 21)) == (2026,)
    assert in_window(pack, 2026, date(2026, 3, 19)).reason == "该年度不能申报：2026 年度的学时自 2026-03-20 起申报"
    assert in_window(pack, 2025, date(2026, 3, 21)).reason == "该年度不能申报：2025 年度的学时申报已于 2026-03-20 截止"


def test_a_year_declared_until_spring(packs: Mapping[str, Pack]) -> None:
    pack = packs["guangdong"]
    assert pack.year(2025).window.closes(2025) == date(2025, 12, 31)
    assert years_open(pack, date(2026, 4, 30)) == (2026, 2025)
    assert years_open(pack, date(2026, 5, 1)) == (2026,)


@pytest.mark.parametrize(
    ("applicant", "chain"),
    [
        (Applicant(subject="professional", form="paper", industry="C"), ["用人单位审核"]),
        (Applicant(subject="professional", form="paper", industry="P"), ["行业主管部门审核"]),
        (Applicant("employer", "professional", "paper", "Q"), ["行业主管部门审核"]),
        (Applicant(subject="public", industry="P"), ["用人单位审核", "人社或主管部门审核"]),
        (Applicant("bureau", "professional", "paper", "P"), ["用人单位审核", "人社或主管部门审核"]),
        (Applicant("employer", "public"), ["人社或主管部门审核"]),
        (Applicant(), ["用人单位审核", "人社或主管部门审核"]),
    ],
)
def test_the_most_specific_route_wins(packs: Mapping[str, Pack], applicant: Applicant, chain: list[str]) -> None:
    assert [step.label for step in packs["guangdong"].year(YEAR).route(applicant).steps] == chain


def test_ninety_days_claiming_nine_hundred_hours(packs: Mapping[str, Pack]) -> None:
    one = claim(packs["taizhou"], "seminar", "900", period=days(90))
    result = worth(one)
    assert (result.hours, result.cap) == (D(720), "90 天的培训、研修最多申报 720 学时（每天 8 学时）")
    assert not within_rule(one)
