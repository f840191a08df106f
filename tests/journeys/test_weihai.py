"""The thread on 威海: a unit and a person come in, hours are declared, reviewed, verified, the year is proved."""

import pytest
from playwright.sync_api import expect

from tests import small_world as make
from tests.declarations import world as lives
from tests.journeys import roles
from tests.journeys.conftest import Open
from tests.journeys.people import PASSWORD, Visitor, scan
from xueshi.certificates.models import Certificate
from xueshi.config.reports import invariants
from xueshi.config.reports.findings import Finding
from xueshi.files import services as files
from xueshi.kernel import identity
from xueshi.ledger.models import YearAccount
from xueshi.organisations.models import Organisation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADMIN = identity.complete_resident("37100319850307123")  # 文登区: a region code younger than many lists
PERSON = identity.complete_resident("37060219900101221")
UNIT = "威海海天精密机械有限公司"
PAPER = "五轴加工中心热误差补偿方法研究"
PAPER_ANSWERS = {"title": PAPER, "journal": "机械工程学报", "published": "2026-03-01", "author_rank": "第一作者"}


def register_employer(visitor: Visitor) -> None:
    visitor.open("/register/employer/")
    visitor.fill(unit_name=UNIT, unit_nature="事业单位", unit_level="无级别", unit_telephone="0631-5201234")
    visitor.fill(industry="制造业", has_department="yes", area="环翠区", address="环翠区海滨路 1 号")
    visitor.pick("superior", "工业", "测试区工业和信息化局")
    visitor.fill(has_code="yes", code="91410104MA9G8NFR0H")
    visitor.page.set_input_files("[name=licence]", scan("执照.jpg", "LICENCE"))
    visitor.press("下一步")
    assert UNIT in visitor.page.content()
    visitor.fill(document_number=ADMIN, password=PASSWORD, password_again=PASSWORD, real_name="张敏")
    visitor.fill(phone="13906310001", email="zhangmin@example.cn", captcha="ABCD")
    visitor.fill(undertaking="on", agreement="on", sensitive="on")
    visitor.press("注册")


def register_professional(visitor: Visitor) -> None:
    visitor.open("/register/professional/")
    assert visitor.page.locator("[name=sex][value=male]").is_checked()
    visitor.fill(document_number=PERSON.lower(), password=PASSWORD, password_again=PASSWORD)
    visitor.fill(phone="13906310002", email="wangzhiyuan@example.cn")
    visitor.pick("employer", "海天", UNIT)
    visitor.fill(name="王志远", birth_date="1990-01-01", education="本科", school="山东大学", major="机械")
    visitor.fill(graduated="2012-06-30", degree="学士", title_series="工程技术人员", title_level="中级", title="工程师")
    visitor.fill(title_effective="2019-12-01", undertaking="on", agreement="on", sensitive="on", captcha="ABCD")
    visitor.page.set_input_files("[name=title_certificate]", scan("职称证书.jpg", "TITLE"))
    visitor.press("注册")


def declare_paper(visitor: Visitor, hours: str) -> None:
    visitor.open("/declarations/new/")
    visitor.choose("form", "发表论文")
    visitor.page.locator("[name=hours]").wait_for()
    visitor.fill(**PAPER_ANSWERS, hours=hours, subject="professional")
    visitor.page.set_input_files(
        "[name=evidence]", [scan("首页.jpg", f"FRONT {hours}"), scan("目录.jpg", f"LIST {hours}")]
    )
    visitor.press("提交申报")
    expect(visitor.page).to_have_url(f"{visitor.base}/declarations/")


def account() -> YearAccount | None:
    return YearAccount.objects.filter(year=2026).first()


def broken_invariants() -> list[Finding]:
    return [finding for finding in invariants.check_all() if finding.violations]


def come_in(world: make.SmallWorld, unit: Visitor, department: Visitor, person: Visitor) -> None:
    register_employer(unit)
    assert "等待" in unit.text()
    unit.sign_in(ADMIN, user_type="employer")
    assert "还未被审核" in unit.text()
    department.sign_in(world.department_admin.user.document_number, make.PASSWORD, "department")
    department.open("/registrations/units/")
    department.press(f"通过 {UNIT}")
    assert Organisation.objects.get(name=UNIT).state == "active"
    register_professional(person)
    assert "注册信息已经提交审核，请耐心等待" in person.text()
    person.sign_in(PERSON, user_type="professional")
    assert "用人单位管理员" in person.text()
    unit.enter(roles.registered("employer")).open("/registrations/people/")
    unit.press("通过 王志远")
    person.sign_in(PERSON, user_type="professional")
    assert person.page.url.endswith("/home/")


def review_at_the_desk(unit: Visitor, person: Visitor) -> None:
    unit.open("/declarations/review/")
    assert "待审核2" in unit.text().replace("\n", "").replace(" ", "")
    unit.page.locator("tbody tr").first.get_by_role("link").first.click()
    unit.page.locator("#detail img").first.wait_for()
    assert "首页.jpg" in unit.text()
    unit.page.keyboard.press("a")
    unit.page.get_by_text("已通过 1 条").wait_for()
    after_first = account()
    assert after_first is not None
    assert (after_first.professional_hours, after_first.passed) == (60, False)
    person.open("/years/")
    assert "年度认定结果不合格时，该年度学时证明无法打印" in person.text()
    assert person.page.get_by_role("button", name="打印学时证明").count() == 0
    unit.open("/declarations/review/")
    unit.page.get_by_label("全选本页").check()
    unit.press("批量通过")
    passed = account()
    assert passed is not None
    assert (passed.total_hours, passed.passed) == (90, True)


def print_certificate(person: Visitor) -> tuple[str, bytes]:
    person.open("/years/")
    person.page.get_by_role("link", name="详细").first.click()
    assert PAPER in person.text()
    with person.page.expect_response("**/pdf") as printed:
        person.page.get_by_role("button", name="打印学时证明").click()
    assert printed.value.headers["content-type"] == "application/pdf"
    certificate = Certificate.objects.get()
    return certificate.number, files.read(certificate.file)


def look_up(reader: Visitor, number: str) -> str:
    reader.open("/verify/")
    reader.fill(number=number, proof="王志远")
    reader.press("查验")
    assert "王*远" in reader.text()
    assert PERSON not in reader.page.content()
    return reader.text()


def fail_verification(department: Visitor) -> None:
    department.open("/declarations/verification/")
    department.page.locator("tbody tr").first.get_by_role("link").first.click()
    department.page.locator("#detail [name=comment]").fill("材料与刊物不符")
    department.page.locator("#detail").get_by_role("button", name="审验不通过").click()
    department.page.locator("dialog").get_by_role("button", name="确定").click()
    department.page.get_by_text("已驳回 1 条").wait_for()


@pytest.mark.req(
    "ORG-05", "ORG-14", "ORG-16", "PRO-11", "PRO-12", "ID-10", "ID-11", "REV-07", "CV-01", "CR-12", "CR-13", "CV-08",
    "CV-12", "CV-14", "ANN-01", "ANN-03", "ANN-07", "ANN-08", "ANN-10",
)  # fmt: skip
def test_from_registration_to_a_checked_certificate_and_back(visit: Open) -> None:
    world = make.build()
    department, unit, person, reader = visit("weihai"), visit("weihai"), visit("weihai"), visit("weihai")
    come_in(world, unit, department, person)
    roles.publish_notice(unit.enter(world.city_admin), reader, "关于开展年度继续教育的通知")
    roles.a_base_gets_in(unit, world.district_admin, "weihai")
    unit.enter(roles.registered("employer"))

    declare_paper(person, "60")
    lives.handed_in(roles.registered("professional"), "30", days=5)
    assert account() is None
    review_at_the_desk(unit, person)

    department.open("/declarations/verification/")
    department.page.locator("tbody tr").first.get_by_role("link").first.click()
    department.press("审验通过")
    assert "待审验 1" in department.text().replace("\n", " ")

    number, paper = print_certificate(person)
    assert "有效" in look_up(reader, number)
    reader.open("/verify/")
    reader.page.set_input_files("[name=file]", {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": paper})
    reader.press("上传并查验")
    assert number in reader.text()

    fail_verification(department)
    failed = account()
    assert failed is not None
    assert failed.passed is False
    assert "已撤销" in look_up(reader, number)
    roles.close_review(department, UNIT)
    assert Organisation.objects.get(name=UNIT).review_closed
    assert broken_invariants() == []
