"""Following everything an actor can reach: links, fragments, tabs, pages, orders, searches, exports."""

import html
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.urls import get_resolver

from tests.checks.surface import stage as stages
from tests.checks.surface.forms import Form, forms
from xueshi.config.management.commands.routes import walk

QUERIES: Final = 6
"""Searches, orders, tabs and pages of one kind of address; all their combinations would be endless."""
ALIKE: Final = 2
"""Addresses that differ only in the object they name."""
MOST: Final = 52
"""Addresses an actor."""
_OPEN: Final = ("/gallery/", "/register/", "/verify/", "/healthz", "/recovery/", "/proof/")
"""Addresses that answer everybody alike; nobody's answers stand for all."""
_OBJECT = re.compile(r"\d+|(?<=/)[\w:-]{16,}(?=/|$)")
_LINK = re.compile(r'(?:href|src|hx-get|data-url|data-preview)="([^"#]+)')
_FORM = re.compile(r"<form[^>]*>.*?</form>", re.DOTALL)
_FIELD = re.compile(r'<(?:input|select|textarea)[^>]*\sname="([^"]+)"')
_OPTION = re.compile(r'<option value="([^"]+)"')
_SAMPLES: Final = ("王", "1", "有限公司")


@dataclass(frozen=True)
class Visit:
    """One answer to one actor; what many checks want to know of its page is read once."""

    actor: str
    url: str
    fragment: bool
    status: int
    headers: dict[str, str]
    text: str

    @cached_property
    def links(self) -> list[str]:
        """Our own addresses that the page names, its searches filled in, its orders and exports."""
        return list(_links(self.url, self.text))

    @cached_property
    def forms(self) -> list[Form]:
        """The forms of the page."""
        return forms(self.text)


def crawl(stage: "stages.Stage") -> list[Visit]:
    """Every actor from home on; nobody from every address without an object in it."""
    return [visit for name in stages.NAMED for visit in _walk(stage, name)]


def starts() -> list[str]:
    """The addresses that name no object."""
    return [route.pattern for route in walk(get_resolver()) if "<" not in route.pattern and "GET" in route.methods]


def kind_of(url: str) -> tuple[str, int]:
    """An address without the objects it names, and how many of its kind are enough."""
    path, _, query = url.partition("?")
    return f"{_OBJECT.sub('*', path)}{'?' if query else ''}", QUERIES if query else ALIKE


def _walk(stage: "stages.Stage", name: str) -> Iterator[Visit]:
    waiting = deque(starts() if name == "anonymous" else ["/home/"])
    known, asked = set(waiting), Counter[str]()
    while waiting and asked.total() < MOST:
        url = waiting.popleft()
        kind, enough = kind_of(url)
        if asked[kind] >= enough and "export" not in url:
            continue
        asked[kind] += 1
        for visit in _seen(stage, name, url):
            yield visit
            fresh = [found for found in visit.links if found not in known] if visit.status == 200 else []
            known.update(fresh)
            waiting.extend(found for found in fresh if name == "anonymous" or not found.startswith(_OPEN))


def _seen(stage: "stages.Stage", name: str, url: str) -> Iterator[Visit]:
    """An address as a page and as the part of it that a script asks for; with a search as the part alone."""
    if "?" not in url or "export" in url:
        yield look(stage, name, url, fragment=False)
    if "export" not in url and not url.startswith(_OPEN):
        yield look(stage, name, url, fragment=True)


def look(stage: "stages.Stage", name: str, url: str, *, fragment: bool) -> Visit:
    """One page, or the part of it that a script asks for."""
    more = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": target_of(url)} if fragment else {}
    answer = stage.ask(name, "GET", url, **more)
    kind = answer.headers.get("Content-Type", "")
    read = stages.text(answer) if kind.startswith(("text/", "application/json")) else ""
    return Visit(name, url, fragment, answer.status_code, dict(answer.headers), read)


def target_of(url: str) -> str:
    """The region a script would exchange: the detail beside a list, else the list."""
    return "detail" if "case=" in url else "list"


def _links(base: str, page: str) -> Iterator[str]:
    for found in _LINK.findall(page):
        yield from _own(base, html.unescape(found))
    for form in _FORM.findall(page):
        if 'method="post"' not in form.lower():
            yield from _searches(base, form)


def _searches(base: str, form: str) -> Iterator[str]:
    action = re.search(r'action="([^"]*)"', form.split(">", 1)[0])
    fields = [name for name in dict.fromkeys(_FIELD.findall(form)) if name != "csrfmiddlewaretoken"]
    options = _OPTION.findall(form)
    for sample in (*_SAMPLES, *options[:1]):
        yield from _own(base, f"{action[1] if action else ''}?{urlencode(dict.fromkeys(fields, sample))}")


def _own(base: str, found: str) -> Iterator[str]:
    parts = urlsplit(urljoin(base, found))
    if parts.netloc or parts.scheme or parts.path.startswith(("/static/", "/captcha/")):
        return
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    yield f"{parts.path}?{query}" if query else parts.path
