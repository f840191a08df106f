"""Thousands of rows in one statement: the values travel as one parameter, which the database unfolds.

For what a batch writes and looks up. One row, or a page of them, is the ORM's.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Field, Lookup, Model
from django.db.models.sql.compiler import SQLCompiler

from xueshi.kernel.fields import EncryptedField

type Row = Mapping[str, Any]
"""Values by column (``person_id``, not ``person``)."""


def insert(
    model: type[Model], rows: Sequence[Row], shared: Row, *, once: bool = False, returning: str = "id"
) -> list[Any]:
    """Insert rows that all name the same columns; ``shared`` are the columns that are alike in all of them.

    What neither names has the default of its field. With ``once`` a row that the database holds already, by any of its
    unique constraints, stays as it is. Returns the column ``returning`` of the rows written.
    """
    if not rows:
        return []
    columns = _columns(model)
    varying = tuple(rows[0])
    alike = {name: shared.get(name, field.get_default()) for name, field in columns.items() if name not in rows[0]}
    values = [columns[name].get_db_prep_save(value, connection) for name, value in alike.items()]
    sealed = {name: field for name in varying if isinstance(field := columns[name], EncryptedField)}
    body = as_json([{**row, **{name: field.seal(row[name]) for name, field in sealed.items()}} for row in rows])
    with connection.cursor() as cursor:  # rule 6: a listed module
        cursor.execute(_insertion(model, varying, tuple(alike), returning, once=once), [*values, body])
        return [value for (value,) in cursor.fetchall()]


@cache
def _columns(model: type[Model]) -> dict[str, Field[Any, Any]]:
    """The columns a program writes, by name: neither the key nor what the database computes."""
    fields = model._meta.concrete_fields
    return {field.attname: field for field in fields if not field.primary_key and not field.generated}


@cache
def _insertion(
    model: type[Model], varying: tuple[str, ...], alike: tuple[str, ...], returning: str, *, once: bool
) -> str:
    columns, quote = _columns(model), connection.ops.quote_name
    names = {name: quote(str(field.column)) for name, field in columns.items()}
    kinds = {name: field.db_type(connection) for name, field in columns.items()}
    into = ", ".join(names[name] for name in (*varying, *alike))
    values = ", ".join([*(names[name] for name in varying), *(f"%s::{kinds[name]}" for name in alike)])
    unfolded = ", ".join(f"{names[name]} {kinds[name]}" for name in varying)
    conflict = "ON CONFLICT DO NOTHING" if once else ""
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({into}) SELECT {values} "  # noqa: S608 - names of our own models
        f"FROM json_to_recordset(%s) AS new({unfolded}) {conflict} RETURNING {quote(returning)}"
    )


def as_json(rows: Sequence[Row]) -> str:
    """Rows as ``json_to_recordset`` reads them."""
    return json.dumps(rows, ensure_ascii=False, default=_in_words)


def _in_words(value: object) -> str:
    """How the database reads what JSON has no words for."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, date):  # moments are dates
        return value.isoformat()
    message = f"no column takes a {type(value).__name__}"
    raise TypeError(message)


class Among(Lookup[bool]):
    """``filter(Among("case_id", keys))``: as ``case_id__in``, with one parameter however many keys there are."""

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, column: str, keys: Iterable[int]) -> None:
        super().__init__(F(column), ",".join(map(str, keys)))

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Compare with an array; no key, no question."""
        if not self.rhs:
            raise EmptyResultSet
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", (*values, f"{{{self.rhs}}}")
