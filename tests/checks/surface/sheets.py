"""The forms of the pages that were seen: where they go and what a browser would send."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.checks.surface.crawling import Visit, kind_of


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form that posts: its address, its fields with their first values, and its buttons."""

    actor: str
    url: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: tuple[tuple[str, str], ...] = ()
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def typed(self, **changes: Any) -> dict[str, Any]:
        """What a browser sends when the first button is pressed."""
        return self.fields | dict(self.buttons[:1]) | changes


def _of(visit: Visit) -> Iterator[Sheet]:
    for form in visit.forms:
        for action, buttons in form.ends.items() if form.posts else ():
            url = urlsplit(urljoin(visit.url, action or form.action))
            fields = {name: value for name, value in form.fields.items() if name != "csrfmiddlewaretoken"}
            choices = {name: tuple(found) for name, found in form.choices.items()}
            path = f"{url.path}?{url.query}" if url.query else url.path
            yield Sheet(visit.actor, path, fields, tuple(one for one in buttons if one[0]), choices)


def sheets(visits: Iterable[Visit], readers: Iterable[str]) -> list[Sheet]:
    """One form of each kind for each reader; the same address with other fields is another kind."""
    found: dict[tuple[str, str, frozenset[str]], Sheet] = {}
    wanted = frozenset(readers)
    for visit in visits:
        if visit.actor in wanted and visit.status == 200 and not visit.url.startswith("/gallery"):
            for sheet in _of(visit):
                found.setdefault((sheet.actor, kind_of(sheet.url)[0], frozenset(sheet.fields)), sheet)
    return list(found.values())
