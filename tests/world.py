"""The reference world of the security checks as a fixture: built once a module, rolled back with it.

In a test module: ``from tests.world import built_world, world`` and take ``world`` (inside the database of the test).
What a test changes is undone after it. Without threads and live servers: the world is never committed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.db import transaction
from pytest_django import DjangoDbBlocker

from xueshi.portal.seeds import world_objects
from xueshi.portal.seeds.world import World

__all__ = ["built_world", "world"]


@pytest.fixture(scope="module")
def built_world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Path]]:
    """The world and the folder of its files; the tests of the module nest inside its transaction."""
    folder = tmp_path_factory.mktemp("world")
    kept = current.FILES_ROOT, current.PASSWORD_HASHERS
    current.FILES_ROOT = folder
    current.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), transaction.atomic():
        try:
            yield world_objects.build(1, "s"), folder
        finally:
            current.FILES_ROOT, current.PASSWORD_HASHERS = kept
            transaction.set_rollback(True)


@pytest.fixture
def world(built_world: tuple[World, Path], db: None, settings: Any, _quick_and_private: None) -> World:
    """The world, with its files in reach; ``db`` comes after it, so that the test nests inside."""
    settings.FILES_ROOT = built_world[1]
    return built_world[0]
