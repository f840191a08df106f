"""Code tables shared by packs: natures, levels, industries, education, titles, areas."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property

from pydantic import model_validator

from xueshi.policies.values import Key, Label, Option, Sourced, UnknownKey


class Item(Option):
    """A row of a code table; ``became`` names the code that replaced an abolished one.

    ``grade`` is the finer place of a title (正高级 … 员级); its level, which is counted, is among its parents.
    """

    became: str = ""
    grade: str = ""
    source: str = ""
    mark: str = ""


class Catalogue(Sourced):
    """One code table. ``under`` names the tables that the parents of its rows stand in, in their order."""

    key: Key
    under: tuple[Key, ...] = ()
    title: Label
    items: tuple[Item, ...]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> "Catalogue":
        seen: set[str] = set()
        for item in self.items:
            if item.code in seen:
                raise ValueError(f"code {item.code} stands twice")
            seen.add(item.code)
        return self

    @cached_property
    def _by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def item(self, code: str) -> Item:
        """The row of a code, abolished ones included; ``UnknownKey`` when there never was one."""
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownKey(f"catalogue {self.key} has no code {code!r}") from None

    def label(self, code: str) -> str:
        """What to print for a stored code; a code from elsewhere is printed as it is."""
        found = self._by_code.get(code)
        return found.label if found else code

    def offered(self, on: date) -> tuple[Item, ...]:
        """The rows that may be chosen on that day."""
        return tuple(item for item in self.items if item.offered(on))

    def ancestors(self, code: str) -> Iterator[Item]:
        """The row and those above it, lowest first, along the first parent (areas)."""
        while code in self._by_code:
            item = self._by_code[code]
            yield item
            code = item.parents[0] if item.parents else ""
