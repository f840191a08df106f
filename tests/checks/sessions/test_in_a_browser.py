"""SS in a real browser: stored scripts, framing, what is left after the sign-out."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests import small_world
from tests.browsers import signed_in
from tests.checks.report import Outcome, Tell
from tests.declarations import world as lives
from tests.journeys.auditing import apart
from tests.small_world import SmallWorld
from xueshi.declarations.models import Declaration
from xueshi.organisations.actors import Actor

HOST = "weihai.localhost"
PAYLOADS = tuple(
    pattern.replace("!", "top.hit=1").replace("EVIL", "//evil.example")
    for pattern in (
        "<script>!</script>", "<img src=x onerror=!>", "<svg onload=!>", '"><script>!</script>', "'><script>!</script>",
        "<body onload=!>", "<iframe src=javascript:!>", "<a href=javascript:!>x</a>", '" onfocus=! autofocus x="',
        "' onfocus=! autofocus x='", "<details open ontoggle=!>", "<video><source onerror=!>", "<audio src onerror=!>",
        "<input onfocus=! autofocus>", "<select onfocus=! autofocus>", "<style>@import'EVIL'</style>",
        "<link rel=stylesheet href=EVIL>", "<meta http-equiv=refresh content='0;EVIL'>", "<base href=EVIL>",
        "<object data=EVIL>", "<embed src=EVIL>", "<form action=EVIL><input name=x>", "<img src=EVIL/x>",
        "<div hx-get=/home/ hx-trigger=load>", "<div data-hx-get=EVIL>", "<p hx-on:load=!>", "</p><script>!</script>",
        "</script><script>!</script>", "</textarea><script>!</script>", "</title><script>!</script>",
        "--><script>!</script>", "<![CDATA[<script>!</script>]]>", "<math><mtext><script>!</script>",
        "<svg><script>!</script></svg>", "<template><script>!</script></template>", "<noscript><img src=x onerror=!>",
        "&lt;script&gt;!&lt;/script&gt;", "\\u003cscript\\u003e!", "{{ 7|add:7 }}{% debug %}", "javascript:!",
    )
)  # fmt: skip
WRITABLE = re.compile(r"name|comment|text|title|school|major|note|label|reason|address|contact|body|certificate|line")
KEPT = re.compile(r"bigrams|pinyin|login|level|series|index|digest|key|url|file_name|column|class|format")


def _poisoned() -> int:
    """Put a script into every text that people write, in every row; returns how many texts."""
    payloads, n = cycle(PAYLOADS), 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    for model in apps.get_models():
        if not model.__module__.startswith("xueshi.") or model._meta.app_label in {"audit", "files"}:
            continue
        fields = [field for field in model._meta.concrete_fields if _is_writable(field)]
        for row in model._default_manager.all() if fields else ():
            texts = {field.attname: _poison(field, getattr(row, field.attname), payloads) for field in fields}
            model._default_manager.filter(pk=row.pk).update(**texts)
            n += len(texts)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
    return n


def _is_writable(field: Any) -> bool:
    if isinstance(field, models.JSONField):
        return bool(field.name == "answers")
    plain = type(field) in {models.CharField, models.TextField} and (field.max_length or 999) >= 40
    return plain and bool(WRITABLE.search(field.name)) and not KEPT.search(field.name)


def _poison(field: Any, old: Any, payloads: Iterator[str]) -> Any:
    """The text that stood there, a script behind it; of answers those that are free text."""
    if isinstance(field, models.JSONField):
        free = {"school", "class_name", "title", "result", "name", "address", "major", "topic", "publication"}
        return {key: f"{value}{next(payloads)}" if key in free else value for key, value in (old or {}).items()}
    room = field.max_length or 200
    return next(one for one in payloads if len(one) <= room)


def _lived(world: SmallWorld) -> Declaration:
    lives.handed_in(world.colleague)
    return lives.handed_in(world.person)


def _pages(world: SmallWorld, row: Declaration) -> list[tuple[Actor, str]]:
    person, unit, city = world.person, world.employer_admin, world.city_admin
    own = (
        "/home/", "/declarations/", f"/declarations/{row.pk}/", "/years/", "/account/", "/account/devices/", "/hats/",
        "/learning/centre/",
    )  # fmt: skip
    desk = (
        "/home/", "/declarations/review/", f"/declarations/review/?case={row.case_id}", "/registrations/people/",
        "/registrations/units/", "/password/",
    )  # fmt: skip
    return (
        [(person, url) for url in own]
        + [(unit, url) for url in desk]
        + [(city, url) for url in ("/home/", "/registrations/units/")]
    )


@dataclass
class Drawn:
    """Pages as the program drew them, headers included, for a browser that reaches nobody else."""

    pages: dict[str, HttpResponse] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """What a page asked of anybody else."""

    def draw(self, client: Client, url: str) -> str:
        """Draw a page; returns the address to open it at."""
        address = f"http://{HOST}{url}{'&' if '?' in url else '?'}n={len(self.pages)}"
        self.pages[address] = client.get(url)
        return address

    def open(self, chromium: Browser) -> BrowserContext:
        """A browser that gets these pages and our own static files."""
        context = chromium.new_context()
        context.route("**/*", self._answer)
        return context

    def _answer(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if (page := self.pages.get(route.request.url)) is not None:
            route.fulfill(status=page.status_code, headers=dict(page.headers), body=page.content)
        elif url.hostname != HOST:
            self.asked.append(route.request.url)
            route.abort()
        elif url.path.startswith("/static/") and (found := finders.find(url.path.removeprefix("/static/"))):
            route.fulfill(path=found)
        else:
            route.fulfill(status=204)


@pytest.mark.browser
@pytest.mark.django_db
def test_ss_07_stored_scripts(tell: Tell, chromium: Browser) -> None:
    """Every text that people write holds a script; no page runs one, in a browser with the program's own headers."""
    world = small_world.build()
    row = _lived(world)
    texts, bad, drawn, shown = _poisoned(), [], Drawn(), 0
    clients = {actor.user.pk: signed_in(actor) for actor in (world.person, world.employer_admin, world.city_admin)}
    addresses = [drawn.draw(clients[actor.user.pk], url) for actor, url in _pages(world, row)]
    for address, page in drawn.pages.items():
        text = page.content.decode()
        bad += [] if page.status_code == 200 else [f"{address} → {page.status_code}"]
        shown += sum(text.count(html.escape(one)) for one in PAYLOADS)
        bad += [f"{address} draws {one}" for one in PAYLOADS if set(one) & set("<\"'") and one in text]
    context = drawn.open(chromium)
    for address in addresses[::4]:
        bad += _run(context, address)
    context.close()
    bad += [f"asked {url}" for url in drawn.asked]
    more = f"payloads={len(PAYLOADS)} texts={texts} pages={len(addresses)} opened={len(addresses[::4])}"
    tell(Outcome("SS-07", shown, bad, _run_freely(chromium), 40, more))


def _run(context: BrowserContext, url: str) -> list[str]:
    page, said = context.new_page(), []
    page.on("dialog", lambda dialog: (said.append(f"{url} opens a dialog"), dialog.dismiss()))
    answer = page.goto(url, wait_until="load")
    said += [] if answer is not None and answer.status == 200 else [f"{url} does not open"]
    said += [f"{url} ran a script"] if page.evaluate("top.hit === 1") else []
    page.close()
    return said


def _run_freely(chromium: Browser) -> bool:
    """The same payload in a page that does not escape, without our headers."""
    page = chromium.new_page()
    page.set_content(f"<p>{PAYLOADS[1]}</p>")
    page.wait_for_function("top.hit === 1", timeout=5000)
    page.close()
    return True


FRAMED = ("/", "/verify/", "/register/professional/", "/recovery/", "/learning/", "/nowhere/", "/home/", "/account/")


@pytest.mark.browser
@pytest.mark.django_db
def test_ss_08_framing(tell: Tell, chromium: Browser, world: SmallWorld) -> None:
    drawn, client = Drawn(), signed_in(world.person)
    addresses = [drawn.draw(Client(HTTP_HOST=HOST) if number < 5 else client, url) for number, url in enumerate(FRAMED)]
    context = drawn.open(chromium)
    page, frames = context.new_page(), "".join(f'<iframe src="{address}"></iframe>' for address in addresses)
    body = f'<!doctype html>{frames}<iframe src="http://harmless.example/"></iframe>'
    page.route("http://outer.example/**", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.route("http://harmless.example/**", lambda route: route.fulfill(body="<p>here</p>", content_type="text/html"))
    page.goto("http://outer.example/", wait_until="load")
    inner = [frame for frame in page.frames if frame.parent_frame is not None]
    shown = [frame.url for frame in inner if not frame.url.startswith("chrome-error://")]
    bad = [url for url in shown if "harmless" not in url]
    tell(Outcome("SS-08", len(inner) - 1, bad, any("harmless" in url for url in shown), len(FRAMED)))
    context.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_ss_09_after_the_sign_out(tell: Tell, chromium: Browser, live_server: LiveServer) -> None:
    world = apart(small_world.build)
    base = f"http://{HOST}:{live_server.url.rsplit(':', 1)[1]}"
    context = chromium.new_context(locale="zh-CN", base_url=base)
    key = apart(lambda: signed_in(world.person).cookies["sessionid"].value)
    context.add_cookies([{"name": "sessionid", "value": key, "url": base}])
    _after_sign_out(context, world, tell)
    context.close()


def _canaries(world: SmallWorld) -> list[str]:
    person = world.person.user
    return [person.name, person.masked_document, person.masked_phone, world.employer.name]


def _after_sign_out(context: BrowserContext, world: SmallWorld, tell: Tell) -> None:
    answers: list[tuple[str, str]] = []
    context.on("response", lambda one: answers.append((one.url, one.headers.get("cache-control", ""))))
    first, second = context.new_page(), context.new_page()
    first.goto("/home/")
    first.goto("/account/")
    second.goto("/learning/centre/")
    seen = sum(canary in first.content() + second.content() for canary in _canaries(world))
    first.locator("details.x-drop summary").click()
    first.get_by_role("button", name="退出登录").click()
    expect(first.locator("#identifier")).to_be_visible()
    kept = [url for url, cache in answers if "/static/" not in url and "no-store" not in cache]
    bad, n = [f"{url} may be kept" for url in kept], 0
    for page, steps in ((first, ("back", "back", "reload", "home")), (second, ("reload", "back", "centre"))):
        for step in steps:
            n += 1
            _step(page, step)
            bad += [f"{step}: {one} is shown" for one in _canaries(world) if one in page.content()]
    tell(Outcome("SS-09", n, bad, seen >= 3, 7, f"answers={len(answers)}"))


def _step(page: Page, step: str) -> None:
    if step == "back":
        page.go_back()
    elif step == "reload":
        page.reload()
    else:
        page.goto({"home": "/home/", "centre": "/learning/centre/"}[step])
