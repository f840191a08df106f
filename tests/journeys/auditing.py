"""Pages of a role, wide and narrow: both checkers, no sideways scroll, no complaint in the console.

A page that is checked with its errors, its menu or a row of it opened is not checked a second time without.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests import a11y
from tests.browsers import session_of
from tests.conftest import WAIT
from xueshi.organisations.actors import Actor

WIDTHS = ((1440, 2200), (390, 4400))
"""Windows in which almost every page is seen at once: what a bar that sticks to an edge covers half is found by
scrolling, not hidden. One that is longer gets a longer window."""
FIRST = ViewportSize(width=WIDTHS[0][0], height=WIDTHS[0][1])
SHAPE = """(({ scrollWidth, clientWidth }) =>
  [document.querySelectorAll("main").length, scrollWidth - clientWidth])(document.documentElement)"""
"""How many main parts a page has, and by how much it is wider than its window."""
TALL = "document.documentElement.scrollHeight"
type Act = Callable[[Page], object]


def nothing(_page: Page) -> None:
    """Leave the page as it opened."""


def press(selector: str) -> Act:
    def act(page: Page) -> None:
        page.locator(selector).first.click()

    return act


@dataclass
class Auditor:
    """Opens pages as somebody and collects what is wrong with them, by page and width."""

    browser: Browser
    port: str
    settings: object
    seen: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Every address that a page asked for, its own included (PR-12)."""
    present: "Window | None" = None

    def window(self, portal: str, actor: Actor | None) -> "Window":
        """The browser as this person, signed in; without one as a visitor."""
        if actor is None:
            return self.window_with(portal, None)
        return self.window_with(portal, session_of(actor.user, actor.membership))

    def window_with(self, portal: str, session: SessionStore | None) -> "Window":
        """The browser with a session that was kept."""
        base = f"http://{portal}.localhost:{self.port}"
        if session is None:
            return Window(self, base, [])
        return Window(self, base, [{"name": "sessionid", "value": session.session_key or "", "url": base}])

    def page_of(self, window: "Window") -> Page:
        """The one page, as whoever it is shown to: a browser that has read the checkers runs them faster."""
        if window is not self.present:
            self.context.clear_cookies()
            self.context.add_cookies(window.cookies)
            self.present = window
        return self._page

    @cached_property
    def context(self) -> BrowserContext:
        """A browser profile whose pages all know the checkers."""
        context = self.browser.new_context(viewport=FIRST, locale="zh-CN", reduced_motion="reduce")
        context.set_default_timeout(WAIT)
        for script in a11y.scripts():
            context.add_init_script(script)
        return context

    @cached_property
    def _page(self) -> Page:
        page = self.context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("console", lambda line: self._heard(line.type, line.text))
        return page

    @property
    def elsewhere(self) -> list[str]:
        """The requests that left for another origin than one of our portals."""
        ours = f".localhost:{self.port}"
        outgoing = [url for url in self.asked if urlsplit(url).scheme in {"http", "https"}]
        return [url for url in outgoing if not urlsplit(url).netloc.endswith(ours)]

    def _heard(self, kind: str, text: str) -> None:
        if "Content Security Policy" in text or (kind == "error" and "status of 4" not in text):
            self.wrong.append(f"console: {text}")

    def check(self, page: Page, name: str) -> None:
        """The page as it stands, at every width."""
        for place, (width, height) in enumerate(WIDTHS):
            if place:
                page.set_viewport_size({"width": width, "height": height})
            if (whole := page.evaluate(TALL)) > height:
                page.set_viewport_size({"width": width, "height": whole})
            self.seen.append(f"{name} {width}")
            found = a11y.violations(page, seen=place > 0)
            mains, over = page.evaluate(SHAPE)
            if mains != 1:
                found.append(f"{mains} main elements")
            if over:
                found.append(f"{over} px wider than the window")
            self.wrong += [f"{name} {width}: {one}" for one in dict.fromkeys(found)]
        page.set_viewport_size(FIRST)


@dataclass
class Window:
    """The browser as somebody."""

    auditor: Auditor
    base: str
    cookies: list[Any]

    @property
    def page(self) -> Page:
        """What they look at."""
        return self.auditor.page_of(self)

    def check(self, name: str, path: str, act: Act = nothing, wait: str = "main", status: int = 200) -> None:
        """Open a page, do something on it, wait for what that brings, and check."""
        answer = self.page.goto(self.base + path)
        if answer is None or answer.status != status:
            self.auditor.wrong.append(f"{name}: {answer.status if answer else None} instead of {status}")
        act(self.page)
        self.page.locator(wait).first.wait_for()
        self.auditor.check(self.page, name)


def apart[Built](make: Callable[[], Built]) -> Built:
    """What ``make`` builds, made outside the browser's thread: signing needs an event loop of its own."""

    def built() -> Built:
        try:
            return make()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(built).result()
