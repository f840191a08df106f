"""Every page of every role, wide and narrow: both checkers, no sideways scroll, no complaint in the console."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests import small_world
from tests.a11y import violations
from tests.declarations import world as lives
from tests.journeys.people import scan
from xueshi.certificates import selectors as certificates
from xueshi.organisations.actors import Actor
from xueshi.portal import signing_in
from xueshi.portal.seeds import world_objects
from xueshi.portal.seeds.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = ((1440, 900), (390, 844))
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
type Act = Callable[[Page], object]


def _nothing(_page: Page) -> None:
    """Leave the page as it opened."""


def _press(selector: str) -> Act:
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
    contexts: list[BrowserContext] = field(default_factory=list)

    def window(self, portal: str, actor: Actor | None) -> "Window":
        """A browser profile in which this person is signed in; without one a visitor."""
        context = self.browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        base = f"http://{portal}.localhost:{self.port}"
        if actor is not None:
            session = SessionStore()
            signing_in.begin(session, actor.user, actor.membership)
            session.save()
            context.add_cookies([{"name": "sessionid", "value": session.session_key or "", "url": base}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("console", lambda line: self._heard(line.type, line.text))
        return Window(self, page, base)

    def _heard(self, kind: str, text: str) -> None:
        if "Content Security Policy" in text or (kind == "error" and "status of 4" not in text):
            self.wrong.append(f"console: {text}")

    def check(self, page: Page, name: str) -> None:
        """The page as it stands, at every width."""
        for width, height in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            self.seen.append(f"{name} {width}")
            found = violations(page)
            if over := page.evaluate(SIDEWAYS):
                found.append(f"{over} px wider than the window")
            self.wrong += [f"{name} {width}: {one}" for one in dict.fromkeys(found)]
        page.set_viewport_size({"width": 1440, "height": 900})


@dataclass
class Window:
    """Somebody's browser."""

    auditor: Auditor
    page: Page
    base: str

    def check(self, name: str, path: str, act: Act = _nothing, wait: str = "main", status: int = 200) -> None:
        """Open a page, do something on it, wait for what that brings, and check."""
        answer = self.page.goto(self.base + path)
        if answer is None or answer.status != status:
            self.auditor.wrong.append(f"{name}: {answer.status if answer else None} instead of {status}")
        act(self.page)
        self.page.locator(wait).first.wait_for()
        self.auditor.check(self.page, name)


@pytest.fixture
def auditor(live_server: LiveServer, chromium: Browser, settings: object) -> Iterator[Auditor]:
    settings.TEST_CAPTCHA = "ABCD"  # type: ignore[attr-defined]
    made = Auditor(chromium, live_server.url.rsplit(":", 1)[1], settings)
    yield made
    for context in made.contexts:
        context.close()


def _visitor(auditor: Auditor, world: World) -> None:
    window = auditor.window("weihai", None)
    window.check("front", "/")
    window.check("front refused", "/", _press(".x-login .btn-primary"), "#captcha_error")
    window.check("recovery", "/recovery/")
    window.check("agreement", "/register/agreement/")
    window.check("register", "/register/professional/")
    for way in ("professional", "employer", "department", "base", "bureau"):
        window.check(f"register {way} refused", f"/register/{way}/", _press(".x-decide .btn-primary"), ".x-errors")
    window.check("verify", "/verify/")
    absent, certificate = ("CE3700002026100000001X", "王"), _certificate(world)
    window.check("verify missed", "/verify/", lambda page: _verify(page, *absent), "[role=alert]")
    window.check("verify hit", "/verify/", lambda page: _verify(page, *certificate), "text=查验其他证书")
    window.check("not found", "/nowhere/", status=404)


def _verify(page: Page, number: str, proof: str) -> None:
    page.fill("[name=number]", number)
    page.fill("[name=proof]", proof)
    page.get_by_role("button", name="查验", exact=True).click()


def _certificate(world: World) -> tuple[str, str]:
    """A valid certificate's number and its holder's name."""
    actor = world.actor("person_1")
    found = next(one for one in certificates.certificates_seen(actor) if one.is_valid)
    return found.number, actor.user.name


def _professional(auditor: Auditor, world: World) -> None:
    window = auditor.window("weihai", world.actor("person_1"))
    window.check("professional home", "/home/")
    window.check("professional menu", "/home/", _press("details.x-drop summary"), ".x-dropmenu")
    window.check("password refused", "/password/", _press(".x-decide .btn-primary"), ".x-errors")
    window.check("declare", "/declarations/new/")
    window.check("declare chosen", "/declarations/new/", _choose, "[name=evidence]")
    window.check("declare refused", "/declarations/new/", _declare_nothing, ".x-errors")
    window.check("declare with file", "/declarations/new/", _declare_file, ".x-kept canvas")
    window.check("progress", "/declarations/")
    window.check("withdraw asked", "/declarations/", _press("[data-confirm]"), "dialog[open]")
    for state in ("draft", "pending", "rejected", "verified"):
        for thing in world.of("declaration", owner="person_1", state=state)[:1]:
            window.check(f"declaration {state}", f"/declarations/{thing.pk}/")
    window.check("years", "/years/")
    for account in world.of("account", owner="person_1"):
        window.check(f"year {account.state}", f"/years/{account.pk}/")
    for state in ("valid", "superseded", "revoked"):
        for thing in world.of("certificate", owner="person_1", state=state)[:1]:
            window.check(f"certificate {state}", f"/certificates/{thing.pk}/")
    window.check("desk forbidden", "/declarations/review/", status=403)
    auditor.window("weihai", world.actor("two_hats")).check("hats", "/hats/")


def _choose(page: Page) -> None:
    page.locator("[name=form]").select_option(label="岗位培训")


def _declare_nothing(page: Page) -> None:
    _choose(page)
    page.locator("[name=evidence]").wait_for()
    page.get_by_role("button", name="提交申报", exact=True).last.click()


def _declare_file(page: Page) -> None:
    _choose(page)
    page.locator("[name=evidence]").wait_for()
    page.set_input_files("[name=evidence]", scan("证书.jpg"))


def _queue(window: Window, name: str, path: str) -> None:
    """A desk: waiting with the first opened, decided with the first opened."""
    opened = "#detail .x-detail-head"
    window.check(f"{name} open", path, _press("tbody tr a"), opened)
    window.check(f"{name} done", f"{path}?tab=done", _press("tbody tr a"), opened)


def _desks(auditor: Auditor, world: World) -> None:
    unit = auditor.window("weihai", world.actor("employer_super"))
    unit.check("employer home", "/home/")
    unit.check("desk", "/declarations/review/")
    _queue(unit, "desk", "/declarations/review/")
    unit.check("desk keys", "/declarations/review/", lambda page: page.keyboard.press("?"), "#keys[open]")
    unit.check("desk empty", "/declarations/review/?year=1999")
    unit.check("batch asked", "/declarations/review/", _press("text=全部通过"), "text=您刚才看到的")
    unit.check("batch report", "/declarations/review/", _approve_all, "text=已通过")
    _queue(unit, "people", "/registrations/people/")
    unit.check("unit", "/registrations/unit/")
    department = auditor.window("weihai", world.actor("department_1"))
    department.check("department home", "/home/")
    _queue(department, "units", "/registrations/units/")
    _queue(department, "verification", "/declarations/verification/")
    district = auditor.window("weihai", world.actor("district_1"))
    district.check("district home", "/home/")
    for queue in ("departments", "bases"):
        _queue(district, queue, f"/registrations/{queue}/")
    city = auditor.window("weihai", world.actor("city"))
    city.check("city home", "/home/")
    city.check("bureaux", "/registrations/bureaux/")
    auditor.window("weihai", world.actor("base_1")).check("base home", "/home/")


def _approve_all(page: Page) -> None:
    page.get_by_role("button", name="全部通过", exact=True).click()
    page.locator("main .btn-success").click()


def _fujian(auditor: Auditor, small: small_world.SmallWorld) -> None:
    visitor = auditor.window("fujian", None)
    visitor.check("fujian front", "/")
    visitor.check("fujian account", "/register/account/", _press(".x-decide .btn-primary"), ".x-errors")
    person = auditor.window("fujian", small.person)
    person.check("fujian professional", "/home/")
    unit = auditor.window("fujian", small.employer_admin)
    unit.check("fujian employer", "/home/")
    unit.check("fujian desk", "/declarations/review/", _press("tbody tr a"), "#detail .x-detail-head")


def _gallery(auditor: Auditor, world: World) -> None:
    window = auditor.window("weihai", world.actor("person_1"))
    for page in ("", "form/", "desk/", "public/"):
        window.check(f"gallery {page}", f"/gallery/{page}")


def _built() -> tuple[World, small_world.SmallWorld]:
    """Both worlds, made outside the browser's thread: signing needs an event loop of its own."""
    try:
        world, small = world_objects.build(1, "s"), small_world.build("fujian")
        lives.handed_in(small.person)
        return world, small
    finally:
        connection.close()


@pytest.mark.req("AX-01", "AX-02", "AX-07")
def test_every_page_of_every_role(auditor: Auditor, capsys: pytest.CaptureFixture[str]) -> None:
    with ThreadPoolExecutor(1) as apart:
        world, small = apart.submit(_built).result()
    for part in (_visitor, _professional, _desks, _gallery):
        part(auditor, world)
    _fujian(auditor, small)
    with capsys.disabled():
        pages = len(auditor.seen) // len(WIDTHS)
        print(f"\naccessibility: N={pages} pages x {len(WIDTHS)} widths, bad={len(auditor.wrong)}")  # noqa: T201
    assert not auditor.wrong, "\n".join(auditor.wrong)
