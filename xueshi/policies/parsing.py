"""TOML with places: every value knows the file and line it came from, also after packs are merged."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

type Path_ = tuple[str | int, ...]
type Children = dict[str, "Node"] | list["Node"]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-.\"']+)\s*=")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([^.\s]+)")


class PackError(Exception):
    """A pack that cannot be used; the message lists ``file:line: key: what`` lines."""


@dataclass(frozen=True)
class Node:
    """A value with its origin. Tables and arrays hold nodes, everything else is as TOML gave it."""

    value: object
    file: str
    line: int

    @property
    def table(self) -> dict[str, "Node"]:
        """The children of a table."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def rows(self) -> list["Node"]:
        """The children of an array."""
        return self.value if isinstance(self.value, list) else []

    def plain(self) -> object:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def child(self, part: str | int) -> "Node | None":
        """The child of that key or index, if there is one."""
        if isinstance(part, str):
            return self.table.get(part)
        return self.rows[part] if part < len(self.rows) else None

    def locate(self, location: Path_) -> "Node":
        """The node a validation error speaks of, or the nearest one above it.

        Parts that name no child (the tag of a discriminated union, a missing key) are skipped.
        """
        node = self
        for part in location:
            node = node.child(part) or node
        return node

    def like(self, value: object) -> "Node":
        """Another value at the same place."""
        return Node(value, self.file, self.line)

    def having(self, **children: "Node") -> "Node":
        """The table with some children set."""
        return self.like({**self.table, **children})

    def fail(self, key: str, message: str) -> PackError:
        """An error at this place."""
        return PackError(f"{self.file}:{self.line}: {key}: {message}")


def parse(path: Path, shown: str) -> Node:
    """Read one file; ``shown`` is its name in messages. ``PackError`` when it is not TOML."""
    try:
        source = path.read_text(encoding="utf-8")
        data = tomllib.loads(source, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        number = line.group(1) if line else "1"
        raise PackError(f"{shown}:{number}: (syntax): {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{shown}:1: (file): cannot be read: {error}") from None
    node = _node(data, shown, dict(_lines(source)), (), 1)
    _refuse_double_rows(node)
    return node


def _refuse_double_rows(node: Node) -> None:
    if isinstance(node.value, list) and _keyed(node.value):
        seen: set[object] = set()
        for row in node.value:
            key = row.table["key"].value
            if key in seen:
                raise row.fail("key", f"{key!r} stands twice")
            seen.add(key)
    for child in node.table.values() if isinstance(node.value, dict) else node.rows:
        _refuse_double_rows(child)


def _node(value: object, file: str, lines: Mapping[Path_, int], path: Path_, above: int) -> Node:
    line = lines.get(path, above)
    if isinstance(value, dict):
        return Node({key: _node(child, file, lines, (*path, key), line) for key, child in value.items()}, file, line)
    if isinstance(value, list):
        return Node([_node(child, file, lines, (*path, i), line) for i, child in enumerate(value)], file, line)
    return Node(value, file, line)


def _lines(source: str) -> Iterator[tuple[Path_, int]]:
    """The line of every table, of every key that begins a line, and of every row ``{…}`` of an array that does."""
    arrays: dict[Path_, int] = {}
    table: Path_ = ()
    last: Path_ = ()
    row = 0
    for number, line, inside in _statements(source):
        if inside:
            if line.lstrip().startswith("{"):
                yield (*last, row), number
                row += 1
        elif header := _HEADER.match(line):
            table = _resolve(_parts(header.group(2)), arrays, append=header.group(1) == "[[")
            yield table, number
        elif key := _KEY.match(line):
            last, row = table, 0
            for part in _parts(key.group(1)):
                last = (*last, part)
                yield last, number


def _statements(source: str) -> Iterator[tuple[int, str, bool]]:
    """Lines that begin a statement, and (True) those that stand directly inside a multi-line array."""
    depth, quote = 0, ""
    for number, line in enumerate(source.splitlines(), start=1):
        if not quote and depth <= 1:
            yield number, line, depth == 1
            if depth == 0 and _HEADER.match(line):
                continue
        depth, quote = _scan(line, depth, quote)


_TOKEN = re.compile(r"\"\"\"|'''|\"(?:\\.|[^\"\\])*\"|'[^']*'|#.*|[\[\]{}]")


def _scan(line: str, depth: int, quote: str) -> tuple[int, str]:
    """How deep in brackets, and in which multi-line text, the end of the line is."""
    position = 0
    while position < len(line):
        if quote:
            end = line.find(quote, position)
            if end < 0:
                return depth, quote
            position, quote = end + 3, ""
            continue
        token = _TOKEN.search(line, position)
        if token is None:
            break
        position = token.end()
        text = token.group()
        if text in {'"""', "'''"}:
            quote = text
        else:
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(text, 0)
    return depth, quote


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(double or single or bare for double, single, bare in _PART.findall(dotted))


def _resolve(parts: tuple[str, ...], arrays: dict[Path_, int], *, append: bool) -> Path_:
    """The path of a header, with the index of the current element behind every array of tables on the way."""
    path: Path_ = ()
    for position, part in enumerate(parts):
        path = (*path, part)
        if append and position == len(parts) - 1:
            arrays[path] = arrays.get(path, -1) + 1
        if path in arrays:
            path = (*path, arrays[path])
    return path


def merge(base: Node, over: Node) -> Node:
    """``over`` laid on ``base``: tables deep, arrays of tables with a ``key`` by key, everything else replaced.

    A row with ``remove = true`` takes the inherited row of that key away, with ``replace = true`` it stands alone.
    """
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        merged = dict(base.value)
        for key, node in over.value.items():
            merged[key] = merge(merged[key], node) if key in merged else node
        return Node(merged, over.file, over.line)
    if isinstance(base.value, list) and isinstance(over.value, list) and _keyed(base.value) and _keyed(over.value):
        return Node(_merge_rows(base.value, over.value), over.file, over.line)
    return over


def _keyed(rows: list[Node]) -> bool:
    return bool(rows) and all("key" in row.table for row in rows)


def _merge_rows(base: list[Node], over: list[Node]) -> list[Node]:
    rows = {row.table["key"].value: row for row in base}
    for row in over:
        key = row.table["key"].value
        if "remove" in row.table:
            if rows.pop(key, None) is None:
                raise row.fail("remove", f"nothing inherited has the key {key!r}")
        elif "replace" in row.table:
            rows[key] = row.like({name: child for name, child in row.table.items() if name != "replace"})
        else:
            rows[key] = merge(rows[key], row) if key in rows else row
    return list(rows.values())
