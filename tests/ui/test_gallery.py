"""The gallery in a real browser: no violation, no sideways scrolling, nothing refused by the policy; scripts."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.a11y import scripts, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ["", "form/", "form/?wrong=1", "list/", "list/?tab=none&number=1", "desk/", "desk/?case=1", "public/", "error/"]
WIDTHS = (1440, 390)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": 1440, "height": 860}, locale="zh-CN")
    yield opened
    opened.close()


def base(live_server: Any) -> str:
    return str(live_server.url).replace("localhost", "weihai.localhost")


def complaints(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_no_violation_and_nothing_scrolls_sideways(live_server: Any, page: Page) -> None:
    """Wide and narrow; at 320 px also with large letters."""
    said, found, over = complaints(page), {}, {}
    for script in scripts():
        page.add_init_script(script)
    for path in PAGES:
        page.goto(f"{base(live_server)}/gallery/{path}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 860})
            found[path, width] = violations(page, seen=width != WIDTHS[0])
        page.set_viewport_size({"width": 320, "height": 700})
        for large in (False, True):
            page.evaluate("(on) => document.documentElement.classList.toggle('x-large', on)", large)
            over[path, large] = page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
    assert found == {(path, width): [] for path in PAGES for width in WIDTHS}
    assert over == {(path, large): 0 for path in PAGES for large in (False, True)}
    assert said == []


def test_conditional_fields_appear_with_their_answer(live_server: Any, page: Page) -> None:
    page.goto(f"{base(live_server)}/gallery/form/")
    assert page.locator("#id_course").is_hidden()
    page.select_option("#id_kind", "training")
    assert page.locator("#id_course").is_visible()


def test_focus_goes_to_the_errors(live_server: Any, page: Page) -> None:
    page.goto(f"{base(live_server)}/gallery/form/?wrong=1")
    assert page.evaluate("document.activeElement.className") == "x-errors"


def test_a_chosen_photo_larger_than_the_limit_is_shrunk(live_server: Any, page: Page) -> None:
    page.goto(f"{base(live_server)}/gallery/form/")
    noise = """async () => {
      const canvas = document.createElement("canvas"); canvas.width = canvas.height = 1400;
      const pen = canvas.getContext("2d"); const data = pen.createImageData(1400, 1400);
      for (let i = 0; i < data.data.length; i++) data.data[i] = (i * 2654435761 >>> 13) & 255 | (i % 4 === 3 ? 255 : 0);
      pen.putImageData(data, 0, 0);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
      const input = document.querySelector("#id_scans");
      input.dataset.maxBytes = String(Math.floor(blob.size / 2));
      const carrier = new DataTransfer(); carrier.items.add(new File([blob], "photo.png", {type: "image/png"}));
      input.files = carrier.files; input.dispatchEvent(new Event("change", {bubbles: true}));
      return blob.size;
    }"""
    size = page.evaluate(noise)
    page.wait_for_selector("[data-new] li canvas")
    kept = page.evaluate(
        "(() => { const f = document.querySelector('#id_scans').files[0]; return [f.name, f.size]; })()"
    )
    assert kept[0] == "photo.jpg"
    assert 0 < kept[1] <= size / 2


def test_selected_rows_are_counted_and_batch_needs_one(live_server: Any, page: Page) -> None:
    page.goto(f"{base(live_server)}/gallery/list/")
    page.click("text=批量通过")
    assert page.locator("[data-selected]").inner_text() == "请先选择记录"
    number = page.locator("input[name=row]").count()
    button = "document.querySelector('tr[data-row] td').insertAdjacentHTML('beforeend', '<input type=hidden name=row>')"
    page.evaluate(button)  # a row's own button carries its row so; it is nothing to tick
    page.check("[data-all]")
    assert page.evaluate("getComputedStyle(document.querySelector('[data-all]'), '::before').content") == "none"
    assert page.locator("[data-selected]").inner_text().startswith(f"已选 {number} 条")
    page.click("text=批量通过")
    assert page.locator("#confirm").is_visible()
    page.click("#confirm button[value=no]")
    assert page.url.endswith("/gallery/list/")


def test_a_list_changes_without_reloading_and_keeps_its_address(live_server: Any, page: Page) -> None:
    page.goto(f"{base(live_server)}/gallery/list/")
    page.evaluate("window.stayed = true")
    page.fill("#id_label", "contenttypes")
    page.click("text=查询")
    page.wait_for_url("**label=contenttypes**")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    assert page.evaluate("window.stayed") is True
    expect(page.locator("#announce")).to_have_text("共1条")


def test_the_desk_is_worked_by_keys(live_server: Any, page: Page) -> None:
    page.goto(f"{base(live_server)}/gallery/desk/")
    page.keyboard.press("n")
    page.wait_for_selector("#detail h2")
    assert page.locator("tr.sel").count() == 1
    assert page.evaluate("document.activeElement.id") == "detail"
    assert "case=" in page.url
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()


def test_the_menu_of_a_phone_opens(live_server: Any, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{base(live_server)}/gallery/list/")
    page.click("summary:has-text('菜单')")
    assert page.locator(".x-foldnav >> text=审核台").is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".x-foldnav >> text=审核台").is_hidden()
