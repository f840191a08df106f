"""山东: a form that keeps itself, photographs made smaller and put in order, a calculator; 威海: the desk and scans."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests import small_world as make
from tests.declarations import world as lives
from tests.journeys.auditing import Auditor
from tests.journeys.conftest import Open
from tests.journeys.people import Visitor, scan
from xueshi.declarations.models import Declaration
from xueshi.reviews.models import ReviewStep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE = "document.querySelector('.x-scroll').scrollWidth <= document.querySelector('.x-scroll').clientWidth"
ONE_LINE = """() => [...document.querySelectorAll('.x-rows td:not(.first) > div')]
  .filter((cell) => cell.offsetParent && !cell.children.length)
  .every((cell) => cell.getClientRects().length === 1 && cell.offsetHeight < 30)"""
FRAME = "JSON.stringify(document.querySelector('.x-viewer-box').getBoundingClientRect())"


def photograph(folder: Path) -> Path:
    """A picture of more bytes than may be sent."""
    found = folder / "手机照片.bmp"
    Image.new("RGB", (1600, 1000), "#fdfaf0").save(found, "BMP")
    assert found.stat().st_size > 4 << 20
    return found


def choose(person: Visitor) -> None:
    person.open("/declarations/new/")
    person.fill(subject="公需课")
    expect(person.page.locator("[name=form] option[value=on_the_job]")).to_be_attached()
    person.fill(form="岗位培训")
    expect(person.page.locator("[name=class_name]")).to_be_visible()


def kept(page: Page) -> None:
    expect(page.locator("[data-keeps-status]")).to_contain_text("草稿已自动保存")


def names(page: Page) -> list[str]:
    return [one.split()[0] for one in page.locator("[data-kept] .x-thumb-name").all_inner_texts()]


@pytest.mark.req("CR-02", "CR-03", "CR-11", "CR-12")
def test_a_declaration_by_keyboard_that_keeps_and_counts_itself(auditor: Auditor, tmp_path: Path) -> None:
    world = make.build("shandong")
    page = auditor.window("shandong", world.person).page
    person = Visitor(page, f"http://shandong.localhost:{auditor.port}")
    choose(person)
    person.fill(school="山东大学", class_name="高级研修", result="合格")
    person.fill(period_from="2026-05-11", period_to="2026-05-13", hours="30")
    expect(page.locator("#calculator")).to_contain_text("超出 6 学时")
    person.fill(hours="16")
    expect(page.locator("#calculator")).to_contain_text("可申报 16 学时")
    expect(page.locator(".x-calc tbody tr").first).to_contain_text("74")
    certificate = tmp_path / "证书.jpg"
    certificate.write_bytes(scan(certificate.name)["buffer"])
    page.set_input_files("[name=evidence]", [photograph(tmp_path), certificate])
    expect(page.locator("[data-kept] li")).to_have_count(2)
    expect(page.locator("[data-kept] li").first).to_contain_text("手机照片.jpg")
    page.get_by_role("button", name="前移 证书.jpg").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-kept] li").first).to_contain_text("证书.jpg")
    page.get_by_role("button", name="移除 证书.jpg").press("Enter")
    expect(page.locator("[name=evidence__keep]")).to_have_count(1)
    expect(page.get_by_role("button", name="撤消")).to_be_focused()
    page.keyboard.press("Enter")
    assert names(page) == ["证书.jpg", "手机照片.jpg"]
    kept(page)
    expect(page).to_have_url(f"{person.base}/declarations/{Declaration.objects.get().pk}/edit/")
    page.locator("[name=hours]").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{person.base}/declarations/")
    declared = Declaration.objects.get()
    assert (declared.hours_declared, declared.subject, declared.typed) == (16, "public", None)
    stored = list(declared.evidence.order_by("position").values_list("file__name", "file__size"))
    assert [name for name, _size in stored] == ["证书.jpg", "手机照片.jpg"]
    assert all(size < 4 << 20 for _name, size in stored)


def _refuse_without_reason(page: Page) -> None:
    page.locator("#detail").get_by_role("button", name="驳回").click()
    expect(page.locator("#comment_problem")).to_have_text("驳回时请填写审核意见")
    expect(page.locator("#detail [name=comment]")).to_be_focused()


@pytest.mark.req("SYS-23", "REV-03")
def test_a_case_is_read_with_its_scans_and_refused_for_a_reason(visit: Open) -> None:
    world = make.build()
    pictures = tuple(lives.stored(world.person, name=f"证书{number}.png").pk for number in (1, 2))
    row = lives.handed_in(world.person, files=pictures)
    lives.handed_in(world.colleague)
    desk = visit("weihai")
    page = desk.page
    desk.enter(world.employer_admin).open("/declarations/review/")
    page.locator("tbody tr a").first.click()
    expect(page.locator("#detail h2")).to_be_visible()
    assert page.evaluate(WIDE)
    assert page.evaluate(ONE_LINE)
    assert page.evaluate("scrollY") == 0
    page.keyboard.press("v")
    image = page.locator(".x-viewer-img")
    expect(page.locator("[data-name]")).to_have_text("证书1.png（1 / 2）")
    expect(image).to_have_attribute("data-zoom", "1.00")
    expect(page.locator(".x-viewer-facts")).to_contain_text("培训班名称")
    frame = page.evaluate(FRAME)
    page.keyboard.press("+")
    expect(image).to_have_attribute("data-zoom", "1.25")
    page.keyboard.press("r")
    expect(image).to_have_attribute("data-turn", "90")
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-name]")).to_have_text("证书2.png（2 / 2）")
    expect(image).to_have_attribute("data-turn", "0")
    assert page.evaluate(FRAME) == frame
    page.keyboard.press("Escape")
    expect(page.locator("#detail a[data-view]").nth(1)).to_be_focused()
    _refuse_without_reason(page)
    page.locator("[data-reasons]").select_option(label="证明材料不清晰，请重新上传")
    expect(page.locator("#detail [name=comment]")).to_have_value("证明材料不清晰，请重新上传")
    expect(page.locator("#detail [name=concerns]")).to_have_value("evidence")
    page.locator("#detail").get_by_role("button", name="驳回").click()
    page.get_by_text("已驳回 1 条").wait_for()
    step = ReviewStep.objects.get(case_id=row.case_id, position=1)
    assert (step.state, step.comment, step.concerns) == ("failed", "证明材料不清晰，请重新上传", "evidence")
