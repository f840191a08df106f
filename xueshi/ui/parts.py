"""Values the components show; each is plain data and knows nothing of where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Tone = Literal["ok", "wait", "no", "now", "idle"]
TONES: frozenset[str] = frozenset({"ok", "wait", "no", "now", "idle"})


@dataclass(frozen=True)
class State:
    """A state word; the colour repeats the word, never replaces it."""

    label: str
    tone: Tone = "idle"

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A table cell of two lines, with a link, a state or an inline remark; exports carry ``text`` only."""

    text: object
    note: str = ""
    url: str = ""
    strong: bool = False
    badge: str = ""
    problem: str = ""

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True, kw_only=True)
class ChainStep:
    """One step of a chain: done (``ok``), refused (``no``), waiting (``now``) or to come (``idle``)."""

    title: str
    who: str = ""
    at: str = ""
    tone: Tone = "idle"
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A label and its value, with an optional remark and state."""

    label: str
    value: object
    note: str = ""
    state: State | None = None
    strong: bool = False


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value before and after a change, side by side."""

    label: str
    before: object
    after: object

    @property
    def differs(self) -> bool:
        """Whether there is anything to look at."""
        return str(self.before or "") != str(self.after or "")


@dataclass(frozen=True, kw_only=True)
class YearBar:
    """Hours had, pending and needed of one subject; ``need`` of None draws no bar."""

    label: str
    have: Decimal
    need: Decimal | None = None
    pending: Decimal = Decimal(0)
    state: State | None = None

    @property
    def done(self) -> bool:
        """Whether what is needed is reached."""
        return self.need is not None and self.have >= self.need

    @property
    def missing(self) -> Decimal:
        """What is still lacking; never below zero."""
        return max((self.need or Decimal(0)) - self.have, Decimal(0))

    @property
    def filled(self) -> int:
        """Per cent of the bar that is had, 0 to 100; never 100 before the need is reached."""
        return self._share(self.have)

    @property
    def reach(self) -> int:
        """Per cent of the bar that is had or pending."""
        return self._share(self.have + self.pending)

    def _share(self, hours: Decimal) -> int:
        if not self.need:
            return 100 if hours > 0 or self.need is not None else 0
        return max(0, min(100, int(hours * 100 / self.need)))


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A figure with its name; the number is the link."""

    label: str
    value: object
    note: str = ""
    url: str = ""
    tone: Tone = "idle"


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab; tabs are links, so each has an address."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Scan:
    """An uploaded file shown to its readers; ``url`` asks the permission of its document."""

    key: str
    name: str
    url: str
    image: bool = True
    size: str = ""


@dataclass(frozen=True, kw_only=True)
class Pager:
    """Where a reader is in a list; ``links`` are (page number, address), 0 standing for a gap."""

    page: int
    pages: int
    total: int
    first: int
    last: int
    links: Sequence[tuple[int, str]]
    first_url: str
    last_url: str
    sizes: Sequence[tuple[int, str]]
    size: int
