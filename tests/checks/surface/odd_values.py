"""Values nobody expects: in parameters that pages link to, in places of an address, in fields of forms."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from math import gcd
from time import monotonic
from typing import Final
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

from django.urls import get_resolver

from tests.checks.surface.crawling import Visit, kind_of, look
from tests.checks.surface.sheets import Sheet, sheets
from tests.checks.surface.stage import Stage, text, undone
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
ROUNDS: Final = 8
"""Values that each field of a form meets at least."""
_TYPED: Final = "application/x-www-form-urlencoded"
_PLACE = re.compile(r"<(?:(\w+):)?\w+>")


type Filled = dict[str, str | bytes]


def odd(stage: Stage, visits: list[Visit]) -> Iterator[Visit]:
    """Every request of the kind, with its seconds in ``headers["took"]``."""
    # In turns as a page and as the part of it that a script asks for: both read what the address says.
    asked = [partial(look, stage, *one, fragment=place % 2 == 1) for place, one in enumerate(requests(visits))]
    asked += [partial(_handed_in, stage, sheet, data) for sheet, data in forms(visits)]
    for request in asked:
        start = monotonic()
        answer = request()
        yield replace(answer, headers=answer.headers | {"took": f"{monotonic() - start:.2f}"})


def _handed_in(stage: Stage, sheet: Sheet, data: Filled) -> Visit:
    """The answer to a form, whose effects are undone."""
    with undone():
        answer = stage.ask(sheet.actor, "POST", sheet.url, urlencode(data), content_type=_TYPED)
    return Visit(sheet.actor, sheet.url, False, answer.status_code, dict(answer.headers), text(answer))


def forms(visits: list[Visit]) -> Iterator[tuple[Sheet, Filled]]:
    """Every form of the pages with what is typed into it.

    Each value comes to stand in every form, and in each field no fewer than ``ROUNDS`` of them: first in all fields
    at once, then in one field at a time while the others hold what a browser would send, then very long text in all.
    The same form at the same address is the same view and the same fields whoever opened it, so one reader sends it.
    """
    found: dict[tuple[str, frozenset[str]], Sheet] = {}
    for sheet in sheets(visits, READERS):
        if sheet.fields:
            found.setdefault((kind_of(sheet.url)[0], frozenset(sheet.fields)), sheet)
    for sheet in found.values():
        for shift in _shifts(len(sheet.fields)):
            everywhere = {name: value_at(place + shift) for place, name in enumerate(sheet.fields)}
            yield sheet, dict(sheet.buttons[:1]) | everywhere
        for place, name in enumerate(sheet.fields if len(sheet.fields) > 1 else ()):
            yield sheet, sheet.typed() | {name: value_at(place * ROUNDS)}
        yield sheet, sheet.typed() | dict.fromkeys(sheet.fields, LONG[:3000])


def _shifts(fields: int) -> list[int]:
    """By how much the values move on from request to request.

    A step without a common divisor brings other values to a field each time; one that is no longer than the form
    leaves no value out between two requests, and there are as many of them as it takes to reach the last.
    """
    step = max(one for one in range(1, fields + 1) if gcd(one, len(VALUES)) == 1)
    return [step * turn for turn in range(max(ROUNDS, -((fields - len(VALUES)) // step) + 1))]


def value_at(place: int) -> str | bytes:
    value = VALUES[place % len(VALUES)]
    return unquote_to_bytes(value) if value in RAW else value


def parameters(visits: Iterable[Visit], readers: tuple[str, ...] = READERS) -> dict[tuple[str, str], set[str]]:
    """The parameters in the links and searches of any reader's pages, by reader and address."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for visit in visits:
        if visit.actor in readers and visit.status == 200:
            for parts in map(urlsplit, visit.links):
                if not parts.path.startswith("/gallery"):
                    found[visit.actor, parts.path] |= dict(parse_qsl(parts.query, keep_blank_values=True)).keys()
    return {key: names for key, names in found.items() if names}


def by_path(visits: Iterable[Visit]) -> dict[str, tuple[str, set[str]]]:
    """All parameters of an address, with the reader who has the most: what reads them does not know who asks."""
    found: dict[str, tuple[str, set[str]]] = {}
    for (reader, path), names in parameters(visits).items():
        held = found.get(path, (reader, set()))
        found[path] = (reader if len(names) > len(held[1]) else held[0], names | held[1])
    return found


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
    for path, (reader, names) in by_path(visits).items():
        for place, name in enumerate(sorted(names)):
            # Neighbouring parameters take turns with the values, so that each page meets all of them.
            for value in VALUES[place % 4 :: 4]:
                asked += [(reader, f"{path}?{query}") for query in _query(name, value)[:: 1 if value == "0" else 2]]
        asked.append((reader, f"{path}?{urlencode(dict.fromkeys(names, LONG[:3000]))}"))
    for value in VALUES[::2]:
        asked += [("employer_super", url) for url in places(value if value in RAW else quote(value, safe=""))]
    return [*asked, ("anonymous", f"/verify/{LONG}"), ("person_1", f"/years/?first={'9' * 1_000_000}")]
