"""What every test stands on: the database's triggers, cheap passwords, a small world to build on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test import TransactionTestCase


@contextmanager
def triggers_off() -> Iterator[None]:
    """For clearing append-only tables between tests that really commit; needs the superuser of the test cluster."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")


_flush = TransactionTestCase._fixture_teardown


def _flush_with_triggers_off(self: TransactionTestCase) -> None:
    with triggers_off():
        _flush(self)


TransactionTestCase._fixture_teardown = _flush_with_triggers_off  # type: ignore[method-assign]  # rows are only ever added, but in tests


@pytest.fixture(autouse=True)
def _quick_and_private(settings: object, tmp_path: Path) -> None:
    """Cheap password hashes, files in the test's own folder."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.FILES_ROOT = tmp_path / "files"  # type: ignore[attr-defined]


LONG = ("tests/journeys/test_accessibility.py", "tests/checks/surface/", "tests/journeys/")


def _rank(item: pytest.Item) -> int:
    return next((place for place, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no worker is left alone with one at the end; the rest stays shuffled."""
    items.sort(key=_rank)
