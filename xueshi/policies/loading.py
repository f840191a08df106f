"""From folders of TOML to packs: inheritance, years, catalogues; every error names file, line and key."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from xueshi.policies.access import Access, Menus, Ways
from xueshi.policies.catalogues import Catalogue, Item
from xueshi.policies.cross_checks import year_fits
from xueshi.policies.deriving import rows, with_subjects, with_yearly_caps
from xueshi.policies.packs import Pack, Portal
from xueshi.policies.parsing import Node, PackError, merge, parse
from xueshi.policies.profile import Profile
from xueshi.policies.values import Option, Value
from xueshi.policies.years import YearRules

CATALOGUES = "catalogues"
PARTS = ("wording", "access", "registration", "menus", "profile")


@dataclass(frozen=True)
class World:
    """All packs and catalogues of one folder, by key. Abstract packs are not among ``packs``."""

    packs: Mapping[str, Pack]
    catalogues: Mapping[str, Catalogue]
    hosts: Mapping[str, str]


@dataclass
class _Raw:
    """The files of one pack, its inheritance merged in."""

    folder: Path
    portal: Node
    parts: dict[str, Node]
    years: dict[int, Node]
    folders: tuple[Path, ...]
    abstract: bool = False
    digest: list[str] = field(default_factory=list)


def load(root: Path) -> World:
    """Read every pack below ``root``; ``PackError`` lists what is wrong with the first bad file."""
    catalogues = _catalogues(root)
    raws = _Inheritance(root).all()
    packs = {key: _pack(raw, catalogues) for key, raw in raws.items() if not raw.abstract}
    _same_words(packs, raws)
    return World(packs, catalogues, _hosts(raws))


def _catalogues(root: Path) -> dict[str, Catalogue]:
    nodes = {path.stem: parse(path, _shown(path, root)) for path in sorted((root / CATALOGUES).glob("*.toml"))}
    for node in nodes.values():
        _refuse_double_codes(node)
    read = {name: _typed(Catalogue, node) for name, node in nodes.items()}
    for name, node in nodes.items():
        if read[name].key != name:
            raise node.locate(("key",)).fail("key", f"must be the file's name {name!r}")
        for index, item in enumerate(read[name].items):
            _refers_rightly(item, read[name], read, node.locate(("items", index)))
    return read


def _refuse_double_codes(node: Node) -> None:
    seen: set[object] = set()
    for row in rows(node, "items"):
        code = row.table["code"].value if "code" in row.table else None
        if code in seen and code is not None:
            raise row.fail("code", f"{code!r} stands twice")
        seen.add(code)


def _refers_rightly(item: Item, table: Catalogue, every: Mapping[str, Catalogue], place: Node) -> None:
    """What a row names must exist: its parents in the tables above, what it became in its own."""
    if item.became and (item.became == item.code or item.became not in table):
        raise place.fail("became", f"{item.code}: there is no other code {item.became!r}")
    if len(item.parents) > len(table.under):
        raise place.fail("parents", f"{item.code}: the table names {len(table.under)} tables above it")
    for above, code in zip(table.under, item.parents, strict=False):
        if above not in every:
            raise place.fail("under", f"there is no catalogue {above!r}")
        if code != "*" and code not in every[above]:
            raise place.fail("parents", f"{item.code}: catalogue {above} has no code {code!r}")


class _Inheritance:
    """Reads packs in the order their ``extends`` demand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.done: dict[str, _Raw] = {}
        self.keys = sorted(path.parent.name for path in root.glob("*/portal.toml"))

    def all(self) -> dict[str, _Raw]:
        for key in self.keys:
            self._read(key, ())
        return self.done

    def _read(self, key: str, below: tuple[str, ...]) -> _Raw:
        if key in self.done:
            return self.done[key]
        folder = self.root / key
        portal = parse(folder / "portal.toml", _shown(folder / "portal.toml", self.root))
        if portal.table.get("key", portal).value != key:
            raise portal.table.get("key", portal).fail("key", f"must be the folder's name {key!r}")
        parent = self._parent(portal, (*below, key))
        self.done[key] = self._raw(folder, portal, parent)
        return self.done[key]

    def _parent(self, portal: Node, chain: tuple[str, ...]) -> _Raw | None:
        extends = portal.table.get("extends")
        if extends is None:
            return None
        if extends.value not in self.keys:
            raise extends.fail("extends", f"there is no pack {extends.value!r}")
        if extends.value in chain:
            raise extends.fail("extends", f"packs extend each other in a circle: {' → '.join((*chain, chain[0]))}")
        return self._read(str(extends.value), chain)

    def _raw(self, folder: Path, portal: Node, parent: _Raw | None) -> _Raw:
        own = {path.stem: parse(path, _shown(path, self.root)) for path in sorted(folder.glob("*.toml"))}
        own_years = _whole_years(own)
        for name, node in own.items():
            if name not in PARTS and name != "portal" and not _YEAR.fullmatch(name):
                raise node.fail("(file)", f"unknown file; expected portal, {', '.join(PARTS)} or a year")
        parts = {name: node for name, node in own.items() if name in PARTS}
        digest = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))]
        abstract = bool(portal.table.get("abstract", Node(False, "", 0)).value)
        if parent is None:
            return _Raw(folder, portal, parts, _accumulated(own_years), (folder,), abstract, digest)
        inherited = Node({k: v for k, v in parent.portal.table.items() if k not in _OWN}, portal.file, portal.line)
        return _Raw(
            folder,
            merge(inherited, portal),
            {name: _part(name, parent.parts.get(name), parts.get(name)) for name in {*parent.parts, *parts}},
            _years_on(parent.years, _accumulated(own_years)),
            (folder, *parent.folders),
            abstract,
            parent.digest + digest,
        )


_YEAR = re.compile(r"([0-9]{4})(?:\.[a-z_]+)?")


def _whole_years(files: Mapping[str, Node]) -> dict[int, Node]:
    """The rules from each year on; a long year may keep some of its tables in files beside it (2016.forms.toml)."""
    years: dict[int, Node] = {}
    for name in sorted(files):
        if match := _YEAR.fullmatch(name):
            year, part = int(match.group(1)), files[name]
            before = years.get(year, part.like({}))
            for key in before.table.keys() & part.table.keys():
                raise part.table[key].fail(key, f"stands in {before.file} too")
            years[year] = before.having(**part.table)
    return years


_OWN = frozenset({"key", "extends", "abstract", "hosts"})


def _part(name: str, base: Node | None, over: Node | None) -> Node:
    """A file laid on the inherited one. A role's menu is an order, so a region that prints its own prints it whole."""
    if name == "menus" and base and over:
        return over.like({**base.table, **over.table})
    return _laid(base, over)


def _laid(base: Node | None, over: Node | None) -> Node:
    if base is None or over is None:
        found = over or base
        assert found is not None  # noqa: S101 - the name came from one of the two
        return found
    return merge(base, over)


def _accumulated(years: dict[int, Node]) -> dict[int, Node]:
    """Each year's file says only what changed since the one before."""
    result: dict[int, Node] = {}
    for year in sorted(years):
        result[year] = _laid(result.get(_before(result, year)), years[year])
    return result


def _before(years: Mapping[int, Node], year: int) -> int:
    return max((first for first in years if first <= year), default=-1)


def _years_on(parents: dict[int, Node], own: dict[int, Node]) -> dict[int, Node]:
    """A pack's rules of a year: its own latest laid on its parent's latest, from the first year either speaks."""
    years = sorted({*parents, *own})
    return {year: _laid(parents.get(_before(parents, year)), own.get(_before(own, year))) for year in years}


def _pack(raw: _Raw, catalogues: Mapping[str, Catalogue]) -> Pack:
    portal = _typed(Portal, raw.portal)
    for name in PARTS:
        if name not in raw.parts:
            raise raw.portal.fail("(file)", f"neither the pack nor what it extends has {name}.toml")
    if not raw.years:
        raise raw.portal.fail("(file)", "the pack has no year")
    version = hashlib.sha256("\n".join(raw.digest).encode()).hexdigest()[:10]
    fill = _filler(catalogues)
    return Pack(
        portal=portal,
        version=f"{portal.key}-{version}",
        folders=raw.folders,
        words=_words(raw.parts["wording"]),
        access=_typed(Access, raw.parts["access"]),
        ways=_typed(Ways, fill(raw.parts["registration"])),
        menus=_typed(Menus, raw.parts["menus"]),
        profile=_typed(Profile, fill(raw.parts["profile"])),
        years={year: _year(year, fill(node), portal.key, catalogues) for year, node in raw.years.items()},
    )


def _year(year: int, node: Node, key: str, catalogues: Mapping[str, Catalogue]) -> YearRules:
    node = with_yearly_caps(with_subjects(node))
    given = {"since": Node(year, node.file, 1), "version": Node(f"{key}-{year}-{_digest(node)}", node.file, 1)}
    rules = _typed(YearRules, Node({**node.table, **given}, node.file, node.line))
    year_fits(rules, node, catalogues)
    return rules


def _digest(node: Node) -> str:
    """Of what the year says and nothing else: a new word elsewhere in the pack changes no rule."""
    return hashlib.sha256(json.dumps(node.plain(), default=str, sort_keys=True).encode()).hexdigest()[:10]


def _filler(catalogues: Mapping[str, Catalogue]) -> Callable[[Node], Node]:
    """Puts the rows of a catalogue where a field names it."""

    def fill(node: Node) -> Node:
        if isinstance(node.value, list):
            return Node([fill(child) for child in node.rows], node.file, node.line)
        if not isinstance(node.value, dict):
            return node
        table = {key: fill(child) for key, child in node.table.items()}
        if "catalogue" in table and "kind" in table:
            table["options"] = _options(table["catalogue"], table.get("within"), catalogues)
        return Node(table, node.file, node.line)

    return fill


_OPTION = set(Option.model_fields)


def _options(named: Node, within: Node | None, catalogues: Mapping[str, Catalogue]) -> Node:
    if named.value not in catalogues:
        raise named.fail("catalogue", f"there is no catalogue {named.value!r}")
    items = catalogues[str(named.value)].items
    prefix = str(within.value) if within else ""
    options = [Option(**item.model_dump(include=_OPTION)) for item in items if item.code.startswith(prefix)]
    return Node([Node(option, named.file, named.line) for option in options], named.file, named.line)


def _words(node: Node, prefix: str = "") -> dict[str, str]:
    words: dict[str, str] = {}
    for key, child in node.table.items():
        name = f"{prefix}{key}"
        if isinstance(child.value, dict):
            words |= _words(child, f"{name}.")
        elif isinstance(child.value, str) and child.value:
            words[name] = child.value
        else:
            raise child.fail(name, "a word is a text that is not empty")
    return words


def _same_words(packs: Mapping[str, Pack], raws: Mapping[str, _Raw]) -> None:
    """A word that one pack lacks would be missed only when a user meets it."""
    every = {word for pack in packs.values() for word in pack.words}
    for key, pack in packs.items():
        if lacking := sorted(every - set(pack.words)):
            raise raws[key].parts["wording"].fail(lacking[0], "other packs have this word, this one has not")


def _hosts(raws: Mapping[str, _Raw]) -> dict[str, str]:
    hosts: dict[str, str] = {}
    for key, raw in raws.items():
        for node in raw.portal.table.get("hosts", Node([], "", 0)).rows if not raw.abstract else []:
            host = str(node.value)
            if host in hosts:
                raise node.fail("hosts", f"{host} already belongs to the pack {hosts[host]!r}")
            hosts[host] = key
    return hosts


def _typed[Model: Value](model: type[Model], node: Node) -> Model:
    try:
        return model.model_validate(node.plain())
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_url=False):
            place = node.locate(problem["loc"])
            key = ".".join(str(part) for part in problem["loc"]) or "(file)"
            lines.append(str(place.fail(key, problem["msg"])))
        raise PackError("\n".join(lines)) from None


def _shown(path: Path, root: Path) -> str:
    return f"{root.name}/{path.relative_to(root)}"
