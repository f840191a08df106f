"""Who is refused, in which words, and what is only shown (policy facts 6); no database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from xueshi.duplicates.rules import Claimed, Feature, Held, Source, judge, value_of
from xueshi.duplicates.rules.telling import told

DOI = Feature("doi", "refuse", "share", value_of("doi", "10.1/a"), field="doi")
FILE = Feature("file", "refuse", "refuse", value_of("file", "abc"), place=2, field="evidence")
PROJECT = Feature("project", "refuse", "share", value_of("project", "kj001"), yearly=True, field="number")
AWARD = Feature("achievement", "highest", "flag", value_of("achievement", "热误差"), field="title")
DAYS = Feature("days", "flag", "flag", starts_on=date(2026, 5, 11), ends_on=date(2026, 5, 13))


def claim(pk: int, *features: Feature, person: int = 1, hours: int = 20, year: int = 2026, **more: object) -> Claimed:
    return Claimed(Source("x", pk), person, year, Decimal(hours), features, **more)  # type: ignore[arg-type]  # loose


def standing(*claims: Claimed) -> list[Held]:
    return [Held(one, feature) for one in claims for feature in one.features]


def said(one: Claimed, *others: Claimed) -> list[tuple[str, str]]:
    return [(problem.message, problem.field) for problem in judge(one, standing(*others))]


def test_ones_own_second_claim_is_refused_beside_the_field() -> None:
    assert said(claim(1, DOI), claim(2, DOI)) == [("该 DOI 已在本人的另一条申报中使用，同一成果只计一次", "doi")]
    assert said(claim(1, DOI, year=2025), claim(2, DOI)) == said(claim(1, DOI), claim(2, DOI))
    assert said(claim(1, DOI), claim(1, DOI)) == []
    assert said(claim(1, DOI), claim(2, replace(DOI, value=value_of("doi", "10.1/b")))) == []


def test_a_project_of_several_years_counts_once_a_year() -> None:
    assert said(claim(1, PROJECT), claim(2, PROJECT)) == [
        ("该项目编号已在本人的另一条申报中使用，同一成果每年只计一次", "number")
    ]
    assert said(claim(1, PROJECT), claim(2, PROJECT, year=2025)) == []


def test_a_file_serves_one_claim_or_the_people_of_one_submission() -> None:
    message = ("第 2 个附件已由他人申报使用，不能重复使用", "evidence")
    assert said(claim(1, FILE), claim(2, FILE, person=2)) == [message]
    assert said(claim(1, FILE, batch="a"), claim(2, FILE, person=2, batch="b")) == [message]
    assert said(claim(1, FILE, batch="a"), claim(2, FILE, person=2, batch="a")) == []
    own = ("第 2 个附件已在本人的另一条申报中使用，同一材料不能重复申报", "evidence")
    assert said(claim(1, FILE, batch="a"), claim(2, FILE, batch="a")) == [own]


@pytest.mark.parametrize(
    ("pool", "taken", "hours", "says"),
    [
        (None, 30, 20, ""),
        (30, 12, 18, ""),
        (30, 12, 20, "该成果的全部完成人合计最多 30 学时，还可申报 18 学时"),
        (30, 30, 1, "该成果的全部完成人合计最多 30 学时，已全部申报"),
    ],
)
def test_the_people_of_an_achievement_share_its_table(pool: int | None, taken: int, hours: int, says: str) -> None:
    mine = claim(1, DOI, hours=hours, pool=Decimal(pool) if pool else None)
    first, second = claim(2, DOI, person=2, hours=taken - 6), claim(3, DOI, FILE, person=3, hours=6)
    assert said(mine, first, second) == ([(says, "hours")] if says else [])


def test_whoever_stands_further_down_the_table_knows_more_of_it() -> None:
    first, second = claim(1, DOI, hours=40, pool=Decimal(40)), claim(2, DOI, person=2, pool=Decimal(60))
    assert said(first, second) == []
    assert said(replace(first, hours=Decimal(41)), second) == [
        ("该成果的全部完成人合计最多 60 学时，还可申报 40 学时", "hours")
    ]


@pytest.mark.parametrize(
    ("most", "earlier", "hours", "says"),
    [
        (None, 10, 40, ""),
        (40, 10, 30, ""),
        (40, 10, 40, "该成果已申报 10 学时，同一成果只按最高级别计一次，还可申报 30 学时"),
        (10, 40, 10, "该成果已申报 40 学时，同一成果只按最高级别计一次"),
    ],
)
def test_of_several_grades_the_highest_counts(most: int | None, earlier: int, hours: int, says: str) -> None:
    mine = claim(1, AWARD, hours=hours, most=Decimal(most) if most else None)
    assert said(mine, claim(2, AWARD, hours=earlier)) == ([(says, "hours")] if says else [])
    assert said(mine, claim(2, AWARD, hours=earlier, person=2)) == []


def test_overlapping_days_are_shown_for_one_person_only() -> None:
    later = replace(DAYS, starts_on=date(2026, 5, 13), ends_on=date(2026, 5, 20))
    refusing = replace(DAYS, own="refuse", field="period_from")
    assert said(claim(1, DAYS), claim(2, later)) == []
    assert said(claim(1, refusing), claim(2, later)) == [
        ("该培训日期已在本人的另一条申报中使用，日期不能重叠", "period_from")
    ]
    assert said(claim(1, refusing), claim(2, later, person=2)) == []
    assert said(claim(1, refusing), claim(2, replace(later, starts_on=date(2026, 5, 14)))) == []


def test_a_reviewer_reads_the_surest_first_and_each_thing_once() -> None:
    alike = Feature("picture", "flag", "flag", place=2, picture=7, distance=5)
    other = claim(9, replace(FILE, place=1), replace(alike, place=1), replace(DAYS, starts_on=date(2026, 5, 13)))
    mine = claim(1, DAYS, alike, FILE, DOI)
    pairs = [
        (one, held) for held in standing(other, claim(8, DOI, person=2)) for one in mine.features
        if one.kind == held.feature.kind
    ]  # fmt: skip
    assert told(pairs) == {
        Source("x", 9): ("附件 2 与其附件 1 是同一文件", "培训日期重叠：2026-05-13"),
        Source("x", 8): ("DOI 相同",),
    }
