"""AZ-15: what the database refuses by itself, to the application's own role and to the owner of the tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from tests.checks.report import Outcome, Tell
from tests.checks.surface.stage import Stage, undone
from xueshi.audit.models import AuditEntry
from xueshi.audit.services import By, record
from xueshi.config import roles

ROLE = "az_15"
CHANGES = ("UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0} CASCADE", "DELETE FROM {0} WHERE id < 0")
AROUND = (
    "INSERT INTO {0} SELECT * FROM {0} LIMIT 1 ON CONFLICT (id) DO UPDATE SET id = {0}.id",
    "MERGE INTO {0} USING {0} AS same ON {0}.id = same.id WHEN MATCHED THEN DELETE",
    "SELECT 1 FROM {0} FOR UPDATE",
    "LOCK TABLE {0} IN ACCESS EXCLUSIVE MODE",
    "ALTER TABLE {0} DISABLE TRIGGER ALL",
    "ALTER TABLE {0} DISABLE TRIGGER USER",
    "DROP TRIGGER {1} ON {0}",
    "ALTER FUNCTION {1}() RENAME TO elsewhere",
    "DROP FUNCTION {1}() CASCADE",
    "ALTER TABLE {0} ADD COLUMN more text",
    "ALTER TABLE {0} ALTER COLUMN id DROP NOT NULL",
    "ALTER TABLE {0} RENAME TO elsewhere",
    "ALTER TABLE {0} OWNER TO az_15",
    "DROP TABLE {0} CASCADE",
    "CREATE INDEX ON {0} (id)",
    "CREATE RULE no_more AS ON INSERT TO {0} DO INSTEAD NOTHING",
    "CREATE TRIGGER more BEFORE INSERT ON {0} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
)
"""What would undo the refusal, or go round it."""
ANYWHERE = (
    "SET session_replication_role = replica",
    "SET LOCAL session_replication_role = 'local'",
    "SELECT set_config('session_replication_role', 'replica', false)",
    "ALTER ROLE az_15 SET session_replication_role = replica",
    "ALTER ROLE az_15 SUPERUSER",
    "CREATE ROLE another SUPERUSER",
    "CREATE TABLE beside (id int)",
    "CREATE TEMPORARY TABLE audit_auditentry (id int)",
    "CREATE VIEW beside AS SELECT 1",
    "CREATE SEQUENCE beside",
    "CREATE SCHEMA beside",
    "DROP EXTENSION plpgsql CASCADE",
    "CREATE FUNCTION beside() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE accounts_user ADD COLUMN more text",
    "DROP TABLE accounts_user CASCADE",
    "TRUNCATE accounts_user CASCADE",
    "DELETE FROM django_migrations",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    "SELECT setval('certificates_serial', 1)",
    "DELETE FROM pg_trigger",
    "COPY audit_auditentry TO PROGRAM 'true'",
    "DO $$ BEGIN EXECUTE 'ALTER TABLE audit_auditentry DISABLE TRIGGER ALL'; END $$",
)


def _only_added() -> dict[str, str]:
    """The tables that refuse everything but new rows, each with the name that trigger and function share."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
            " WHERE tgname LIKE '%append_only%' AND NOT tgisinternal AND tgenabled = 'O' ORDER BY 1"
        )
        return dict(cursor.fetchall())


@contextmanager
def _as_application() -> Iterator[None]:
    """Everything inside is done by an ordinary role with the rights of web and worker, then undone."""
    with undone(), connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
        roles.grant(ROLE)
        assert roles.excess(ROLE) == []
        cursor.execute(f"SET SESSION AUTHORIZATION {ROLE}")
        yield


def _refused(statement: str) -> BaseException | None:
    """Why the database did not do it, or ``None`` when it did."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError as refusal:
        return refusal
    return None


def test_az_15_last_line_in_the_database(stage: Stage, tell: Tell) -> None:
    """Changes, DDL and triggers as the application's role; by the triggers, the same changes as the owner."""
    tables = _only_added()
    tried = [text.format(table, name) for table, name in tables.items() for text in CHANGES + AROUND] + [*ANYWHERE]
    owners = [text.format(table) for table in tables for text in CHANGES]
    with _as_application():
        found = {statement: _refused(statement) for statement in tried}
        bad = [f"{text}: {why}" for text, why in found.items() if not isinstance(_cause(why), InsufficientPrivilege)]
        before = AuditEntry.objects.count()
        record(By(stage.world.actor("person_1").user.pk), "az.check", stage.world.actor("person_1").user)
        control = AuditEntry.objects.count() == before + 1
    for statement in owners:
        why = _refused(statement)
        bad += [] if "only ever added" in str(why) else [f"as owner: {statement}: {why}"]
    control &= [*tables] == roles.append_only_tables() and {"ledger_ledgerentry", "audit_auditentry"} <= {*tables}
    tell(Outcome("AZ-15", len(tried) + len(owners), bad, control, 160, f"tables={len(tables)}"))


def _cause(problem: BaseException | None) -> BaseException | None:
    return problem and problem.__cause__
