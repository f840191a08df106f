"""Completion by region: what an authority's figures say, within its reach, and how they follow the units' regions."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations.units import cells, heads
from tests.ledger.test_years import cells as of_page
from tests.ledger.test_years import post, read, world
from xueshi.kernel import clock
from xueshi.ledger import services as ledger
from xueshi.ledger.rules import Change
from xueshi.ledger.selectors.completion import Completion
from xueshi.ledger.services.targets import Shift
from xueshi.ledger.states import Effect
from xueshi.organisations.models import Membership, Organisation
from xueshi.policies import registry

__all__ = ["world"]

PAGE, ARCHIVE = "/years/completion/", "/years/archive/"


def figures(client: Client, query: str = "") -> dict[str, list[str]]:
    """Region by region: 注册总数, 参加学习, 未参加学习, 学习合格, 合格率; 总计 last."""
    page = read(client, f"{PAGE}{query}")
    foot = re.findall(r"<tfoot.*?</tfoot>", page, re.S)[0].replace("tfoot", "tbody")
    return {row[0]: row[1:] for row in (*cells(page), *cells(foot))}


@pytest.mark.req("ORG-55")
def test_totals_follow_the_regions_of_the_units(world: make.SmallWorld) -> None:
    year = clock.year()
    post(world.record, year, 1, professional="90")
    post(world.colleague_record, year, 11, professional="8")
    third = make.professional("周海平", world.stranger)[1]
    post(third, year - 1, 21, professional="90")
    bureau = signed_in(world.city_admin)
    assert heads(read(bureau, PAGE)) == ["区域", "注册总数", "参加学习", "未参加学习", "学习合格", "合格率"]
    nobody = ["0", "0", "0", "0", ""]
    whole = {
        "威海市本级": nobody, "环翠区": ["3", "2", "1", "1", "33.3%"], "文登区": nobody, "荣成市": nobody,
        "乳山市": nobody, "总计": ["3", "2", "1", "1", "33.3%"],
    }  # fmt: skip
    assert figures(bureau) == whole
    Organisation.objects.filter(pk=world.stranger.pk).update(area_code="371082")
    assert figures(bureau) == whole | {
        "环翠区": ["2", "2", "0", "1", "50%"],
        "荣成市": ["1", "0", "1", "0", "0%"],
    }
    assert figures(bureau, "?area=371082") == {
        "荣成市本级": ["1", "0", "1", "0", "0%"], "总计": ["1", "0", "1", "0", "0%"],
    }  # fmt: skip
    assert figures(bureau, "?area=371002")["总计"] == ["2", "2", "0", "1", "50%"]
    assert figures(bureau, f"?area=371000&year={year - 1}")["总计"] == ["3", "1", "2", "1", "33.3%"]
    Organisation.objects.filter(pk=world.stranger.pk).update(area_code="110101")
    assert figures(bureau)["其他地区"] == ["1", "0", "1", "0", "0%"]
    assert figures(bureau, "?area=371000")["总计"] == ["2", "2", "0", "1", "50%"]
    Membership.objects.filter(pk=world.colleague.membership.pk).update(state="ended")
    assert figures(bureau)["总计"] == ["2", "1", "1", "1", "50%"]


@pytest.mark.req("QRY-06")
def test_a_department_reads_its_own_people_from_its_menu(world: make.SmallWorld) -> None:
    make.professional("周海平", world.district)
    department = signed_in(world.department_admin)
    entry = re.findall(rf'href="{PAGE}"[^>]*>(.*?)</a>', read(department, "/home/"), re.S)
    assert "继续教育统计情况" in entry[0]
    assert "<h1>继续教育统计情况</h1>" in read(department, PAGE)
    assert figures(department)["总计"][0] == "2"
    assert figures(signed_in(world.district_admin))["总计"][0] == "3"
    assert figures(signed_in(world.stranger_admin))["总计"] == ["0", "0", "0", "0", ""]
    assert signed_in(world.person).get(PAGE).status_code == 403
    assert signed_in(make.administrator("管理员", world.district, is_super=False)).get(PAGE).status_code == 403


@pytest.mark.req("ORG-55", "ANN-16")
@pytest.mark.parametrize("effect", [(Effect.NOTHING, 0), (Effect.HOURS, -90), (Effect.SHARE, 1)])
@pytest.mark.parametrize("hours", ["90", ""])
def test_who_owes_nothing_is_counted_and_never_passed(db: None, effect: tuple[Effect, int], hours: str) -> None:
    """Whichever way the requirement went, and with hours or without: figures, list and its filters say the same."""
    world, year = make.build("fujian"), clock.year()
    if hours:
        post(world.record, year, 1, "fujian", professional=hours)
    change = Change(effect[0], Decimal(effect[1]), year, year, "免除", "test", 1)
    ledger.change_targets([Shift(world.record.pk, "fujian", (change,))], by=make.NOBODY)
    learning = ["1", "1"] if hours else ["0", "2"]
    assert figures(signed_in(world.city_admin))["总计"] == ["2", *learning, "0", "0%"]
    client = signed_in(world.employer_admin)
    page = read(client, ARCHIVE)
    assert dict(zip(of_page(page, "姓名"), of_page(page, "认定结果"), strict=True)) == {
        "王志远": "免于要求", "李春燕": "不合格",
    }  # fmt: skip
    assert of_page(read(client, f"{ARCHIVE}?result=passed"), "姓名") == []
    assert of_page(read(client, f"{ARCHIVE}?result=failed"), "姓名") == ["李春燕"]


def test_nonsense_is_refused_beside_its_field_and_the_page_costs_little(world: make.SmallWorld) -> None:
    bureau = signed_in(world.city_admin)
    for query in ("?year=1999", "?year=x", "?area=999999"):
        answer = bureau.get(f"{PAGE}{query}")
        assert (answer.status_code, "请从列表中选择" in answer.content.decode()) == (422, True), query
    with CaptureQueriesContext(connection) as few:
        read(bureau, PAGE)
    for place in range(5):
        make.professional(f"周{place}", world.branch)
    with CaptureQueriesContext(connection) as more:
        read(bureau, PAGE)
    assert len(few) == len(more) <= 12


def test_every_portal_offers_it_to_its_authorities() -> None:
    called = {
        (pack.key, role): pack.called(role, "ledger:completion", "")
        for pack in registry.packs()
        for role in ("employer", "department", "bureau")
    }
    assert {key: word for key, word in called.items() if key[1] == "employer" and word} == {}
    assert {word for (_, role), word in called.items() if role == "bureau"} == {"继教完成情况查询"}
    assert Completion().rate is None
