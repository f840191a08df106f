"""The embedded database: first start, clean stop, start after a kill, damage."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from xueshi.config import environment, postgres
from xueshi.config.environment import BadConfiguration
from xueshi.config.postgres import Cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    folder = tmp_path / "postgres"
    return Cluster(folder, environment.socket_folder(folder))


def ask(cluster: Cluster, question: str) -> str:
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.req("OP-02")
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("data_sync_retry", "off"),
        ("lock_timeout", "3s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("log_error_verbosity", "terse"),
        ("password_encryption", "scram-sha-256"),
        ("TimeZone", "UTC"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
    ],
)
def test_settings_are_those_of_the_rules(shared: Cluster, setting: str, value: str) -> None:
    assert ask(shared, f"SHOW {setting}") == value


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("shared") / "postgres"
    cluster = Cluster(folder, environment.socket_folder(folder))
    process = cluster.start()
    yield cluster
    postgres.stop(process)


def test_chinese_is_sorted_and_folded_as_text(shared: Cluster) -> None:
    assert ask(shared, "SELECT length('威海') || upper('é')") == "2É"


def test_a_clean_stop_keeps_everything_and_leaves_no_process(cluster: Cluster) -> None:
    first = cluster.start()
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    postgres.stop(first)
    assert first.returncode == 0
    assert cluster.running_pid() == 0
    second = cluster.start()
    assert ask(cluster, "SELECT number FROM kept") == "7"
    postgres.stop(second)


@pytest.mark.req("FT-04")
def test_after_a_kill_acknowledged_rows_are_there(cluster: Cluster) -> None:
    first = cluster.start()
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    os.kill(cluster.running_pid(), signal.SIGKILL)
    first.wait()
    second = cluster.start()
    assert ask(cluster, "SELECT count(*) FROM kept") == "1000"
    postgres.stop(second)


def test_a_server_that_outlived_its_launcher_is_replaced(cluster: Cluster) -> None:
    orphan = cluster.start()
    again = cluster.start()
    assert orphan.wait(10) == 0
    assert cluster.running_pid() != 0
    postgres.stop(again)


def test_a_note_of_a_process_that_is_somebody_else_is_stale(cluster: Cluster) -> None:
    postgres.stop(cluster.start())
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n", encoding="utf-8")
    assert cluster.running_pid() == 0
    again = cluster.start()
    assert ask(cluster, "SELECT 1") == "1"
    postgres.stop(again)


@pytest.mark.parametrize("lost", ["PG_VERSION", "global/pg_control"])
def test_damage_is_named_and_nothing_is_touched(cluster: Cluster, lost: str) -> None:
    postgres.stop(cluster.start())
    (cluster.data / lost).unlink()
    before = sorted(path.name for path in cluster.data.iterdir())
    with pytest.raises(BadConfiguration, match="damaged"):
        cluster.start()
    assert sorted(path.name for path in cluster.data.iterdir()) == before
