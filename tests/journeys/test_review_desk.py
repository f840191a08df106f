"""The desk in a browser: columns that stay on one line, the scan viewer, a reason that fills the comment."""

import pytest
from playwright.sync_api import Page, expect

from tests import small_world as make
from tests.browsers import browser
from tests.declarations import world as lives
from tests.journeys.conftest import Open
from xueshi.organisations.actors import Actor
from xueshi.reviews.models import ReviewStep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE = "document.querySelector('.x-scroll').scrollWidth <= document.querySelector('.x-scroll').clientWidth"
ONE_LINE = """() => [...document.querySelectorAll('.x-rows td:not(.first) > div')]
  .filter((cell) => cell.offsetParent && !cell.children.length)
  .every((cell) => cell.getClientRects().length === 1 && cell.offsetHeight < 30)"""
FRAME = "JSON.stringify(document.querySelector('.x-viewer-box').getBoundingClientRect())"


def _enter(page: Page, base: str, actor: Actor) -> None:
    session = browser(actor.user, actor.membership).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": base}])


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
    _enter(page, desk.base, world.employer_admin)
    desk.open("/declarations/review/")
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
