"""Taking aim: one request that names an object, who may make it, and its twin that names nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any, Final

from django.urls import reverse

from tests.checks.surface.entitled import Entitled
from tests.checks.surface.stage import Stage, text

ABSENT: Final = 2_000_000_011
"""A key that no object has."""
READS: Final = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Attack:
    """One request that names an object; ``absent`` and ``absent_data`` are alike, but for one that does not exist."""

    route: str
    method: str
    url: str
    absent: str
    seers: frozenset[str]
    doers: frozenset[str]
    data: dict[str, Any] = field(default_factory=dict)
    absent_data: dict[str, Any] = field(default_factory=dict)
    form: bool = False
    """A page that only those open who may do it; who sees the object is told why not."""

    @property
    def allowed(self) -> frozenset[str]:
        """Who may: whoever sees it for reading, whoever may do it for writing and for its form."""
        return self.seers if self.method in READS and not self.form else self.doers


_SENT: Final = {"file": False, "submit": False, "radio": False, "checkbox": False}
"""Inputs that go along only when they are chosen."""


class _Fields(HTMLParser):
    """The fields of the forms of a page, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Any] = {}
        self._select, self._area = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note inputs, chosen options and text areas."""
        known = {key: value or "" for key, value in attrs}
        name = known.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in known and self._select:
            self.found[self._select] = known.get("value", "")
        elif tag == "textarea":
            self._area = name
        elif tag == "input" and name and (_SENT.get(known.get("type", ""), True) or "checked" in known):
            self.found[name] = known.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Leave a text area."""
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        """The text of a text area."""
        if self._area:
            self.found[self._area] = data.strip()


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send from a page."""
    parser = _Fields()
    parser.feed(page)
    return parser.found


def spread(attacks: Sequence[Attack], most: int) -> list[Attack]:
    """At most so many attacks of each route and verb, from first to last; a third of them by HEAD."""
    groups: dict[tuple[str, str], list[Attack]] = defaultdict(list)
    for one in attacks:
        groups[one.route, one.method].append(one)
    chosen: list[Attack] = []
    for (_, method), group in groups.items():
        count = min(len(group), most if method != "HEAD" else max(1, most // 3))
        chosen += [group[place * len(group) // count] for place in range(count)]
    return chosen


@dataclass
class Aim:
    """What every kind of attack stands on: the stage, who may do what on it, and the ways to an object."""

    stage: Stage

    def __post_init__(self) -> None:
        self.who = Entitled(self.stage)

    @staticmethod
    def ways(route: str, methods: tuple[str, ...], keys: tuple[Any, ...], who: Attack) -> Iterator[Attack]:
        """A route with the keys of an object by some methods; in its twin the first number, or the first key of all,
        is none that exists."""
        number = next((place for place, key in enumerate(keys) if isinstance(key, int)), 0)
        none = ABSENT if isinstance(keys[number], int) else "x" * 20
        absent = (*keys[:number], none, *keys[number + 1 :])
        for method in methods:
            url, other = reverse(route, args=keys), reverse(route, args=absent)
            yield replace(who, route=route, method=method, url=url + who.url, absent=other + who.url)

    @staticmethod
    def case_in_query(route: str, key: int, who: Attack) -> Iterator[Attack]:
        """A case opened beside a list."""
        for method in READS:
            url, none = f"{reverse(route)}?case={key}", f"{reverse(route)}?case={ABSENT}"
            yield replace(who, route=f"{route}?case", method=method, url=url, absent=none)

    def typed(self, name: str, route: str, *keys: Any) -> dict[str, Any]:
        """What a browser would send from a form as an actor finds it."""
        return fields_of(text(self.stage.ask(name, "GET", reverse(route, args=keys))))
