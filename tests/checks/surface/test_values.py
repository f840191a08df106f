"""IN-02: values nobody expects, in every parameter and every place of an address."""

import re
from collections import defaultdict
from time import monotonic
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from django.urls import get_resolver

from tests.checks.report import Outcome, Tell
from tests.checks.surface.crawling import Visit, links
from tests.checks.surface.stage import Stage
from xueshi.config.management.commands.routes import walk

LONG = "甲" * 100_000
VALUES: tuple[str, ...] = (
    "\x00", "a\x00b", "%ED%A0%80", "%FF%FE", "\u202e", "9223372036854775808", "99999999999999999999999999999999",
    "1" + "0" * 400, "-1", "0", "NaN", "Infinity", "1e308", "١٢٣", "²", "1_000", "0x10", "'", "\\", "%", "[]", "{}",
    "0000-00-00", "10000-01-01", "\u1f6a\U0010ffff", "null", "true", "../" * 20,
)  # fmt: skip
RAW = frozenset({"%ED%A0%80", "%FF%FE"})
"""Already in the form in which they travel: bytes that are no text."""
SLOW = 2.0
_PLACE = re.compile(r"<(?:(\w+):)?\w+>")
READERS = ("anonymous", "person_1", "employer_super")


def _query(name: str, value: str) -> list[str]:
    text = value if value in RAW else quote(value, safe="")
    return [f"{name}={text}", f"{name}={text}&{name}={text}"]


def _parameters(visits: list[Visit]) -> dict[tuple[str, str], set[str]]:
    """The parameters in the links and searches of any reader's pages, by reader and address."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for visit in visits:
        if visit.actor in READERS and visit.status == 200:
            for parts in map(urlsplit, links(visit.url, visit.text)):
                if not parts.path.startswith("/gallery"):
                    found[visit.actor, parts.path] |= dict(parse_qsl(parts.query, keep_blank_values=True)).keys()
    return {key: names for key, names in found.items() if names}


def _requests(visits: list[Visit]) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = []
    for (reader, path), names in _parameters(visits).items():
        for place, name in enumerate(sorted(names)):
            # Neighbouring parameters take turns with the values, so that each page meets all of them.
            for value in VALUES[place % 4 :: 4]:
                asked += [(reader, f"{path}?{query}") for query in _query(name, value)[:: 1 if value == "0" else 2]]
        asked.append((reader, f"{path}?{urlencode(dict.fromkeys(names, LONG[:3000]))}"))
    for route in walk(get_resolver()):
        if "<" in route.pattern and "GET" in route.methods:
            for value in VALUES[::2]:
                text = value if value in RAW else quote(value, safe="")
                asked += [("employer_super", _PLACE.sub(lambda _: text, route.pattern))]  # noqa: B023 - used at once
    return asked


def test_in_02_values_nobody_expects(stage: Stage, visits: list[Visit], tell: Tell) -> None:
    bad, slow = [], []
    asked = _requests(visits)
    asked += [("anonymous", f"/verify/{LONG}"), ("person_1", f"/years/?first={'9' * 1_000_000}")]
    for reader, url in asked:
        start = monotonic()
        status = stage.ask(reader, "GET", url).status_code
        if status >= 500:
            bad.append(f"{reader} {url[:120]!r} → {status}")
        if monotonic() - start > SLOW:
            slow.append(f"{reader} {url[:120]!r} took {monotonic() - start:.1f} s")
    parameters = sum(map(len, _parameters(visits).values()))
    tell(Outcome("IN-02", len(asked), bad + slow, bool(parameters), 450, f"parameters={parameters}"))
