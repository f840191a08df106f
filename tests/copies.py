"""What many tests begin with, made through the services once a process and copied row by row after that."""

import pickle
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import connection

from xueshi.kernel import clock

type Made = tuple[bytes, str]
"""What was made, as bytes, and the statements that bring its rows back."""


def copied[**Asked, Built](make: Callable[Asked, Built]) -> Callable[Asked, Built]:
    """``make``, whose rows and objects are kept; called on a database with rows of its own it makes them anew.

    The keys are those of the first time: the sequences of the database have long passed them, whatever was undone.
    """
    kept: dict[str, Made] = {}

    @wraps(make)
    def built(*args: Asked.args, **more: Asked.kwargs) -> Built:
        if clock._Clock.shift or not _empty():
            return make(*args, **more)
        key = repr((connection.settings_dict["NAME"], settings.PASSWORD_HASHERS, args, more))
        if key not in kept:
            before = _filled()
            made = make(*args, **more)
            kept[key] = pickle.dumps(made), "".join(_statement(table) for table in _filled() - before)
            return made
        with connection.cursor() as cursor:
            cursor.execute(kept[key][1])
        again: Built = pickle.loads(kept[key][0])  # noqa: S301 - written above
        return again

    return built


def _asked(statement: str, *named: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, named or None)
        return [row[0] for row in cursor.fetchall()]


def _empty() -> bool:
    """Whether nobody has made anything yet: whatever is made is written down."""
    tables = ("audit_auditentry", "organisations_organisation", "accounts_user")
    return bool(_asked(f"SELECT {' AND '.join(f'NOT EXISTS (SELECT FROM {table})' for table in tables)}")[0])  # noqa: S608 - the names above


def _filled() -> set[str]:
    """The tables with rows."""
    tables = connection.introspection.table_names()
    return {table for table in tables if _asked(f'SELECT EXISTS (SELECT FROM "{table}")')[0]}  # noqa: S608 - names from the catalogue


def _statement(table: str) -> str:
    """The rows of a table, to be inserted again with all they hold but what the database reckons itself."""
    known = _asked(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        table,
    )
    columns = ", ".join(f'"{name}"' for name in known)
    rows: str = _asked(f'SELECT json_agg(t)::text FROM "{table}" t')[0]  # noqa: S608 - as above
    text = rows.replace("'", "''")
    return (
        f'INSERT INTO "{table}" ({columns}) OVERRIDING SYSTEM VALUE'  # noqa: S608 - as above
        f" SELECT {columns} FROM json_populate_recordset(NULL::\"{table}\", '{text}');\n"
    )
