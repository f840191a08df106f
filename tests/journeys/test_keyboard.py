"""Four journeys without a mouse, and the main ones without JavaScript (AX-03)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import small_world as make
from tests.conftest import WAIT
from tests.declarations import world as lives
from tests.journeys.conftest import Open
from tests.journeys.people import Visitor, scan
from xueshi.declarations.models import Declaration
from xueshi.reviews.models import ReviewCase

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STEPS = 80
FOCUS = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const style = getComputedStyle(one), label = one.closest('label'), zone = one.closest('.x-dropzone.live');
  const ring = [one, label, zone, one.closest('.ts-wrapper')].filter(Boolean).some((part) => {
    const drawn = getComputedStyle(part);
    return drawn.outlineStyle !== 'none' && parseFloat(drawn.outlineWidth) > 0 || drawn.boxShadow !== 'none';
  });
  const x = Math.max(0, box.left + box.width / 2), y = Math.max(0, box.top + Math.min(box.height / 2, 14));
  const on = document.elementFromPoint(x, y);
  const covered = style.opacity !== '0' && !(on && (one.contains(on) || on.contains(one)));
  return { id: one.id, name: one.name || '', text: one.textContent.trim().slice(0, 40), tag: one.tagName,
           type: one.type || '', value: one.value || '', ring, covered };
}"""


class Keyboard:
    """Moves with Tab only; at every stop the focus must be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab_to(self, **wanted: str) -> None:
        """Press Tab until the focus is on the control with these properties; every stop is visible and uncovered."""
        for _ in range(STEPS):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(FOCUS)
            if here["tag"] != "BODY":
                assert here["ring"], f"no visible focus: {here}"
                assert not here["covered"], f"focus covered: {here}"
            if all(here[key] == value for key, value in wanted.items()):
                return
        pytest.fail(f"not reached by Tab: {wanted}")

    def type(self, text: str, **wanted: str) -> None:
        """Reach a field and type."""
        self.tab_to(**wanted)
        self.page.keyboard.type(text)

    def arrow_to(self, label: str) -> None:
        """Choose in the focused drop-down; the focus stays there though the form below changes."""
        chosen = "document.activeElement.selectedOptions[0].label"
        for _ in range(STEPS):
            if self.page.evaluate(chosen) == label:
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"not in the list: {label}")

    def follow(self) -> None:
        """Enter on a link; the page it leads to is there."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def press(self, key: str) -> None:
        """One key; what it brings is waited for by whoever expects it."""
        self.page.keyboard.press(key)


def _sign_in(visitor: Visitor, number: str, user_type: str) -> Keyboard:
    visitor.open("/")
    keys = Keyboard(visitor.page)
    keys.tab_to(name="user_type")
    for _ in range(3):
        if visitor.page.evaluate("document.activeElement.value") == user_type:
            break
        visitor.page.keyboard.press("ArrowRight")
    keys.type(number, id="identifier")
    keys.type(make.PASSWORD, id="password")
    keys.type("ABCD", id="captcha")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/home/")
    return keys


@pytest.mark.req("AX-03")
def test_declare_with_upload(visit: Open) -> None:
    world = make.build()
    person = visit("weihai")
    keys = _sign_in(person, world.person.user.document_number, "professional")
    page = person.page
    keys.tab_to(tag="A", text="学时申报")
    keys.follow()
    keys.tab_to(name="form")
    keys.arrow_to("发表论文")
    page.locator("[name=journal]").wait_for()
    keys.tab_to(name="title")
    keys.press("Enter")
    expect(page.locator(".x-errors")).to_be_focused()
    keys.tab_to(tag="A")
    keys.press("Enter")
    expect(page.locator("main [name=title]")).to_be_focused()
    page.keyboard.type("五轴加工中心热误差补偿方法研究")
    keys.type("机械工程学报", name="journal")
    keys.type("03012026", name="published")
    keys.tab_to(name="author_rank")
    keys.arrow_to("第一作者")
    keys.type("36", name="hours")
    keys.tab_to(name="evidence")
    page.set_input_files("[name=evidence]", scan("首页.jpg"))
    page.locator(".x-kept img").wait_for()
    keys.tab_to(tag="BUTTON", text="提交申报")
    keys.press("Enter")
    expect(page).to_have_url(f"{person.base}/declarations/")
    found = Declaration.objects.get()
    assert (found.hours_declared, found.case is not None) == (36, True)


@pytest.mark.req("AX-03", "CV-02")
def test_review_a_queue(visit: Open) -> None:
    world = make.build()
    rows = [lives.handed_in(world.person, "8"), lives.handed_in(world.colleague, "16")]
    unit = visit("weihai")
    keys = _sign_in(unit, world.employer_admin.user.document_number, "employer")
    page = unit.page
    keys.tab_to(tag="A", text="学时审批2条待处理")
    keys.follow()
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    page.keyboard.press("Escape")
    names = [world.person.user.name, world.colleague.user.name]
    page.keyboard.press("n")
    page.locator("#detail h2", has_text=names[0]).wait_for()
    expect(page.locator("#detail")).to_be_focused()
    page.keyboard.press("n")
    page.locator("#detail h2", has_text=names[1]).wait_for()
    page.keyboard.press("p")
    page.locator("#detail h2", has_text=names[0]).wait_for()
    page.keyboard.press("a")
    page.get_by_text("已通过 1 条").wait_for()
    page.keyboard.press("n")
    page.locator("#detail h2", has_text=names[1]).wait_for()
    page.keyboard.press("r")
    expect(page.locator("#detail [name=comment]")).to_be_focused()
    page.keyboard.type("材料不清晰")
    keys.press("Enter")
    expect(page.locator("#detail [value=fail]")).to_be_focused()
    assert ReviewCase.objects.get(pk=rows[1].case_id).state == "pending"
    keys.press("Enter")
    expect(page.locator(".x-flash", has_text="已驳回 1 条")).to_be_focused()
    states = [ReviewCase.objects.get(pk=row.case_id).state for row in rows]
    assert states == ["approved", "rejected"]


@pytest.mark.req("AX-03")
def test_verify_a_certificate(visit: Open) -> None:
    reader = visit("weihai")
    reader.open("/verify/")
    keys = Keyboard(reader.page)
    keys.tab_to(name="number")
    keys.press("Enter")
    expect(reader.page.locator(".x-errors").first).to_be_focused()
    keys.type("CE3710002026100000001X", name="number")
    keys.type("王志远", name="proof")
    keys.press("Enter")
    reader.page.get_by_text("没有查到与所填内容一致的证书").first.wait_for()
    expect(reader.page.locator(".x-errors").first).to_be_focused()


@pytest.fixture
def plain(live_server: LiveServer, chromium: Browser, settings: object) -> Iterator[Open]:
    """Opens a portal in a browser without JavaScript."""
    settings.TEST_CAPTCHA = "ABCD"  # type: ignore[attr-defined]
    contexts = []

    def open_portal(portal: str) -> Visitor:
        context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
        context.set_default_timeout(WAIT)
        contexts.append(context)
        return Visitor(context.new_page(), f"http://{portal}.localhost:{live_server.url.rsplit(':', 1)[1]}")

    yield open_portal
    for context in contexts:
        context.close()


def _enter(visitor: Visitor, number: str, user_type: str) -> None:
    visitor.open("/")
    visitor.page.locator(f"input[name=user_type][value={user_type}]").check(force=True)
    visitor.page.fill("#identifier", number)
    visitor.page.fill("#password", make.PASSWORD)
    visitor.page.fill("#captcha", "ABCD")
    visitor.page.get_by_role("button", name="登录", exact=True).click()
    visitor.page.wait_for_url("**/home/")


@pytest.mark.req("AX-03")
def test_sign_in_declare_and_decide_without_javascript(plain: Open) -> None:
    world = make.build()
    person, unit = plain("weihai"), plain("weihai")
    _enter(person, world.person.user.document_number, "professional")
    page = person.page
    person.open("/declarations/new/")
    page.locator("main [name=form]").select_option(label="发表论文")
    page.get_by_role("button", name="选择", exact=True).click()
    typed = {"title": "热误差补偿", "journal": "机械工程学报", "published": "2026-03-01", "hours": "36"}
    for name, value in typed.items():
        page.fill(f"[name={name}]", value)
    page.locator("[name=author_rank]").select_option(label="第一作者")
    page.set_input_files("[name=evidence]", scan("首页.jpg"))
    page.locator(".x-decide").get_by_role("button", name="提交申报").click()
    expect(page).to_have_url(f"{person.base}/declarations/")
    assert Declaration.objects.get().hours_declared == 36
    _enter(unit, world.employer_admin.user.document_number, "employer")
    unit.open("/declarations/review/")
    unit.page.locator("tbody tr a").first.click()
    unit.page.locator("#detail [name=comment]").press("Enter")
    assert ReviewCase.objects.get().state == "pending"
    unit.page.locator("#detail .x-decide").get_by_role("button", name="通过").click()
    unit.page.get_by_text("已通过 1 条").wait_for()
    assert ReviewCase.objects.get().state == "approved"


@pytest.mark.req("AX-03")
def test_register_without_javascript(plain: Open) -> None:
    world = make.build()
    visitor = plain("weihai")
    visitor.open("/register/professional/")
    page = visitor.page
    page.fill("[name=employer__q]", "海天")
    page.locator("[name=employer__find]").click()
    page.locator(f"main input[name=employer][value='{world.employer.pk}']").check()
    expect(page.locator("main input[name=employer]:checked")).to_have_count(1)
