"""The roles of the database (security.md H2): whose the tables are, who works in them, who only looks.

The owner runs migrations and states every right anew after them, from the catalogue and the models: no table is left
out, and none gives more than it should. What the application may not do, no mistake or injection of it can do.
"""

from typing import Any, Final, LiteralString

from django.apps import apps
from django.core.management import CommandError
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from xueshi.config import environment

AUDITOR: Final = "xueshi_audit"
"""Reads what is only ever added: the chain of privileged acts, postings, histories."""
BACKUP: Final = "xueshi_backup"
"""Reads everything, for ``pg_dump``."""
_LOCK: Final = 7_302_015
"""Two nodes that are brought up to date at once state the rights one after the other."""

_LOG: Final = MigrationRecorder.Migration._meta.db_table

_RELATIONS: Final = """
SELECT relname, relkind = 'S' FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
ORDER BY relname
"""
"""Tables and sequences of the program; those of extensions belong to others."""
# What PostgreSQL gives to all unless told otherwise.
_EVERYBODY: Final = (
    "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
    "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
)
# A table of a later migration can be read and added to at once, and changed as soon as its rights are stated.
_APPLICATION: Final = (
    "REVOKE ALL ON {tables} FROM {role}, PUBLIC",
    "REVOKE ALL ON SEQUENCE {sequences} FROM {role}, PUBLIC",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "GRANT SELECT, INSERT ON {tables} TO {role}",
    "GRANT USAGE, SELECT ON SEQUENCE {sequences} TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)
_CHANGES: Final = ("GRANT UPDATE, DELETE ON {tables} TO {role}",)
_LOOKS: Final = ("REVOKE INSERT ON {tables} FROM {role}",)
_READS: Final = (
    "REVOKE ALL ON {tables} FROM {role}",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "GRANT SELECT ON {readable} TO {role}",
)
_COPIES: Final = (
    "GRANT SELECT ON SEQUENCE {sequences} TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON SEQUENCES TO {role}",
)
_MAY_CREATE: Final = """
SELECT has_schema_privilege(%(role)s::name, current_schema(), 'CREATE')
OR has_database_privilege(%(role)s::name, current_database(), 'CREATE')
"""
_OWNS: Final = """
SELECT coalesce(bool_or(pg_has_role(%(role)s::name, relowner, 'MEMBER')), false) FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
"""
_CHANGES_HISTORY: Final = """
SELECT coalesce(bool_or(has_any_column_privilege(%(role)s::name, kept, 'UPDATE')
    OR has_table_privilege(%(role)s::name, kept, 'DELETE, TRUNCATE, TRIGGER')), false)
FROM unnest(%(tables)s::text[]) AS kept
"""
_FORBIDDEN: Final[dict[str, LiteralString]] = {
    "is no ordinary role": "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = %(role)s",
    "owns tables": _OWNS,
    "may create tables": _MAY_CREATE,
    "may change rows that are only ever added": _CHANGES_HISTORY,
}


def append_only_tables() -> list[str]:
    """The tables whose models say that rows are only ever added, in order."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if any(trigger.name == "append_only" for trigger in getattr(model._meta, "triggers", ()))
    )


def state() -> None:
    """State the rights of all roles, when this process is an owner who is told from the application.

    ``CommandError`` when the application's role does not exist on a server that is not ours to add it to.
    """
    role = environment.application_role()
    if not (environment.as_owner() and environment.has_owner()) or role == connection.settings_dict["USER"]:
        return
    with transaction.atomic():
        _ask("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        known = _existing()
        if environment.embedded():
            for name in sorted({role, AUDITOR, BACKUP} - known):
                _ask(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        elif role not in known:
            message = f"DATABASE_URL must name a role of the server, not {role!r}: see docs/operations/running.md"
            raise CommandError(message)
        grant(role)


def grant(application: str) -> None:
    """Give the application's role what it needs and nothing else; readers too, where such roles exist."""
    found = [(name, bool(counts)) for name, counts in _ask(_RELATIONS)]
    tables, sequences = [name for name, counts in found if not counts], [name for name, counts in found if counts]
    kept = sorted({*append_only_tables()} & {*tables})
    _run(_EVERYBODY)
    _run(_APPLICATION, application, tables=tables, sequences=sequences)
    _run(_CHANGES, application, tables=sorted({*tables} - {*kept, _LOG}))
    _run(_LOOKS, application, tables=[_LOG])
    for reader, readable in ((AUDITOR, kept), (BACKUP, tables)):
        if reader in _existing():
            _run(_READS, reader, tables=tables, readable=readable)
    if BACKUP in _existing():
        _run(_COPIES, BACKUP, sequences=sequences)


def current() -> str:
    """The role that this process works as."""
    return str(_ask("SELECT current_user")[0][0])


def may_migrate() -> bool:
    """Whether this process works as a role that may change the schema."""
    return bool(_ask(_MAY_CREATE, {"role": current()})[0][0])


def excess(role: str) -> list[str]:
    """What a role may do that the application must not, in words; empty when the database itself holds the line."""
    facts = {"role": role, "tables": append_only_tables()}
    return [words for words, query in _FORBIDDEN.items() if _ask(query, facts)[0][0]]


def _ask(statement: "LiteralString | sql.Composed", values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:  # rule 6: rights are stated in SQL only; names are quoted
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def _run(statements: tuple[LiteralString, ...], role: str = "", **lists: list[str]) -> None:
    """Each statement but those about a list that is empty, as in a database half migrated."""
    schema, database = _ask("SELECT current_schema(), current_database()")[0]
    lists |= {"role": [role], "schema": [schema], "database": [database]}
    named = {key: sql.SQL(", ").join(map(sql.Identifier, names)) for key, names in lists.items()}
    for statement in statements:
        if all(names for key, names in lists.items() if f"{{{key}}}" in statement):
            _ask(sql.SQL(statement).format(**named))


def _existing() -> set[str]:
    return {row[0] for row in _ask("SELECT rolname FROM pg_roles")}
