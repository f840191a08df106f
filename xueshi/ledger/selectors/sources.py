"""What entries came from, told by the apps that post; the ledger does not know their documents."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from xueshi.ledger.models import YearAccount


@dataclass(frozen=True, slots=True)
class Source:
    """What an entry came from, for its readers. ``url`` is empty when there is no page to open."""

    title: str
    kind: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A document of a year that counts nothing yet, or never will: its source, what it asks for, where it stands."""

    source: Source
    form: str
    subject: str
    hours: Decimal | None
    at: datetime
    state: str


type Describe = Callable[[Collection[int]], Mapping[int, Source]]
_describers: dict[str, Describe] = {}


def describe_sources(source_kind: str, describe: Describe) -> None:
    """Let the app that posts under ``source_kind`` say what its sources are; the ledger does not know them."""
    _describers[source_kind] = describe


type Collect = Callable[[int, int], Sequence[Uncounted]]
_collectors: list[Collect] = []


def list_uncounted(collect: Collect) -> None:
    """Let an app say which of its documents of (person, year) have not come to count; the history lists them too."""
    if collect not in _collectors:
        _collectors.append(collect)


def uncounted(account: YearAccount) -> list[Uncounted]:
    """The documents of a year that do not count, oldest first (ANN-03)."""
    found = [one for collect in _collectors for one in collect(account.person_id, account.year)]
    return sorted(found, key=lambda one: one.at)


class Sourced(Protocol):
    """What names its source: an entry, a change of a target."""

    @property
    def source_kind(self) -> str:
        """Which app it came from."""

    @property
    def source_id(self) -> int:
        """Which of its documents."""


def sources_of(rows: Iterable[Sourced]) -> dict[tuple[str, int], Source]:
    """The sources of some entries or changes by (kind, id), one question per kind."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.source_kind, set()).add(row.source_id)
    return {
        (kind, pk): source
        for kind, pks in wanted.items()
        if kind in _describers
        for pk, source in _describers[kind](pks).items()
    }
