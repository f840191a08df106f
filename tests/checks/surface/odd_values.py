"""Values nobody expects, in every parameter that pages link to and in every place of an address."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from time import monotonic
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from django.urls import get_resolver

from tests.checks.surface.crawling import Visit, links, look
from tests.checks.surface.stage import Stage
from xueshi.config.management.commands.routes import walk

LONG: Final = "甲" * 100_000
VALUES: Final = (
    "\x00", "a\x00b", "%ED%A0%80", "%FF%FE", "\u202e", "9223372036854775808", "99999999999999999999999999999999",
    "1" + "0" * 400, "-1", "0", "NaN", "Infinity", "1e308", "١٢٣", "²", "1_000", "0x10", "'", "\\", "%", "[]", "{}",
    "0000-00-00", "10000-01-01", "\u1f6a\U0010ffff", "null", "true", "../" * 20,
)  # fmt: skip
RAW: Final = frozenset({"%ED%A0%80", "%FF%FE"})
"""Already in the form in which they travel: bytes that are no text."""
READERS: Final = ("anonymous", "person_1", "employer_super")
_PLACE = re.compile(r"<(?:(\w+):)?\w+>")


def odd(stage: Stage, visits: list[Visit]) -> Iterator[Visit]:
    """Every request of the kind, with its seconds in ``headers["took"]``."""
    for reader, url in requests(visits):
        start = monotonic()
        answer = look(stage, reader, url, fragment=False)
        yield replace(answer, headers=answer.headers | {"took": f"{monotonic() - start:.2f}"})


def parameters(visits: Iterable[Visit], readers: tuple[str, ...] = READERS) -> dict[tuple[str, str], set[str]]:
    """The parameters in the links and searches of any reader's pages, by reader and address."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for visit in visits:
        if visit.actor in readers and visit.status == 200:
            for parts in map(urlsplit, links(visit.url, visit.text)):
                if not parts.path.startswith("/gallery"):
                    found[visit.actor, parts.path] |= dict(parse_qsl(parts.query, keep_blank_values=True)).keys()
    return {key: names for key, names in found.items() if names}


def places(value: str) -> list[str]:
    """Every address with a value in the place of the objects it names."""
    routes = [route.pattern for route in walk(get_resolver()) if "<" in route.pattern and "GET" in route.methods]
    return [_PLACE.sub(lambda _place: value, pattern) for pattern in routes]


def _query(name: str, value: str) -> list[str]:
    text = value if value in RAW else quote(value, safe="")
    return [f"{name}={text}", f"{name}={text}&{name}={text}"]


def requests(visits: list[Visit]) -> list[tuple[str, str]]:
    """Reader and address of each request."""
    asked: list[tuple[str, str]] = []
    for (reader, path), names in parameters(visits).items():
        for place, name in enumerate(sorted(names)):
            # Neighbouring parameters take turns with the values, so that each page meets all of them.
            for value in VALUES[place % 4 :: 4]:
                asked += [(reader, f"{path}?{query}") for query in _query(name, value)[:: 1 if value == "0" else 2]]
        asked.append((reader, f"{path}?{urlencode(dict.fromkeys(names, LONG[:3000]))}"))
    for value in VALUES[::2]:
        asked += [("employer_super", url) for url in places(value if value in RAW else quote(value, safe=""))]
    return [*asked, ("anonymous", f"/verify/{LONG}"), ("person_1", f"/years/?first={'9' * 1_000_000}")]
