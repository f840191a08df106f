"""What a reviewer is told of two records: what is the same, and of the other one only what they may see."""

import re
from datetime import date

import pytest

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import page
from tests.duplicates import world as d
from xueshi.duplicates import selectors
from xueshi.policies.answers import Period

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> make.SmallWorld:
    return make.build()


def test_the_desk_names_what_is_the_same_with_a_link(world: make.SmallWorld) -> None:
    first = d.handed_in(world.person, d.paper(world.person, doi=d.DOI, content=d.scan(1)))
    alike = d.scan(1, quality=60, size=(600, 430))
    second = d.handed_in(world.colleague, d.paper(world.colleague, doi=d.DOI, content=alike))
    alone = d.handed_in(world.colleague, d.paper(world.colleague, content=d.scan(9)))
    browser = signed_in(world.employer_admin)
    text = page(browser, f"/declarations/review/?case={second.case_id}")
    assert "DOI 相同；附件 1 与其附件 1 图像相近" in text
    assert f'href="/declarations/{first.pk}/"' in text
    assert f"王志远 {first.year} 年度 发表论文 {first.number}" in text
    assert text.count('<span class="x-badge">可能重复</span>') == text.count("可能重复") - 1 == 2
    assert 'class="x-flags"' not in page(browser, f"/declarations/review/?case={alone.case_id}")
    read = page(browser, f"/declarations/{first.pk}/")
    assert f'href="/declarations/{second.pk}/"' in read
    own = page(signed_in(world.person), f"/declarations/{first.pk}/")
    assert ("x-flags" in own, "李春燕" in own) == (False, False)


def test_of_a_foreign_record_only_its_existence_is_told(world: make.SmallWorld) -> None:
    outsider, _record = make.professional("赵敏", world.stranger)
    foreign = d.handed_in(outsider, d.paper(outsider, doi=d.DOI))
    mine = d.handed_in(world.person, d.paper(world.person, doi=d.DOI, content=d.scan(1)))
    alike = d.scan(1, quality=60, size=(600, 430))
    near = d.handed_in(world.colleague, d.paper(world.colleague, content=alike))
    text = page(signed_in(world.employer_admin), f"/declarations/review/?case={mine.case_id}")
    assert 0 < text.index(f'href="/declarations/{near.pk}/"') < text.index("不在您的查看范围"), (
        "what can be opened first"
    )
    assert "他人的一条申报，不在您的查看范围" in text
    for word in ("赵敏", foreign.number, f"/declarations/{foreign.pk}/", world.stranger.name):
        assert word not in text
    w.decided(world.employer_admin, mine)
    above = page(signed_in(world.department_admin), f"/declarations/verification/?case={mine.case_id}")
    assert "DOI 相同" in above


def test_overlapping_days_are_told_across_years_and_for_one_person(world: make.SmallWorld) -> None:
    last = Period(date(2025, 12, 30), date(2026, 1, 2))
    early = w.handed_in(world.person, "8", days=4, period=last, year=2025)
    late = w.handed_in(world.person, "8", days=1, form="seminar", period=Period(date(2026, 1, 2), date(2026, 1, 5)))
    w.handed_in(world.colleague, "8", days=4, period=last, year=2025)
    text = page(signed_in(world.employer_admin), f"/declarations/review/?case={late.case_id}")
    assert "培训日期重叠：2026-01-02" in text
    assert f'href="/declarations/{early.pk}/"' in text
    assert "李春燕" not in text.split('class="x-flags"')[1].split("</section>")[0]


def test_the_first_few_say_enough(world: make.SmallWorld) -> None:
    rows = [d.handed_in(world.person, d.paper(world.person, content=d.scan(5, quality=60 + n))) for n in range(9)]
    flags = selectors.flags(world.employer_admin, "declaration", rows[0].pk)
    assert (len(flags.shown), flags.more) == (selectors.MOST_SHOWN, 8 - selectors.MOST_SHOWN)
    assert {one.said for one in flags.shown} == {("附件 1 与其附件 1 图像相近",)}
    assert all(one.own and one.seen is not None for one in flags.shown)
    detail = page(signed_in(world.employer_admin), f"/declarations/review/?case={rows[0].case_id}")
    assert re.findall(r"<li>([^<]*)", detail.split('class="x-flags"')[1].split("</ul>")[0])[-1] == "另有 2 条"
