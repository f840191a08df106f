"""The reference world of the security checks, built once a run and copied as a whole database for whoever needs it.

In a test module: ``from tests.world import built_world, world`` and take ``world``; what a test changes is undone after
it. A module whose tests really commit (threads, live servers) takes ``built_world`` and has one test, since nothing
puts the database back after it.
"""

import fcntl
import pickle
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.conftest import COPY
from xueshi.portal.seeds import world_objects
from xueshi.portal.seeds.world import World

__all__ = ["built_world", "copied", "snapshot", "world"]

CHEAP = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _outside(statement: str) -> None:
    """Run a statement about databases from outside of them."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _inside(name: str) -> Iterator[None]:
    """Every connection made meanwhile, in any thread, goes to the database ``name``."""
    connection.close()
    kept, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept


@contextmanager
def _files_in(folder: Path) -> Iterator[None]:
    kept = current.FILES_ROOT, current.PASSWORD_HASHERS
    current.FILES_ROOT, current.PASSWORD_HASHERS = folder, CHEAP
    try:
        yield
    finally:
        current.FILES_ROOT, current.PASSWORD_HASHERS = kept


def _drop(name: str) -> None:
    _outside(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _copy(source: str, name: str) -> None:
    _drop(name)
    connection.close()
    _outside(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')


def _build(name: str, folder: Path) -> World:
    _copy(connection.settings_dict["NAME"], name)
    folder.mkdir(exist_ok=True)
    with _inside(name), _files_in(folder):
        return world_objects.build(1, "s")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The database built once, the folder of its files, and the world itself as bytes."""

    database: str
    folder: Path
    pickled: bytes


@pytest.fixture(scope="session")
def snapshot(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Snapshot]:
    """Whichever worker asks first builds, the others wait for it; whichever leaves last takes it away."""
    base, name = tmp_path_factory.getbasetemp(), f"{connection.settings_dict['TEST']['NAME']}_world"
    root = base.parent if base.name.startswith("popen-") else base
    folder, pickled = root / "world", root / "world.pickle"
    with (root / "world.users").open("w") as users, django_db_blocker.unblock():
        with (root / "world.lock").open("w") as building:
            fcntl.flock(building, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            if not pickled.exists():
                pickled.write_bytes(pickle.dumps((name, _build(name, folder))))
        name, world = pickle.loads(pickled.read_bytes())  # noqa: S301 - written by this run
        yield Snapshot(name, folder, pickle.dumps(world))
        with suppress(BlockingIOError):
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            pickled.unlink(missing_ok=True)
            _drop(name)


@contextmanager
def copied(snapshot: Snapshot) -> Iterator[tuple[World, Path]]:
    """The world in a database of one's own, and the folder of its files."""
    copy = f"{connection.settings_dict['NAME']}{COPY}"
    _copy(snapshot.database, copy)
    with _inside(copy), _files_in(snapshot.folder):
        yield pickle.loads(snapshot.pickled), snapshot.folder  # noqa: S301 - written by this run
    _drop(copy)


@pytest.fixture(scope="module")
def built_world(snapshot: Snapshot, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[World, Path]]:
    """The world in a database of this module's own."""
    with django_db_blocker.unblock(), copied(snapshot) as copy:
        yield copy


@pytest.fixture
def world(built_world: tuple[World, Path], db: None, settings: Any, _quick_and_private: None) -> World:
    """The world, with its files in reach; ``db`` comes after it, so that the test nests inside."""
    settings.FILES_ROOT = built_world[1]
    return built_world[0]
