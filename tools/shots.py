"""``make shots``: pictures of the pages in ``shots.toml``, wide and narrow, signed in through the real form.

``BASE`` names the port of a running server (started with ``XUESHI_TEST_CAPTCHA``); without it a server with the demo
world is started on ``PORT`` (default 8790) in a throw-away data directory, or in ``XUESHI_HOME``.
"""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from tools.browser import launched

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "shots"
CAPTCHA = os.environ.get("XUESHI_TEST_CAPTCHA") or "a1b2"
START_SECONDS = 300.0
HEIGHTS = {390: 844}
SETTLE_MS = 400


@dataclass(frozen=True)
class Shot:
    """One page to photograph: who looks, where, and what is pressed or filled before."""

    name: str
    portal: str
    path: str
    person: str
    role: str
    steps: tuple[dict[str, str], ...]
    full: bool

    @classmethod
    def read(cls, entry: dict[str, Any]) -> "Shot":
        """From one ``[[page]]``; ``as`` is the name of a demo account, empty for a visitor."""
        return cls(
            entry["name"], entry["portal"], entry["path"], entry.get("as", ""), entry.get("role", ""),
            tuple(entry.get("steps", ())), entry.get("full", True),
        )  # fmt: skip


@dataclass(frozen=True)
class Login:
    """What the sign-in form takes."""

    user_type: str
    account: str
    password: str


TYPES = (
    ("专业技术人员", "professional"),
    ("注册被驳回", "professional"),
    ("用人单位", "employer"),
    ("继续教育基地", "employer"),
    ("主管部门", "department"),
)


def _user_type(role: str) -> str:
    return next((key for word, key in TYPES if role.startswith(word)), "bureau")


def logins() -> dict[tuple[str, str, str], Login]:
    """The demo accounts by portal, name and role; without a role the first hat of that name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xueshi.config.settings")
    import django

    django.setup()
    from xueshi.portal.seeds import accounts

    found: dict[tuple[str, str, str], Login] = {}
    for one in (*accounts.ACCOUNTS, *accounts.REFUSED):
        login = Login(_user_type(one.role), one.account, accounts.PASSWORD)
        found.setdefault((one.portal, one.name, ""), login)
        found[one.portal, one.name, one.role] = login
    return found


def _is_up(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    return False


@contextlib.contextmanager
def server() -> Iterator[int]:
    """The port of a server with the demo world."""
    if base := os.environ.get("BASE"):
        yield int(base)
        return
    port = int(os.environ.get("PORT") or "8790")
    with tempfile.TemporaryDirectory(prefix="xueshi-", ignore_cleanup_errors=True) as folder:
        environment = {"XUESHI_HOME": folder, **os.environ, "PORT": str(port), "XUESHI_TEST_CAPTCHA": CAPTCHA}
        launcher = subprocess.Popen([sys.executable, "-m", "xueshi.config.launcher"], cwd=ROOT, env=environment)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _is_up(port):
                if launcher.poll() is not None or time.monotonic() > deadline:
                    sys.exit("shots: the server did not start")
                time.sleep(0.5)
            yield port
        finally:
            launcher.send_signal(signal.SIGINT)
            launcher.wait()


def sign_in(page: Page, front: str, login: Login) -> None:
    """Through the form a person uses; the picture's answer is the fixed one of development."""
    page.goto(front)
    choice = page.locator(f'[name="user_type"][value="{login.user_type}"]')
    if choice.count():
        choice.check(force=True)
    page.fill('[name="identifier"]', login.account)
    page.fill('[name="password"]', login.password)
    page.fill('[name="captcha"]', CAPTCHA)
    page.locator('form:has([name="password"]) button.btn-primary').click()
    page.wait_for_url(re.compile(r"/(home|register)/"))  # a refused registrant comes to the reason


class Studio:
    """A browser on one server; everybody signs in once."""

    def __init__(self, browser: Browser, port: int) -> None:
        self._browser, self._port = browser, port
        self._accounts: dict[tuple[str, str, str], Login] = {}
        self._states: dict[tuple[str, str, str], StorageState] = {}

    def context(self, shot: Shot, width: int) -> BrowserContext:
        """A fresh window of the one who looks."""
        who = (shot.portal, shot.person, shot.role)
        if shot.person and who not in self._states:
            self._accounts = self._accounts or logins()
            with self._browser.new_context(locale="zh-CN") as entering:
                sign_in(entering.new_page(), f"http://{shot.portal}.localhost:{self._port}/", self._accounts[who])
                self._states[who] = entering.storage_state()
        return self._browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 900)}, locale="zh-CN",
            timezone_id="Asia/Shanghai", storage_state=self._states.get(who),
        )  # fmt: skip

    def take(self, shot: Shot, width: int) -> None:
        """One picture, after the steps of the plan."""
        with self.context(shot, width) as context:
            page = context.new_page()
            answer = page.goto(f"http://{shot.portal}.localhost:{self._port}{shot.path}", wait_until="networkidle")
            for step in shot.steps:
                _act(page, step)
            if shot.full:  # as tall as the page, so that what sticks to the window's edge stands where it belongs
                height = page.evaluate("Math.max(innerHeight, document.documentElement.scrollHeight)")
                page.set_viewport_size({"width": width, "height": min(height, 6000)})
                page.evaluate("scrollTo(0, 0)")
                page.wait_for_timeout(150)
            page.screenshot(path=TARGET / f"{shot.name}-{width}.png", full_page=shot.full)
            sys.stdout.write(f"{shot.name}-{width}.png  {answer.status if answer else '-'}  {page.title()}\n")


def _act(page: Page, step: dict[str, str]) -> None:
    """``press``, ``fill`` or ``choose`` ``with`` a value, or ``forget`` a cookie; the page comes to rest after each."""
    if "press" in step:
        page.locator(step["press"]).first.click()
    elif "forget" in step:
        page.context.clear_cookies(name=step["forget"])
    elif "choose" in step:
        page.locator(step["choose"]).select_option(label=step["with"], force=True)
    else:
        page.fill(step["fill"], step["with"])
    page.wait_for_timeout(SETTLE_MS)
    page.wait_for_load_state("networkidle")


def main(only: list[str]) -> None:
    """Every page, or those whose names contain one of the words."""
    plan = tomllib.loads((ROOT / "tools/shots.toml").read_text(encoding="utf-8"))
    shots = [Shot.read(entry) for entry in plan["page"]]
    shots = [shot for shot in shots if not only or any(word in shot.name for word in only)]
    TARGET.mkdir(exist_ok=True)
    with server() as port, launched() as browser:
        studio = Studio(browser, port)
        for shot in shots:
            for width in plan["widths"]:
                studio.take(shot, width)


if __name__ == "__main__":
    main(sys.argv[1:])
