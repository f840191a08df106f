"""Many more people: the employers of a portal with all that is theirs, over and over, in the database's own words.

Each copy is an employer of its own with people, years, declarations and cases of their own below the same bureaux:
whoever looks after an area finds a thousand times as much there, a person and an employer find what they found before.
"""

from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import BigAutoField, CharField, Field, ForeignKey, Model, UniqueConstraint

from xueshi.accounts.models import User
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import OrganisationKind
from xueshi.people.models import Professional

type Table = type[Model]
type Column = Field[Any, Any]

PORTAL = "weihai"
_APART = frozenset({"audit", "procrastinate"})
"""Applications whose rows are not copied: the chain has one author, and a job runs once."""
_VARIED = {
    "organisations_organisation": {"name", "name_key", "code"},
    "duplicates_trace": {"value", "picture", "band_0", "band_1", "band_2", "band_3"},
    "files_storedfile": {"source_digest"},
}
"""Columns by which every copy would be a double of the first, beside those that may stand once."""
_SOURCES = {"declaration": "declarations_declaration", "adjustment": "adjustments_adjustment"}
"""What ``source_kind`` names."""
_BEHIND = 10**9
"""Where the keys of what the program writes afterwards begin."""


def enlarge(people: int) -> None:
    """Copy the employers until the portal has about so many people; once in a database."""
    _mark()
    strides = _strides()
    copies = people // max(_count(Professional), 1)
    for table in _tables() if copies else ():
        with transaction.atomic():
            _ask(_copying(table, strides), copies)
    _ask("ANALYZE")


def _ask(words: str, *values: str | int) -> int:
    """How many rows it was about. The words are made of names of ours alone."""
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        return int(cursor.rowcount)


def _copied(table: Table) -> bool:
    return table._meta.app_label not in _APART and isinstance(table._meta.pk, BigAutoField)


def _links(table: Table) -> dict[str, Table]:
    """The columns of a table that name rows of tables which are copied too."""
    keys = [field for field in table._meta.concrete_fields if isinstance(field, ForeignKey)]
    return {key.column: key.related_model for key in keys if _copied(key.related_model)}


@cache
def _tables() -> list[Table]:
    """Every table that is copied, one that is named before those that name it."""
    found = [table for table in apps.get_models() if _copied(table)]
    return list(TopologicalSorter({one: set(_links(one).values()) - {one} for one in found}).static_order())


def _pattern(table: Table) -> str:
    """The rows of a table that are repeated."""
    return f"pattern_{table._meta.db_table}"


def _count(table: Table) -> int:
    return _ask(f"SELECT id FROM {_pattern(table)}")


def _mark() -> None:
    """Note what belongs to the employers: what names them, what names that, and so on."""
    for table in _tables():
        _ask(f"CREATE TEMP TABLE {_pattern(table)} (id bigint PRIMARY KEY)")
    employers = f"SELECT id FROM {Organisation._meta.db_table} WHERE portal = %s AND kind = %s AND path IS NOT NULL"
    _ask(f"INSERT INTO {_pattern(Organisation)} {employers}", PORTAL, OrganisationKind.EMPLOYER)
    while sum(map(_widen, _tables())):
        pass


def _widen(table: Table) -> int:
    """Note the rows that name one noted already; returns how many are new. People come by hats, hats by bodies."""
    links = {"organisation_id": Organisation} if table is Membership else _links(table)
    if table is Organisation or not links:
        return 0
    name, kept = table._meta.db_table, "ON CONFLICT DO NOTHING"
    named = " OR ".join(f"{column} IN (SELECT id FROM {_pattern(other)})" for column, other in links.items())
    new = _ask(f"INSERT INTO {_pattern(table)} SELECT id FROM {name} WHERE {named} {kept}")
    if table is Membership:
        _ask(f"INSERT INTO {_pattern(User)} SELECT user_id FROM {name} NATURAL JOIN {_pattern(table)} {kept}")
    return new


def _strides() -> dict[Table, int]:
    """How far the keys of a copy lie from those of the one before; what is written from now on lies behind all."""
    strides: dict[Table, int] = {}
    for table in _tables():
        name = table._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {name}")
            strides[table] = cursor.fetchone()[0]
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {_BEHIND})")
    return strides


def _copying(table: Table, strides: dict[Table, int]) -> str:
    """One statement that copies the pattern of a table; its one value is how often."""
    name, fields = table._meta.db_table, [one for one in table._meta.concrete_fields if not one.generated]
    values = {str(field.column): _copy_of(table, field, strides) for field in fields}
    return (
        f"INSERT INTO {name} ({', '.join(values)}) SELECT {', '.join(values.values())} "
        f"FROM {name} told NATURAL JOIN {_pattern(table)} CROSS JOIN generate_series(1, %s) AS k"
    )


def _copy_of(table: Table, field: Column, strides: dict[Table, int]) -> str:
    """What a copy has in a column."""
    links, column = _links(table), f"told.{field.column}"
    if field.primary_key:
        return _moved(column, strides[table])
    if field.column in links:
        return _moved_if_copied(column, links[field.column], strides)
    if field.column in _SPECIAL:
        return _SPECIAL[field.column](column, strides)
    if field.column in _VARIED.get(table._meta.db_table, set()) | _alone(table):
        return _other(column, field)
    return column


def _source(column: str, strides: dict[Table, int]) -> str:
    by_name = {one._meta.db_table: stride for one, stride in strides.items()}
    kinds = " ".join(f"WHEN '{kind}' THEN {by_name[name]}::bigint" for kind, name in _SOURCES.items())
    return f"{column} + k * CASE told.source_kind {kinds} ELSE 0 END"


def _people(column: str, strides: dict[Table, int]) -> str:
    return f"ARRAY(SELECT {_moved_if_copied('who', User, strides)} FROM unnest({column}) AS who)"


def _path(column: str, strides: dict[Table, int]) -> str:
    key = _moved_if_copied("step::bigint", Organisation, strides)
    steps = f"unnest(string_to_array(rtrim({column}, '.'), '.')) WITH ORDINALITY AS steps (step, place)"
    return f"(SELECT string_agg(({key}) || '.', '' ORDER BY place) FROM {steps})"


_SPECIAL = {"source_id": _source, "deciders": _people, "path": _path}
"""Columns that hold keys without being one."""


def _moved(column: str, stride: int) -> str:
    return f"{column} + k * {stride}::bigint"


def _moved_if_copied(column: str, table: Table, strides: dict[Table, int]) -> str:
    is_copied = f"{column} IN (SELECT id FROM {_pattern(table)})"
    return f"CASE WHEN {is_copied} THEN {_moved(column, strides[table])} ELSE {column} END"


@cache
def _alone(table: Table) -> set[str]:
    """Texts that may stand once and that no moved key of the same rule tells apart."""
    meta, moved = table._meta, set(_links(table))
    by_name = {field.name: field for field in meta.concrete_fields}
    groups = [[field] for field in by_name.values() if field.unique and not field.primary_key]
    groups += [[by_name[name] for name in one.fields] for one in meta.constraints if isinstance(one, UniqueConstraint)]
    return {
        str(fields[-1].column)
        for fields in groups
        if fields and isinstance(fields[-1], CharField) and not moved & {field.column for field in fields}
    }


def _other(column: str, field: Column) -> str:
    """Something else in place of a value, the same for one value and copy; what is empty stays empty."""
    if isinstance(field, CharField):
        return f"CASE WHEN {column} = '' THEN '' ELSE left(md5({column} || ':' || k), {field.max_length}) END"
    return f"hashint8({column}::bigint + k * 7919)"
