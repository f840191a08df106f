"""审核人员信息修改 at each role's desk."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations.units import heads
from tests.people.conftest import decide
from tests.registrations.forms import picture
from tests.small_world import SmallWorld
from xueshi.certificates import services as certificates
from xueshi.kernel import clock
from xueshi.ledger import services as ledger
from xueshi.ledger.models import YearAccount
from xueshi.ledger.services import Posting
from xueshi.organisations import services as organisations
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.people.models import Professional
from xueshi.reviews.models import BatchRun, ReviewCase

type Ask = Callable[..., ReviewCase]

DESK = "/people/changes/"


def menu(page: HttpResponse) -> list[str]:
    """Every entry of the menu, those of branches included."""
    links = [link for group in page.context["shell"].nav for link in group.items]
    return [entry.label for link in links for entry in (link, *link.children)]


def cells(page: HttpResponse) -> list[dict[str, str]]:
    found: list[dict[str, Any]] = page.context["list"].drawn
    return [{column.label: str(value) for column, value, _link in row["cells"]} for row in found]


def states(cases: list[ReviewCase]) -> list[str]:
    return [ReviewCase.objects.get(pk=case.pk).state for case in cases]


def several(ask: Ask, body: Organisation, names: str) -> list[ReviewCase]:
    return [ask(make.professional(name, body)[0]) for name in names.split()]


@pytest.mark.req("REV-13")
def test_an_employer_sees_the_columns_and_the_old_beside_the_new(world: SmallWorld, ask: Ask) -> None:
    case = ask(world.person, title_certificate=picture("证书.png"))
    admin = signed_in(world.employer_admin)
    page = admin.get(DESK)
    listed = page.context["list"]
    assert (listed.page.title, "审核人员信息修改" in menu(page)) == ("审核人员信息修改", True)
    assert [(tab.label, tab.count) for tab in listed.tabs] == [("待审核", 1), ("已审核", None)]
    assert list(listed.filterset.filters) == ["name"]
    assert heads(page.content.decode()) == [
        "", "序号", "姓名", "职称证书编号", "专业技术职务系列/现专业技术职称资格", "公布（生效）时间/聘任日期", "操作",
    ]  # fmt: skip
    assert [action.label for action in listed.page.actions] == ["通过", "驳回", "变更明细"]
    text = page.content.decode()
    for words in ("工程技术人员", "工程师", "鲁Z20200001", "2020-06-01", "--"):
        assert words in text
    opened = admin.get(f"{DESK}?case={case.pk}")
    rows = {row.label: (row.before, row.after) for row in opened.context["changes"]}
    assert rows["专业技术职务系列"] == ("--", "工程技术人员")
    assert rows["聘任日期"] == ("--", "--")
    [scan] = opened.context["scans"]
    assert admin.get(scan.url)["Content-Type"] == "image/png"
    assert signed_in(world.stranger_admin).get(scan.url).status_code == 404
    decide(world.employer_admin, case, "pass")
    assert Professional.objects.get(pk=world.record.pk).title_scan is not None


@pytest.mark.req("REV-13", "REV-24", "REV-02")
@pytest.mark.parametrize("desk", ["employer", "department"])
def test_changes_are_decided_one_by_one_in_bulk_and_all(world: SmallWorld, ask: Ask, desk: str) -> None:
    body: Organisation = getattr(world, desk)
    actor: Actor = getattr(world, f"{desk}_admin")
    cases = several(ask, body, "陈一 陈二 陈三 王四")
    admin = signed_in(actor)
    rows = [f"{case.pk}:{case.version}" for case in cases]
    admin.post("/reviews/decide/", {"row": rows[:1], "verdict": "fail", "comment": "不符"})
    admin.post("/reviews/decide/", {"row": rows[1:2], "action": "pass"})
    assert states(cases) == ["rejected", "approved", "pending", "pending"]
    shown = admin.get(f"{DESK}?name=陈").context["list"]
    assert [case.pk for case in shown.rows] == [cases[2].pk]
    admin.post("/reviews/all/", {"token": shown.token, "action": "pass"})
    admin.post(f"/reviews/all/{BatchRun.objects.get().token}/", {"comment": ""})
    assert states(cases) == ["rejected", "approved", "approved", "pending"]
    reviewed = admin.get(f"{DESK}?tab=reviewed").context["list"]
    assert [column.label for column in reviewed.page.columns][-3:] == ["审核人", "审核时间", "审核状态"]
    assert {case.pk for case in reviewed.rows} == {case.pk for case in cases[:3]}


@pytest.mark.req("REV-24")
def test_a_department_sees_the_change_detail(world: SmallWorld, ask: Ask) -> None:
    [case] = several(ask, world.department, "陈霞")
    admin = signed_in(world.department_admin)
    page = admin.get(f"{DESK}?case={case.pk}")
    assert "审核人员信息修改" in menu(page)
    assert page.context["may_decide"] is True
    rows = {row.label: (row.before, row.after) for row in page.context["changes"]}
    assert rows["现专业技术职务任职资格"] == ("--", "工程师")
    assert [step.title for step in page.context["steps"]] == ["提交", "用人单位审核"]


@pytest.mark.req("REV-32")
def test_a_bureau_has_columns_of_its_own_and_finds_by_part_of_a_name(world: SmallWorld, ask: Ask) -> None:
    office = organisations.create_department(world.city, "信息中心")
    actor, _record = make.professional("欧阳海燕", world.city)
    case = ask(actor, department=str(office.pk))
    several(ask, world.city, "王四")
    admin = signed_in(world.city_admin)
    page = admin.get(f"{DESK}?name=海燕")
    listed = page.context["list"]
    assert [row.pk for row in listed.rows] == [case.pk]
    assert 'placeholder="请输入姓名模糊查询"' in page.content.decode()
    assert heads(page.content.decode()) == [
        *("", "序号", "姓名", "工作部门", "继续教育证书号"),
        *("专业技术职务系列/从事专业/专业技术职务职称", "评审通过日期/聘任日期", "操作"),
    ]  # fmt: skip
    [row] = cells(page)
    assert (row["姓名"], row["工作部门"], row["继续教育证书号"]) == ("欧阳海燕", "信息中心", "")
    text = page.content.decode()
    assert "工程技术人员" in text
    assert "经济 / 工程师" in text


@pytest.mark.req("REV-32")
def test_a_bureau_reads_the_number_of_the_certificate_issued_last(world: SmallWorld, ask: Ask) -> None:
    actor, record = make.professional("欧阳海燕", world.city)
    ask(actor)
    for source, (subject, hours) in enumerate((("public", 30), ("professional", 66))):
        year = clock.year()
        one = Posting(record.pk, world.city.portal, year, subject, "other", Decimal(hours), "test", source)
        ledger.post_many([one], by=make.NOBODY)
    paper = certificates.issue(actor, YearAccount.objects.get(person=record).pk)
    [row] = cells(signed_in(world.city_admin).get(DESK))
    assert (row["姓名"], row["继续教育证书号"]) == ("欧阳海燕", paper.number)


@pytest.mark.req("REV-13")
def test_the_title_in_force_stands_beside_the_one_asked_for(world: SmallWorld, ask: Ask) -> None:
    decide(world.employer_admin, ask(world.person), "pass")
    second = ask(world.person, title_level="senior", title="0502", certificate_number="鲁Z20240002")
    admin = signed_in(world.employer_admin)
    opened = admin.get(f"{DESK}?case={second.pk}")
    rows = {row.label: (row.before, row.after, row.differs) for row in opened.context["changes"]}
    assert rows["现专业技术职务任职资格"] == ("工程师", "高级工程师", True)
    assert rows["证书编号"] == ("鲁Z20200001", "鲁Z20240002", True)
    assert rows["专业技术职务系列"] == ("工程技术人员", "工程技术人员", False)
    text = opened.content.decode()
    assert "<del>工程师</del>" in text
    assert "<ins>高级工程师</ins>" in text
    decide(world.employer_admin, second, "pass")
    kept = signed_in(world.person).get(f"/people/changes/{second.pk}/").content.decode()
    assert ("<del>工程师</del>" in kept, "<ins>高级工程师</ins>" in kept) == (True, True)


@pytest.mark.req("REV-14")
def test_an_employer_of_the_province_views_passes_and_rejects(ask: Ask, db: None) -> None:
    world = make.build("shandong")
    cases = [ask(world.person), ask(world.colleague)]
    admin = signed_in(world.employer_admin)
    page = admin.get(DESK)
    assert (page.context["list"].page.title, "人员信息修改审核" in menu(page)) == ("人员信息修改审核", True)
    assert "变更审核管理" in page.content.decode()
    opened = admin.get(f"{DESK}?case={cases[0].pk}")
    assert {row.label for row in opened.context["changes"] if row.differs} >= {"职称级别", "现专业技术职务任职资格"}
    decide(world.employer_admin, cases[0], "pass")
    decide(world.employer_admin, cases[1], "fail", "与证书不符")
    assert states(cases) == ["approved", "rejected"]
    titles = [Professional.objects.get(pk=one.pk).title for one in (world.record, world.colleague_record)]
    assert titles == ["0503", ""]
    tabs = signed_in(world.person).get("/profile/").context["tabs"]
    assert [tab.label for tab in tabs][1] == "专业技术职称"


def test_nobody_decides_ones_own_change(world: SmallWorld, ask: Ask) -> None:
    both, record = make.professional("身兼二职", world.employer)
    case = ask(both)
    hat = make.hat(both.user, world.employer, make.Hat.ADMINISTRATOR)
    decide(make.actor_from(both.user, hat), case, "pass")
    record.refresh_from_db()
    assert (states([case]), record.title) == (["pending"], "")
    for path in (DESK, f"{DESK}?case={case.pk}"):
        assert signed_in(world.person).get(path).status_code == 403


def test_the_desk_costs_the_same_for_one_row_and_many(world: SmallWorld, ask: Ask) -> None:
    admin = signed_in(world.employer_admin)
    several(ask, world.employer, "陈一")
    numbers = []
    for names in ("陈二 陈三 陈四", "陈五"):
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(DESK).status_code == 200
        numbers.append(len(queries))
        several(ask, world.employer, names)
    assert numbers[0] == numbers[1] <= 14


def test_a_refusal_without_a_reason_and_a_late_one_are_told_at_the_desk(world: SmallWorld, ask: Ask) -> None:
    case, admin = ask(world.person), signed_in(world.employer_admin)
    here = f"{reverse('people:changes')}?case={case.pk}"
    assert f'name="here" value="{here}"' in admin.get(here).content.decode()
    sent = {"row": f"{case.pk}:{case.version}", "verdict": "fail", "comment": "", "concerns": "title", "here": here}
    refused = admin.post("/reviews/decide/", sent)
    text = refused.content.decode()
    assert (refused.status_code, "不通过时请填写审核意见" in text, "data-desk" in text) == (422, True, True)
    assert re.search(r'name="comment"[^>]*aria-invalid="true"[^>]*autofocus', text)
    assert admin.post("/reviews/decide/", sent | {"comment": "不符"}).status_code == 302
    late = admin.post("/reviews/decide/", sent | {"verdict": "pass", "comment": "同意"})
    assert (late.status_code, "已由他人处理或内容已变更" in late.content.decode()) == (409, True)
    assert "您填写的审核意见没有提交：同意" in late.content.decode()
    case.refresh_from_db()
    assert case.state == "rejected"
