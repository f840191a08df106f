"""The same thread on 福建: an account first, a unit on file at once, hours only after the second approval."""

import pytest
from playwright.sync_api import expect

from tests import small_world as make
from tests.journeys import roles
from tests.journeys.conftest import Open
from tests.journeys.people import PASSWORD, Visitor, scan
from tests.journeys.test_weihai import PAPER, PAPER_ANSWERS, account, broken_invariants
from xueshi.kernel import identity
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import OrganisationKind

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADMIN = identity.complete_resident("35010219850307226")
PERSON = identity.complete_resident("35010219900101221")
UNIT = "福州闽江软件有限公司"
REASON = "首页照片不清楚，请重新拍摄"


def open_account(visitor: Visitor, login_name: str, name: str, number: str, phone: str) -> None:
    visitor.open("/register/account/")
    visitor.fill(login_name=login_name, name=name, document_number=number, phone=phone, password=PASSWORD)
    visitor.fill(agreement="on", sensitive="on", captcha="ABCD")
    visitor.press("获取短信验证码")
    visitor.fill(sms_code=roles.arrived("fujian", phone, r"(\d{6})"))
    visitor.press("提交注册")


def register_employer(visitor: Visitor) -> None:
    visitor.open("/register/employer/")
    assert "超管" in visitor.text()
    visitor.fill(unit_name=UNIT, code="91371000MA3C0EXA7F", unit_nature="民营企业", unit_level="无级别")
    visitor.fill(
        head="林国强",
        unit_telephone="0591-87651234",
        address="福州市鼓楼区五四路 1 号",
        area__city="福州市",
        area="鼓楼区",
    )
    visitor.pick("superior", "工业", "测试区工业和信息化局")
    visitor.press("确定")


def join(visitor: Visitor) -> None:
    visitor.open("/register/professional/")
    visitor.pick("employer", "闽江", UNIT)
    visitor.fill(birth_date="1990-01-01", education="本科", school="福州大学", major="机械", graduated="2012-06-30")
    visitor.fill(degree="学士", title_series="工程技术人员", title_level="中级", title="工程师")
    visitor.fill(title_effective="2019-12-01", undertaking="on")
    visitor.press("确定")


def come_in(unit: Visitor, person: Visitor) -> None:
    open_account(unit, "linguoqiang", "林国强", ADMIN, "13905910001")
    unit.sign_in("linguoqiang")
    register_employer(unit)
    assert "单位注册成功" in unit.text()
    assert Organisation.objects.get(name=UNIT).state == "active"
    open_account(person, "wangzhiyuan", "王志远", PERSON, "13905910002")
    person.sign_in(PERSON)
    join(person)
    assert "审核" in person.text()
    unit.sign_out()
    unit.sign_in(ADMIN)
    unit.open("/registrations/people/")
    unit.press("通过 王志远")
    person.enter(roles.registered("professional"))


def declare(person: Visitor) -> None:
    person.open("/declarations/new/")
    person.choose("form", "发表论文")
    person.page.locator("[name=hours]").wait_for()
    person.fill(**PAPER_ANSWERS, hours="90", subject="professional")
    person.page.set_input_files("[name=evidence]", scan("首页.jpg"))
    person.press("提交申报")
    expect(person.page).to_have_url(f"{person.base}/declarations/")
    assert "等待审核" in person.text()


def refuse(reviewer: Visitor) -> None:
    reviewer.open("/declarations/review/")
    reviewer.page.locator("tbody tr").first.get_by_role("link").first.click()
    detail = reviewer.page.locator("#detail")
    detail.locator("[name=comment]").fill(REASON)
    detail.get_by_role("button", name="驳回").click()
    reviewer.page.get_by_text("已驳回 1 条").wait_for()


def declare_again(person: Visitor) -> None:
    """再次申报 with everything that was refused, proof included; taken back once and handed in after all."""
    person.open("/declarations/")
    row = person.page.locator("tbody tr").first
    row.get_by_role("link", name="详细").click()
    expect(person.page.locator("main")).to_contain_text(REASON)
    person.page.get_by_role("link", name="再次申报").click()
    expect(person.page.locator("[name=title]")).to_have_value(PAPER)
    expect(person.page.locator("main")).to_contain_text("首页.jpg")
    person.press("提交申报")
    row.get_by_role("button", name="撤销").click()
    person.agree()
    row.get_by_role("link", name="修改").click()
    expect(person.page.locator("[name=title]")).to_have_value(PAPER)
    person.press("提交申报")
    expect(row).to_contain_text("待审核")


def approve(reviewer: Visitor) -> None:
    reviewer.open("/declarations/review/")
    assert "王志远" in reviewer.text()
    reviewer.page.locator("tbody tr").first.get_by_role("link").first.click()
    reviewer.page.locator("#detail").get_by_role("button", name="通过").click()
    reviewer.page.get_by_text("已通过 1 条").wait_for()


@pytest.mark.req("ID-05", "ID-27", "ID-34", "ORG-18", "ORG-19", "ORG-22", "ORG-23", "CR-35", "CV-16")
def test_the_same_thread_counts_after_the_second_approval(visit: Open) -> None:
    world = make.build("fujian")
    unit, person, department = visit("fujian"), visit("fujian"), visit("fujian")
    come_in(unit, person)
    declare(person)
    refuse(unit)
    declare_again(person)
    approve(unit)
    assert account() is None

    department.sign_in(world.department_admin.user.document_number, make.PASSWORD)
    approve(department)
    found = account()
    assert found is not None
    assert found.professional_hours == 90
    person.open("/years/")
    person.page.get_by_role("link", name="详细").first.click()
    assert PAPER in person.text()

    admin = roles.registered("employer")
    department.open("/registrations/filed/")
    department.page.get_by_role("link", name=UNIT).click()
    roles.reset(department, unit, department.page.url.removeprefix(department.base), admin, "fujian")
    roles.change_password(person, "/account/", PASSWORD)
    roles.publish_notice(department.enter(world.city_admin), unit, "关于开展年度继续教育的通知")
    base = make.body(OrganisationKind.BASE, roles.BASE, world.district, "fujian")
    department.enter(make.administrator("基地管理员", base)).open("/home/")
    expect(department.page.locator("body")).to_contain_text(roles.BASE)
    assert broken_invariants() == []
