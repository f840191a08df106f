"""``make shots``: pictures of the pages in ``shots.toml``, wide and narrow, signed in through the real form.

``BASE`` names the port of a running server (started with ``XUESHI_TEST_CAPTCHA``); without it a server with the demo
world is started on ``PORT`` (default 8790) in a throw-away data directory, or in ``XUESHI_HOME``.
"""

import contextlib
import http.client
import os
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

from playwright.sync_api import Browser, BrowserContext, Page

from tools.browser import launched

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "shots"
CAPTCHA = os.environ.get("XUESHI_TEST_CAPTCHA") or "a1b2"
START_SECONDS = 300.0


@dataclass(frozen=True)
class Shot:
    """One page to photograph; ``role`` is the key of a demo account, empty for a visitor."""

    name: str
    portal: str
    path: str
    role: str
    full: bool = True

    @classmethod
    def read(cls, entry: dict[str, Any]) -> "Shot":
        """From one ``[[page]]``."""
        return cls(entry["name"], entry["portal"], entry["path"], entry.get("as", ""), entry.get("full", True))


@dataclass(frozen=True)
class Login:
    """What the sign-in form takes."""

    user_type: str
    account: str
    password: str


def logins() -> dict[tuple[str, str], Login]:
    """The demo accounts by portal and key, from the seeds."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xueshi.config.settings")
    import django

    django.setup()
    from xueshi.portal.seeds import accounts

    return {
        (account.portal, account.key): Login(account.user_type, account.account, account.password)
        for account in accounts.ACCOUNTS
    }


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
    if login.user_type:
        choice = page.locator('[name="user_type"]').first
        if choice.evaluate("element => element.tagName") == "SELECT":
            choice.select_option(login.user_type)
        else:
            page.locator(f'[name="user_type"][value="{login.user_type}"]').check(force=True)
    page.fill('[name="account"]', login.account)
    page.fill('[name="password"]', login.password)
    page.fill('[name="captcha"]', CAPTCHA)
    page.locator('form:has([name="password"]) [type="submit"]').first.click()
    page.wait_for_load_state("networkidle")


def take(browser: Browser, port: int, shots: list[Shot], width: int) -> None:
    """All pages at one width, one context per person so that each signs in once."""
    accounts = logins() if any(shot.role for shot in shots) else {}
    contexts: dict[tuple[str, str], BrowserContext] = {}
    for shot in shots:
        front = f"http://{shot.portal}.localhost:{port}"
        who = (shot.portal, shot.role)
        if who not in contexts:
            contexts[who] = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
            if shot.role:
                sign_in(contexts[who].new_page(), f"{front}/", accounts[who])
        page = contexts[who].new_page()
        answer = page.goto(front + shot.path, wait_until="networkidle")
        page.screenshot(path=TARGET / f"{shot.name}-{width}.png", full_page=shot.full)
        sys.stdout.write(f"{shot.name}-{width}.png  {answer.status if answer else '-'}  {page.title()}\n")
        page.close()
    for context in contexts.values():
        context.close()


def main(only: list[str]) -> None:
    """Every page, or those whose names contain one of the words."""
    plan = tomllib.loads((ROOT / "tools/shots.toml").read_text(encoding="utf-8"))
    shots = [Shot.read(entry) for entry in plan["page"]]
    shots = [shot for shot in shots if not only or any(word in shot.name for word in only)]
    TARGET.mkdir(exist_ok=True)
    with server() as port, launched() as browser:
        for width in plan["widths"]:
            take(browser, port, shots, width)


if __name__ == "__main__":
    main(sys.argv[1:])
