"""What people do with their hands, once each."""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Page

from tests.browsers import signed_in
from xueshi.organisations.actors import Actor

PASSWORD = "Haitian-2026-jixie"
FILL = """(values) => Object.entries(values).filter(([name, value]) => {
  const named = [...document.querySelectorAll(`main [name='${CSS.escape(name)}']`)];
  const radio = named[0]?.type === "radio";
  const field = radio ? named.find((one) => one.value === value) : named[0];
  if (!field || field.disabled || field.readOnly) return true;
  if (field.tagName === "SELECT") {
    const option = [...field.options].find((one) => one.text.includes(value));
    if (!option || !(field.tomselect?.wrapper ?? field).checkVisibility()) return true;
    if (field.tomselect) { field.tomselect.setValue(option.value); return false; }
    field.value = option.value;
  } else if (!field.checkVisibility()) {
    return true;
  } else if (radio || field.type === "checkbox") {
    if (!field.checked) field.click();
    return false;
  } else {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.dispatchEvent(new Event("change", { bubbles: true }));
  return false;
}).map(([name]) => name)"""
"""Fills what is there to be seen, in one call; returns the names of the fields that have yet to appear."""


def scan(name: str, text: str = "PROOF") -> FilePayload:
    """A photographed proof, different for each text."""
    picture, out = Image.new("RGB", (320, 240), "#fdfaf0"), io.BytesIO()
    ImageDraw.Draw(picture).text((30, 100), text, fill="#333333")
    picture.save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


@dataclass
class Visitor:
    """A person at a browser on one portal."""

    page: Page
    base: str

    def open(self, path: str) -> None:
        """Go to an address of the portal."""
        self.page.goto(self.base + path)

    def sign_in(self, number: str, password: str = PASSWORD, user_type: str = "", captcha: str = "ABCD") -> None:
        """Fill the sign-in box and press 登录."""
        self.open("/")
        if user_type:
            self.page.locator(f"input[name=user_type][value={user_type}]").check(force=True)
        self.page.fill("#identifier", number)
        self.page.fill("#password", password)
        self.page.fill("#captcha", captcha)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_load_state()

    def enter(self, actor: Actor) -> "Visitor":
        """Go on as somebody who has signed in already: the sign-in box is passed once for each kind of user."""
        session = signed_in(actor).cookies["sessionid"].value
        self.page.context.add_cookies([{"name": "sessionid", "value": session, "url": self.base}])
        return self

    def sign_out(self) -> None:
        """Through the drop-down behind the name."""
        self.open("/home/")
        self.page.locator("details.x-drop summary").click()
        self.page.get_by_role("button", name="退出登录").click()
        self.page.wait_for_load_state()

    def fill(self, **values: str) -> None:
        """Fill fields by their names: text, choice or radio, as each one is; wait for those that come with others."""
        for name in self.page.evaluate(FILL, values):
            value, control = values[name], self.page.locator(f"main [name='{name}']").first
            match control.evaluate("field => field.tagName === 'SELECT' ? 'select' : field.type"):
                case "radio":
                    self.page.locator(f"main [name='{name}'][value='{value}']").check()
                case "checkbox":
                    control.check()
                case "select":
                    self.choose(name, value)
                case _:
                    control.fill(value)

    def choose(self, name: str, value: str) -> None:
        """Choose an option by its text in a plain drop-down, or in the searched one that dresses it."""
        plain = self.page.locator(f"main select[name='{name}']")
        plain.locator("option", has_text=value).first.wait_for(state="attached")
        code = plain.locator("option", has_text=value).first.get_attribute("value")
        plain.evaluate(
            """(select, code) => {
                 if (select.tomselect) select.tomselect.setValue(code);
                 else { select.value = code; select.dispatchEvent(new Event('change', {bubbles: true})); }
               }""",
            code,
        )

    def pick(self, name: str, part: str, whole: str) -> None:
        """Search in a picker and choose the row with exactly that name."""
        self.page.fill(f"[name='{name}__q']", part)
        self.page.locator(f"[name='{name}__find']").click()
        row = self.page.locator(f"#id_{name}_found tr", has=self.page.get_by_text(whole, exact=True))
        row.locator("input").check()

    def press(self, label: str) -> None:
        """Press a button by its exact words and wait for the page."""
        self.page.get_by_role("button", name=label, exact=True).first.click()
        self.page.wait_for_load_state()

    def agree(self) -> None:
        """Press 确定 of the question that a button asks first."""
        self.page.locator("dialog[open]").get_by_role("button", name="确定").click()
        self.page.wait_for_load_state()

    def text(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()

    def download(self, label: str, to: Path) -> bytes:
        """Press something that downloads, return the bytes."""
        with self.page.expect_download() as started:
            self.page.get_by_text(label, exact=True).first.click()
        started.value.save_as(to)
        return to.read_bytes()
