"""On 山东 a unit is refused, corrects itself and gets in; a person joins, changes their title and proves the year."""

import pytest
from playwright.sync_api import expect

from tests import small_world as make
from tests.declarations import world as lives
from tests.journeys import roles
from tests.journeys.conftest import Open
from tests.journeys.people import PASSWORD, Visitor, scan
from tests.journeys.test_weihai import PAPER_ANSWERS, account, broken_invariants
from xueshi.kernel import identity
from xueshi.organisations.actors import Actor
from xueshi.people.models import Professional
from xueshi.registrations.models import Registration

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADMIN = identity.complete_resident("37100219850307122")
PERSON = identity.complete_resident("37060219900101221")
UNIT = "威海海天（山东）精密机械有限公司"
REASON = "营业执照与单位地址不一致"


def register_unit(visitor: Visitor, **where: str) -> None:
    visitor.open("/register/employer/")
    assert "无统一社会信用代码的单位请联系客服人员处理" in visitor.text()
    visitor.fill(unit_name=UNIT, unit_nature="事业单位", unit_level="无级别", unit_telephone="０６３１－５２０１２３４")
    visitor.fill(industry="制造业", has_department="是", **where, address="海滨路 1 号")
    visitor.pick("superior", "工业", "测试区工业和信息化局")
    visitor.fill(code="D2143569-X")
    visitor.page.set_input_files("[name=licence]", scan("执照.jpg", "LICENCE"))
    visitor.press("下一步")
    expect(visitor.page.locator("[name=unit_name_shown]")).to_have_value(UNIT)
    visitor.fill(document_number=ADMIN, real_name="买买提·吐尔逊", phone="13906310001", email="mmt@example.cn")
    roles.hand_in(visitor)


def correct(visitor: Visitor) -> None:
    visitor.sign_in(ADMIN, user_type="employer")
    expect(visitor.page.get_by_text(REASON)).to_be_visible()
    visitor.page.get_by_role("link", name="修改后重新提交").click()
    expect(visitor.page.locator("[name=unit_name]")).to_have_value(UNIT)
    expect(visitor.page.locator("main")).to_contain_text("执照.jpg")
    visitor.fill(address="环翠区世昌大道 2 号")
    visitor.press("下一步")
    expect(visitor.page.locator("[name=real_name]")).to_have_value("买买提·吐尔逊")
    roles.hand_in(visitor)


def join(visitor: Visitor) -> None:
    visitor.open("/register/professional/")
    visitor.fill(document_number=PERSON.lower(), phone="13906310002", email="wangzhiyuan@example.cn")
    visitor.pick("employer", "海天", UNIT)
    visitor.fill(name="王志远", birth_date="1990-01-01", education="本科", school="山东大学", major="机械")
    visitor.fill(graduated="2012-06-30", degree="学士", title_series="工程技术人员", title_level="中级", title="工程师")
    visitor.fill(title_effective="2019-12-01")
    roles.hand_in(visitor)


def declare_paper(person: Visitor) -> None:
    person.open("/declarations/new/")
    person.fill(subject="必需课")
    expect(person.page.locator("[name=form] option", has_text="发表论文")).to_be_attached()
    person.choose("form", "发表论文")
    expect(person.page.locator("[name=hours]")).to_be_visible()
    person.fill(**PAPER_ANSWERS, hours="60")
    person.page.set_input_files("[name=evidence]", scan("首页.jpg"))
    expect(person.page.locator("[data-kept] li")).to_have_count(1)
    person.press("提交申报")
    expect(person.page).to_have_url(f"{person.base}/declarations/")


def prove_the_year(unit: Visitor, person: Visitor, admin: Actor, actor: Actor) -> None:
    lives.decided(admin, lives.handed_in(actor, "30", days=4, subject="public"))
    declare_paper(person)
    unit.open("/declarations/review/")
    unit.press(f"通过 {actor.user.name}")
    expect(unit.page.locator("main")).to_contain_text("已通过 1 条")
    found = account()
    assert found is not None
    assert (found.public_hours, found.professional_hours, found.passed) == (30, 60, True)
    person.open(f"/years/{found.pk}/")
    with person.page.expect_response("**/pdf") as printed:
        person.page.get_by_role("button", name="打印学时证明").click()
    assert printed.value.headers["content-type"] == "application/pdf"


@pytest.mark.req(
    "ORG-04", "ORG-08", "ORG-12", "ORG-16", "ORG-53", "PRO-02", "PRO-04", "PRO-11", "PRO-12", "PRO-13", "PRO-20",
    "REV-12", "ORG-25",
)  # fmt: skip
def test_a_refused_unit_corrects_itself_and_a_person_proves_the_year(visit: Open) -> None:
    world = make.build("shandong")
    unit, person, desk = visit("shandong"), visit("shandong"), visit("shandong")
    register_unit(unit, area__city="威海市", area="环翠区")
    roles.decide_registration(desk.enter(world.department_admin), "units", UNIT, REASON)
    correct(unit)
    assert Registration.objects.get().round == 2
    roles.decide_registration(desk, "units", UNIT)
    unit.sign_in(ADMIN, user_type="employer")
    expect(unit.page).to_have_url(f"{unit.base}/home/")
    join(person)
    roles.decide_registration(unit, "people", "王志远")
    person.sign_in(PERSON)
    expect(person.page).to_have_url(f"{person.base}/home/")

    joined = roles.registered("professional")
    roles.change_title(person, unit, Professional.objects.get(user=joined.user))
    prove_the_year(unit, person, roles.registered("employer"), joined)
    roles.change_password(person, "/password/", PASSWORD)
    roles.a_base_gets_in(desk, world.district_admin, "shandong")
    department = visit("shandong")
    roles.an_authority_gets_in(department, desk, world.district_admin, "department", area__city="威海市", area="环翠区")
    assert broken_invariants() == []
