"""SQL in every parameter, field and place of an address, watched from both sides: the answer and the statement."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.db import connection

from tests.checks.surface import stage as stages
from tests.checks.surface.crawling import Visit, look
from tests.checks.surface.odd_values import READERS, by_path, parameters, places
from tests.checks.surface.sheets import Sheet, sheets

MARK: Final = "xq7zk"
"""Stands in every payload: inside the text of a statement, and not among its values, it is injected."""
SLEEP: Final = 2
_ERROR: Final = f"{MARK}'\"\\);--"
_TIME: Final = (
    f"{MARK}'||pg_sleep({SLEEP})::text||'",
    f"1;SELECT pg_sleep({SLEEP})--{MARK}",
    f"1 OR pg_sleep({SLEEP}) IS NULL--{MARK}",
)
_TRUE, _FALSE = f"{MARK}' OR '1'='1", f"{MARK}' AND '1'='2"
PAYLOADS: Final = (_ERROR, _TIME[0], _TIME[1], _TRUE, _FALSE)
IN_FIELDS: Final = (_ERROR, _TIME[0])


@dataclass(frozen=True, slots=True)
class Probe:
    """One request with one payload, and the place that it tries."""

    actor: str
    method: str
    url: str
    payload: str
    place: str
    data: dict[str, Any]


@contextmanager
def listening() -> Iterator[list[str]]:
    """The statements inside the block whose text, not whose values, holds the mark."""
    heard: list[str] = []

    def look_at(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if MARK in str(sql):
            heard.append(str(sql)[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look_at):
        yield heard


def probes(visits: list[Visit]) -> list[Probe]:
    """Every parameter of every reader's links and searches, every place of an address, every field of a form."""
    found = [
        Probe(reader, "GET", f"{path}?{urlencode({name: payload})}", payload, f"{path}?{name}", {})
        for path, (reader, names) in by_path(visits).items() for name in sorted(names) for payload in PAYLOADS
    ]  # fmt: skip
    found += _by_others(visits)
    for payload in (_ERROR, _TIME[2]):
        ways = places(quote(payload, safe=""))
        found += [Probe("employer_super", "GET", url, payload, f"place {at}", {}) for at, url in enumerate(ways)]
    return found + [probe for sheet in sheets(visits, READERS) for probe in _in_fields(sheet)]


def _by_others(visits: list[Visit]) -> Iterator[Probe]:
    """The same parameters by the other readers, once each: their statements are heard whatever the payload."""
    most = {path: reader for path, (reader, _) in by_path(visits).items()}
    for (reader, path), names in parameters(visits).items():
        for name in sorted(names) if reader != most[path] else ():
            yield Probe(reader, "GET", f"{path}?{urlencode({name: _ERROR})}", _ERROR, f"{path}?{name} {reader}", {})


def _in_fields(sheet: Sheet) -> Iterator[Probe]:
    for place, name in enumerate(sheet.fields):
        payload = IN_FIELDS[place % 2]
        yield Probe(sheet.actor, "POST", sheet.url, payload, f"{sheet.url} {name}", sheet.typed(**{name: payload}))


def scan(stage: "stages.Stage", tried: Iterable[Probe]) -> tuple[list[Visit], list[str]]:
    """The answers, and the places where a payload showed: in a statement, a failure, the time, or a difference."""
    answers: list[Visit] = []
    bad: list[str] = []
    sizes: dict[str, dict[str, tuple[int, int]]] = {}
    for probe in tried:
        start = monotonic()
        with listening() as heard:
            visit = _asked(stage, probe)
        took = monotonic() - start
        answers.append(visit)
        sizes.setdefault(probe.place, {})[probe.payload] = visit.status, visit.text.count("<tr")
        if heard or visit.status >= 500 or took > SLEEP:
            bad.append(f"{probe.actor} {probe.place} {probe.payload!r} → {visit.status} {took:.1f} s {heard[:1]}")
    for place, seen in sizes.items():
        if len({seen[one] for one in (_TRUE, _FALSE) if one in seen}) > 1:
            bad.append(f"{place}: another answer when the condition is true")
    return answers, bad


def _asked(stage: "stages.Stage", probe: Probe) -> Visit:
    if probe.method == "GET":
        return look(stage, probe.actor, probe.url, fragment=probe.payload in _TIME)
    with stages.undone():
        answer = stage.ask(probe.actor, "POST", probe.url, probe.data)
    visit = Visit(probe.actor, probe.url, False, answer.status_code, dict(answer.headers), "")
    return replace(visit, text=stages.text(answer))
