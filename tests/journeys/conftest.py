"""Journeys: the whole program in a real browser, from a visitor's click to the database."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.checks.report import Outcome, told
from tests.conftest import WAIT
from tests.journeys.auditing import WIDTHS, Auditor
from tests.journeys.people import Visitor

type Open = Callable[[str], Visitor]


@pytest.fixture
def visit(
    live_server: LiveServer, chromium: Browser, settings: object, request: pytest.FixtureRequest
) -> Iterator[Open]:
    """Opens a fresh browser profile on a portal; a page error or a refused resource fails the test."""
    settings.TEST_CAPTCHA = "ABCD"  # type: ignore[attr-defined]
    width = getattr(request, "param", 1440)
    contexts, troubles = [], []
    port = live_server.url.rsplit(":", 1)[1]

    def open_portal(portal: str) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", reduced_motion="reduce"
        )
        context.set_default_timeout(WAIT)
        contexts.append(context)
        page = context.new_page()
        _listen(page, troubles)
        return Visitor(page, f"http://{portal}.localhost:{port}")

    yield open_portal
    for context in contexts:
        context.close()
    assert troubles == []


def _listen(page: Page, troubles: list[str]) -> None:
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "response", lambda answer: troubles.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
    )
    page.on("console", lambda line: troubles.append(line.text) if "Content Security Policy" in line.text else None)


@pytest.fixture
def auditor(
    live_server: LiveServer,
    chromium: Browser,
    settings: object,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> Iterator[Auditor]:
    """Collects what is wrong with the pages a test opens, prints how many, and fails with the list."""
    settings.TEST_CAPTCHA = "ABCD"  # type: ignore[attr-defined]
    made = Auditor(chromium, live_server.url.rsplit(":", 1)[1], settings)
    yield made
    wrong, pages = list(made.wrong), len(made.seen) // len(WIDTHS)
    third_parties = Outcome("PR-12", len(made.asked), made.elsewhere, _would_notice(made), 20)
    made.context.close()
    with capsys.disabled():
        print(f"\naccessibility: N={pages} pages x {len(WIDTHS)} widths, bad={len(wrong)}")  # noqa: T201
    assert not wrong, "\n".join(wrong)
    told(third_parties, capsys, record_property)


def _would_notice(made: Auditor) -> bool:
    """The control: a request to somebody else is among those that are found."""
    address = "http://elsewhere.invalid/pixel.png"
    page = made.window("weihai", None).page
    with page.expect_request(address):
        page.evaluate("(address) => { new Image().src = address; }", address)
    return made.elsewhere[-1:] == [address]
