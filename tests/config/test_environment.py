"""What the environment may say, and what a production start refuses."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from xueshi.config import environment, launcher
from xueshi.config.environment import BadConfiguration

GOOD = {
    "XUESHI_PRODUCTION": "1",
    "XUESHI_HOSTS": "weihai.example.cn",
    **{name: name[-1] * 64 for name in environment.SECRETS},
}


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*environment.FOR_TESTS_ONLY, *(f"{name}_FILE" for name in environment.SECRETS)):
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_complete_production_environment_starts(production: pytest.MonkeyPatch) -> None:
    environment.refuse_unsafe_production()


@pytest.mark.req("OP-01")
@pytest.mark.parametrize("name", environment.FOR_TESTS_ONLY)
def test_production_refuses_a_switch_for_tests(production: pytest.MonkeyPatch, name: str) -> None:
    production.setenv(name, "1")
    with pytest.raises(BadConfiguration, match=name):
        environment.refuse_unsafe_production()


@pytest.mark.req("OP-01")
@pytest.mark.parametrize("name", [*environment.SECRETS, "XUESHI_HOSTS"])
def test_production_wants_its_own_secrets_and_hosts(production: pytest.MonkeyPatch, name: str) -> None:
    production.setenv(name, "")
    with pytest.raises(BadConfiguration, match=name):
        environment.refuse_unsafe_production()


@pytest.mark.req("OP-01")
def test_the_program_itself_stops_and_names_the_variable(tmp_path: Path) -> None:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("XUESHI_", "APP_"))}
    started = subprocess.run(
        [sys.executable, "-c", "import xueshi.config.settings"],
        env={**surroundings, **GOOD, "XUESHI_HOME": str(tmp_path), "APP_FAULT": "review:kill"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 1
    assert started.stderr.startswith("APP_FAULT is set")


def test_a_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUESHI_HOME", str(tmp_path))
    monkeypatch.delenv("XUESHI_SECRET_KEY", raising=False)
    first = environment.secret("XUESHI_SECRET_KEY")
    assert len(first) == 64
    assert environment.secret("XUESHI_SECRET_KEY") == first
    assert stat.S_IMODE((tmp_path / "secrets" / "xueshi_secret_key").stat().st_mode) == 0o600


def test_a_flag_that_is_neither_yes_nor_no_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUESHI_DEBUG", "maybe")
    with pytest.raises(BadConfiguration, match="XUESHI_DEBUG"):
        environment.flag("XUESHI_DEBUG", default=False)


def test_only_postgresql_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x")
    with pytest.raises(BadConfiguration, match="PostgreSQL only"):
        environment.database()


def test_an_address_becomes_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p%40ss@db:5433/books?sslmode=require")
    found = environment.database()
    assert [found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "books",
        "u",
        "p@ss",
        "db",
        "5433",
    ]
    assert found["OPTIONS"]["sslmode"] == "require"


OWNER_URL = "postgresql://owner:o@db/books"


@pytest.mark.req("AZ-15")
@pytest.mark.parametrize(
    ("command", "embedded", "outside"),
    [
        ("migrate", "xueshi", "owner"),
        ("prepare", "xueshi", "owner"),
        ("seed", "xueshi", "owner"),
        ("procrastinate", "xueshi_app", "app"),
        ("check_invariants", "xueshi_app", "app"),
        ("", "xueshi_app", "app"),
    ],
)
def test_only_the_owners_commands_connect_as_the_owner(
    monkeypatch: pytest.MonkeyPatch, command: str, embedded: str, outside: str
) -> None:
    for name in ("XUESHI_DATABASE_ROLE", "DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    environment.choose_role(command)
    assert environment.database()["USER"] == embedded
    assert environment.application_role() == "xueshi_app"
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:a@db/books")
    assert environment.database()["USER"] == "app", "one address serves all"
    monkeypatch.setenv("DATABASE_OWNER_URL", OWNER_URL)
    assert environment.database()["USER"] == outside
    assert environment.application_role() == "app"


@pytest.mark.req("AZ-15")
def test_web_and_worker_neither_are_the_owner_nor_know_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUESHI_DATABASE_ROLE", "owner")
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:a@db/books")
    monkeypatch.setenv("DATABASE_OWNER_URL", OWNER_URL)
    assert environment.database()["USER"] == "owner"
    for name, value in launcher.AS_APPLICATION.items():
        monkeypatch.setenv(name, value)
    assert environment.database()["USER"] == "app"
    assert not environment.has_owner()


def test_an_owner_of_the_embedded_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_OWNER_URL", OWNER_URL)
    with pytest.raises(BadConfiguration, match="an owner of its own"):
        environment.database()


def test_a_long_path_gets_a_short_socket() -> None:
    short, long = Path("/srv/x/postgres"), Path("/srv") / ("x" * 100) / "postgres"
    assert environment.socket_folder(short) == short
    moved = environment.socket_folder(long)
    assert moved == environment.socket_folder(long)
    assert len(str(moved / ".s.PGSQL.5432")) <= 100
