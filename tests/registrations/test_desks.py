"""The review desks of the province and of 福建, as their manuals name them."""

import re
from collections.abc import Callable

import pytest

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as lived
from tests.declarations.units import heads
from tests.people.conftest import TITLE, Tab
from tests.registrations import forms
from tests.registrations.forms import Form, host
from tests.registrations.test_queues import PEOPLE, row, states
from xueshi.organisations.models import Organisation
from xueshi.registrations.models import Registration
from xueshi.reviews.models import RemovedRecord, ReviewCase

type Visit = Callable[..., Form]
PROVINCE = host("shandong")
CODES = (
    "91371000MA3C0EX0BH", "91371000MA3C0EX1BJ", "91371000MA3C0EX2BK", "91371000MA3C0EX3BL", "91371000MA3C0EX4BM",
)  # fmt: skip
AT = re.compile(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$")


@pytest.fixture
def province(db: None) -> make.SmallWorld:
    return make.build("shandong")


def registered(visit: Visit, body: Organisation, names: list[str], first: int) -> list[ReviewCase]:
    cases = []
    for serial, name in enumerate(names, start=first):
        form = visit("professional", "shandong")
        form.send(forms.person(forms.number(serial), employer=str(body.pk), name=name))
        form.done()
        cases.append(ReviewCase.objects.latest("pk"))
    return cases


def units(visit: Visit, superior: Organisation | None, names: list[str], first: int) -> list[ReviewCase]:
    cases = []
    has = {"has_department": "yes", "superior": str(superior.pk)} if superior else {"has_department": "no"}
    for serial, name in enumerate(names, start=first):
        form = visit("employer", "shandong")
        form.send(forms.unit(unit_name=name, code=CODES[serial % 5], **has))
        form.send(forms.manager(forms.number(serial)))
        form.done()
        cases.append(ReviewCase.objects.latest("pk"))
    return cases


def crumbs(page: str) -> list[str]:
    part = page.split('class="x-crumbs"')[1].split("</nav>", maxsplit=1)[0]
    return re.findall(r">([^<>]+)</(?:span|a)>", part)


@pytest.mark.req("REV-12", "REV-07", "REV-01")
def test_the_employer_of_the_province_reviews_people_in_bulk(province: make.SmallWorld, visit: Visit) -> None:
    cases = registered(visit, province.employer, ["陈霞", "陈光", "王一"], 701)
    admin, queue = signed_in(province.employer_admin), "/registrations/people/"
    page = admin.get(queue)
    assert crumbs(page.content.decode())[-1] == "专业技术人员注册审核"
    assert [tab.label for tab in page.context["list"].tabs] == ["待审核", "已审核"]
    admin.post("/reviews/decide/", {"row": [row(cases[0]), row(cases[1])], "action": "pass"})
    admin.post("/reviews/decide/", {"row": row(cases[2]), "verdict": "fail", "comment": "姓名有误", "concerns": "name"})
    assert states(cases) == ["approved", "approved", "rejected"]
    assert [forms.enters(forms.number(serial), "shandong") for serial in (701, 702, 703)] == [True, True, False]
    listed = admin.get(f"{queue}?tab=reviewed").context["list"]
    assert [column.label for column in listed.page.columns][-3:] == ["审核人", "审核时间", "审核状态"]
    hats = {case.pk: Registration.objects.get(case=case).membership_id for case in cases}
    offered = {
        pk: f"/accounts/{hat}/reset/" in admin.get(f"/registrations/{pk}/").content.decode() for pk, hat in hats.items()
    }
    assert list(offered.values()) == [True, True, False]
    [again] = registered(visit, province.employer, ["王义"], 703)
    assert states([again]) == ["pending"]
    assert forms.enters(forms.number(703), "shandong") is False


@pytest.mark.req("REV-16", "REV-06", "SYS-21", "SYS-23")
def test_the_employer_of_the_province_reviews_its_subordinate_units(province: make.SmallWorld, visit: Visit) -> None:
    cases = units(visit, province.employer, ["甲分公司", "乙分公司"], 711)
    admin, queue = signed_in(province.employer_admin), "/registrations/units/"
    page = admin.get(queue)
    assert crumbs(page.content.decode())[-1] == "下属单位注册审核"
    opened = admin.get(f"{queue}?case={cases[0].pk}")
    shown = {pair.label: str(pair.value) for pair in opened.context["pairs"]}
    assert (shown["单位名称"], shown["管理员"]) == ("甲分公司", "刘洋")
    [scan] = opened.context["scans"]
    assert admin.get(scan.url)["Content-Type"] == "image/png"
    assert f'data-view="{scan.name}"' in opened.content.decode()
    admin.post("/reviews/decide/", {"row": [row(case) for case in cases], "action": "pass"})
    assert states(cases) == ["approved", "approved"]
    listed = admin.get(f"{queue}?tab=reviewed").context["list"]
    assert [case.pk for case in listed.rows] == [cases[0].pk, cases[1].pk]
    delete = listed.drawn[0]["actions"][-1]
    assert (delete[0].label, delete[1]) == ("删除", f"/reviews/{cases[0].pk}/remove/")
    admin.post(delete[1])
    assert [case.pk for case in admin.get(f"{queue}?tab=reviewed").context["list"].rows] == [cases[1].pk]
    assert RemovedRecord.objects.count() == 1
    unit = Registration.objects.get(case=cases[0]).organisation
    assert unit is not None
    assert unit.state == "active"
    assert forms.enters(forms.number(711), "shandong", "employer")


@pytest.mark.req("REV-21", "REV-30", "REV-38", "REV-09")
def test_department_and_bureau_of_the_province_find_their_units_waiting(
    province: make.SmallWorld, visit: Visit
) -> None:
    at_department = units(visit, province.department, ["丙公司", "丁公司"], 721)
    [orphan] = units(visit, None, ["戊公司"], 733)
    above = next(one for one in (province.district_admin, province.city_admin) if one.desk_id == orphan.desk_id)
    department, bureau = signed_in(province.department_admin), signed_in(above)
    assert [case.pk for case in department.get("/registrations/units/").context["list"].rows] == [
        case.pk for case in at_department
    ]
    assert [case.pk for case in department.get("/registrations/units/?name=丁").context["list"].rows] == [
        at_department[1].pk
    ]
    assert [case.pk for case in bureau.get("/registrations/units/").context["list"].rows] == [orphan.pk]
    assert bureau.get(f"/registrations/units/?case={at_department[0].pk}").status_code == 404
    department.post("/reviews/decide/", {"row": row(at_department[0]), "action": "pass"})
    department.post("/reviews/decide/", {"row": row(at_department[1]), "verdict": "fail", "comment": "证照不清晰"})
    assert states([*at_department, orphan]) == ["approved", "rejected", "pending"]


@pytest.mark.req("REV-23", "REV-31", "REV-38")
def test_department_and_bureau_of_the_province_review_their_own_people(province: make.SmallWorld, visit: Visit) -> None:
    [first] = registered(visit, province.department, ["陈霞"], 741)
    [second] = registered(visit, province.city, ["陈光"], 742)
    for actor, case in ((province.department_admin, first), (province.city_admin, second)):
        page = signed_in(actor).get("/registrations/people/")
        assert [one.pk for one in page.context["list"].rows] == [case.pk]
        assert heads(page.content.decode()) == ["", "序号", *PEOPLE, "操作"]


@pytest.mark.req("SYS-19", "REV-06")
def test_a_review_time_is_printed_to_the_second(province: make.SmallWorld, visit: Visit) -> None:
    [case] = registered(visit, province.employer, ["陈霞"], 751)
    admin = signed_in(province.employer_admin)
    opened = admin.get(f"/registrations/people/?case={case.pk}")
    shown = {pair.label: str(pair.value) for pair in opened.context["pairs"]}
    assert (shown["毕业时间"], shown["公布（生效）时间"]) == ("2007-07-01", "2015-12-01")
    admin.post("/reviews/decide/", {"row": row(case), "verdict": "pass"})
    text = admin.get("/registrations/people/?tab=reviewed").content.decode()
    found = re.search(r'data-l="审核时间" class="[^"]*"><div>([^<]+)</div>', text)
    assert found
    assert AT.match(found[1])
    declared = lived.handed_in(province.person)
    detail = admin.get(f"/declarations/review/?case={declared.case_id}").content.decode()
    assert "2026-05-11 至 2026-05-13" in detail


@pytest.mark.req("REV-36", "REV-38")
def test_only_hours_wait_for_the_employer_of_the_east(db: None) -> None:
    tree = make.build("fujian")
    row_, change = lived.handed_in(tree.person), Tab(signed_in(tree.colleague), "/profile/title/")
    assert change.save(TITLE).status_code == 302, change.errors
    page = signed_in(tree.employer_admin).get("/declarations/review/")
    assert crumbs(page.content.decode()) == ["申报审核管理", "待我审核"]
    assert [one.pk for one in page.context["list"].rows] == [row_.pk]
    waiting = ReviewCase.objects.filter(desk=tree.employer).values_list("kind", flat=True)
    assert sorted(waiting) == ["declaration", "people.title"]


@pytest.mark.req("SYS-05", "SYS-04")
def test_each_page_masks_as_wide_as_it_is_printed(visit: Visit, province: make.SmallWorld) -> None:
    city = make.build("weihai")
    form = visit("professional", "weihai")
    form.send(forms.person(forms.number(761), employer=str(city.employer.pk), phone="13912345612"))
    form.done()
    listed = signed_in(city.employer_admin).get("/registrations/people/").content.decode()
    number = forms.number(761)
    assert re.findall(r"\d*\*+[\dX]+", listed) == [f"****{number[-4:]}", "139******12"]
    own, one = signed_in(city.person).get("/profile/").content.decode(), city.person.user
    assert re.findall(r'value="(\d+\*+[\dX]+)"', own) == [
        f"{one.document_number[0]}{'*' * 13}{one.document_number[-4:]}"
    ]
    table, other = signed_in(province.employer_admin).get("/home/").content.decode(), province.person.user
    assert f"{other.document_number[:10]}…{other.document_number[-4:]}" in table
    for page, whole in (
        (listed, number),
        (listed, "13912345612"),
        (table, other.document_number),
        (own, one.document_number),
    ):
        assert whole not in page
