"""The rights of the database's roles: complete by construction, none too many, told when they are."""

import io
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection

from xueshi.config import roles
from xueshi.config.management.commands import prepare

pytestmark = [pytest.mark.django_db, pytest.mark.req("AZ-15")]

ROLE = "roles_test"
ALL = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
ADDS, WORKS = {"SELECT", "INSERT"}, {"SELECT", "INSERT", "UPDATE", "DELETE"}


def run(statement: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def rights(role: str, *, kind: str = "r") -> dict[str, set[str]]:
    """What a role may do with each table (``r``) or sequence (``S``) of the schema."""
    of, asked = ("table", ALL) if kind == "r" else ("sequence", ("USAGE", "SELECT", "UPDATE"))
    questions = ", ".join(f"has_{of}_privilege('{role}', oid, '{right}')" for right in asked)
    rows = run(f"SELECT relname, {questions} FROM pg_class WHERE relkind = '{kind}' AND relnamespace = 2200")  # noqa: S608 - our own words
    return {name: {right for right, has in zip(asked, given, strict=True) if has} for name, *given in rows}


def only_added() -> set[str]:
    """The tables whose trigger refuses changes, as the database knows them."""
    found = run("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_append_only%'")
    return {row[0] for row in found}


@pytest.fixture
def role(db: None) -> str:
    run(f"CREATE ROLE {ROLE} LOGIN")
    return ROLE


def test_each_table_gives_what_its_work_needs(role: str) -> None:
    roles.grant(role)
    kept = only_added()
    assert {"audit_auditentry", "ledger_ledgerentry", "ledger_targetchange", "reviews_caseevent"} <= kept
    assert kept == {*roles.append_only_tables()}
    found = rights(role)
    assert {name: found.pop(name) for name in kept} == dict.fromkeys(kept, ADDS)
    assert found.pop("django_migrations") == {"SELECT"}
    assert {
        "django_session",
        "procrastinate_jobs",
        *(one._meta.db_table for one in apps.get_models()),
    } <= found.keys() | kept
    assert found == dict.fromkeys(found, WORKS)
    counters = rights(role, kind="S")
    assert "certificates_serial" in counters
    assert counters == {name: {"USAGE", "SELECT"} for name in counters}
    assert roles.excess(role) == []


def test_a_later_table_is_added_to_at_once_and_whole_once_stated(role: str) -> None:
    roles.grant(role)
    run("CREATE TABLE later (id serial PRIMARY KEY)")
    assert rights(role)["later"] == ADDS
    assert rights(role, kind="S")["later_id_seq"] == {"USAGE", "SELECT"}
    run("GRANT UPDATE (details), DELETE, TRUNCATE, TRIGGER ON audit_auditentry TO PUBLIC")
    assert roles.excess(role) == ["may change rows that are only ever added"]
    roles.grant(role)
    assert rights(role)["later"] == WORKS
    assert rights(role)["audit_auditentry"] == ADDS
    assert roles.excess(role) == []


def test_readers_only_read(role: str) -> None:
    known = {row[0] for row in run("SELECT rolname FROM pg_roles")}
    for name in {roles.AUDITOR, roles.BACKUP} - known:
        run(f"CREATE ROLE {name} LOGIN")
    roles.grant(role)
    auditor, backup = rights(roles.AUDITOR), rights(roles.BACKUP)
    kept = only_added()
    assert auditor == {name: {"SELECT"} if name in kept else set() for name in auditor}
    assert backup == {name: {"SELECT"} for name in auditor}
    assert {"SELECT"} == set.union(*rights(roles.BACKUP, kind="S").values())


def test_every_migrate_of_an_owner_ends_with_the_rights(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = connection.settings_dict
    monkeypatch.setenv("DATABASE_OWNER_URL", f"postgresql://{here['USER']}@/x")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{role}@/x")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert set.union(*rights(role).values()) == set(), "the application states nothing"
    monkeypatch.setenv("XUESHI_DATABASE_ROLE", "owner")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert rights(role)["audit_auditentry"] == ADDS
    assert rights(role)["accounts_user"] == WORKS
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody_here@/x")
    with pytest.raises(CommandError, match="must name a role of the server, not 'nobody_here'"):
        roles.state()


def test_a_role_that_could_undo_the_line_is_named_and_refused_in_production(
    role: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    said = io.StringIO()
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{connection.settings_dict['USER']}@/x")
    prepare.Command(stderr=said).judge()
    assert said.getvalue().startswith("xueshi: only triggers protect ledger and audit, for the database role 'xueshi'")
    assert said.getvalue().count("\n") == 1
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match=r"owns tables, may create tables, may change rows .* DATABASE_OWNER_URL"):
        prepare.Command().judge()
    with pytest.raises(CommandError, match="is no ordinary role"):
        call_command("roles")


def test_an_ordinary_role_passes_in_production(role: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    roles.grant(role)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{role}@/x")
    settings.PRODUCTION, said = True, io.StringIO()
    prepare.Command(stderr=said).judge()
    call_command("roles", stdout=said)
    told = ", ".join(sorted(only_added()))
    assert said.getvalue() == f"{role}: reads and adds everywhere, adds only to {told}\n"
    run(f"SET LOCAL ROLE {role}")
    assert not roles.may_migrate()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("ALTER ROLE {0} CREATEROLE", "is no ordinary role"),
        ("GRANT {1} TO {0}", "owns tables"),
        ("GRANT CREATE ON SCHEMA public TO {0}", "may create tables"),
        ("GRANT TRUNCATE ON ledger_ledgerentry TO {0}", "may change rows that are only ever added"),
        ("GRANT UPDATE (id) ON reviews_caseevent TO {0}", "may change rows that are only ever added"),
    ],
)
def test_each_right_too_many_is_told(role: str, given: str, told: str) -> None:
    roles.grant(role)
    run(given.format(role, connection.settings_dict["USER"]))
    assert told in roles.excess(role)
