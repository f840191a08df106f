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
