"""聊城: subject and form first, one approval that counts, the paper of the year printed and found by the unit."""

import pytest
from playwright.sync_api import expect

from tests import small_world as make
from tests.journeys import roles
from tests.journeys.conftest import Open
from tests.journeys.people import Visitor, scan
from tests.journeys.test_shandong import ADMIN, PERSON, UNIT, join, register_unit
from tests.journeys.test_weihai import PAPER_ANSWERS, account, broken_invariants, look_up
from xueshi.certificates.models import Certificate
from xueshi.organisations.states import Hat
from xueshi.registrations.models import Registration

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TRAINING = {
    "school": "聊城大学", "class_name": "公共法律知识培训", "result": "合格", "period_from": "2026-05-11",
    "period_to": "2026-05-14", "hours": "30",
}  # fmt: skip


def declare(person: Visitor, subject: str, form: str, answers: dict[str, str]) -> None:
    person.open("/declarations/new/")
    person.fill(subject=subject)
    expect(person.page.locator("[name=form] option", has_text=form)).to_be_attached()
    person.choose("form", form)
    expect(person.page.locator("[name=hours]")).to_be_visible()
    expect(person.page.locator("main")).to_contain_text("折算标准待本地人社部门确认")
    person.fill(**answers)
    person.page.set_input_files("[name=evidence]", scan("证明.jpg", "".join(answers)))
    expect(person.page.locator("[data-kept] li")).to_have_count(1)
    person.press("提交申报")
    expect(person.page).to_have_url(f"{person.base}/declarations/")
    expect(person.page.locator("tbody tr").first).to_contain_text("待审核")


def approve_all(unit: Visitor) -> None:
    unit.open("/declarations/review/")
    unit.press("全部通过")
    expect(unit.page.locator("main")).to_contain_text("通过后有 1 人")
    unit.page.locator("main .btn-success").click()
    expect(unit.page.locator("main")).to_contain_text("已通过 2 条")


def come_in(world: make.SmallWorld, unit: Visitor, person: Visitor, desk: Visitor) -> None:
    register_unit(unit, area="东昌府区")
    roles.decide_registration(desk.enter(world.department_admin), "units", UNIT)
    unit.sign_in(ADMIN, user_type="employer")
    join(person)
    roles.decide_registration(unit, "people", "王志远")
    person.sign_in(PERSON)
    expect(person.page).to_have_url(f"{person.base}/home/")


@pytest.mark.req("CR-03", "CR-04", "CR-12", "ANN-08", "ANN-10", "ANN-14", "ID-14", "ORG-27")
def test_two_subjects_one_approval_and_the_paper_of_the_year(visit: Open) -> None:
    world = make.build("liaocheng")
    person, unit, reader = visit("liaocheng"), visit("liaocheng"), visit("liaocheng")
    come_in(world, unit, person, reader)
    declare(person, "公需课", "岗位培训", TRAINING)
    declare(person, "必需课", "发表论文", PAPER_ANSWERS | {"hours": "60"})
    assert account() is None

    roles.entrust(unit, roles.second(roles.registered("employer"), "李核"))
    approve_all(unit)
    found = account()
    assert found is not None
    assert (found.public_hours, found.professional_hours, found.passed) == (30, 60, True)

    person.open("/years/")
    person.page.get_by_role("link", name="详细").first.click()
    with person.page.expect_response("**/pdf") as printed:
        person.page.get_by_role("button", name="打印学时证明").click()
    assert printed.value.headers["content-type"] == "application/pdf"
    number = Certificate.objects.get().number
    assert "有效" in look_up(reader, number)
    unit.open("/certificates/people/")
    expect(unit.page.locator("tbody tr")).to_have_count(1)
    expect(unit.page.locator("tbody tr")).to_contain_text("王志远")

    case = Registration.objects.order_by("pk")[0].case_id
    reader.enter(world.department_admin).open(f"/registrations/{case}/")
    reader.page.get_by_role("link", name="管理员信息").click()
    expect(reader.page.get_by_role("link", name="重置密码")).to_have_count(2)
    roles.a_base_gets_in(reader, world.district_admin, "liaocheng")
    roles.an_authority_gets_in(visit("liaocheng"), reader, world.city_admin, "bureau", area="东昌府区")
    make.hat(world.colleague.user, world.branch, Hat.ADMINISTRATOR, is_super=False)
    roles.switch_hat(reader, world.colleague, world.branch.name)
    roles.recover(person, PERSON, "13906310002", "liaocheng")
    assert broken_invariants() == []
