"""Pages that read do not write: a wrapper around the connection makes it an error (E4)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_WRITES = re.compile(r'^\s*(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+(?:ONLY\s+)?"?(\w+)', re.IGNORECASE)
DECLARED = frozenset({"django_session", "accounts_challenge", "accounts_throttle", "certificates_lookuplog"})
"""Traces of the visit itself, which a page may leave."""


class WrittenWhileReading(RuntimeError):
    """A GET tried to change business data: a mistake of ours."""


def _refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    found = _WRITES.match(sql)
    if found and found[2].lower() not in DECLARED:
        message = f"a reading page writes to {found[2]}"
        raise WrittenWhileReading(message)
    return execute(sql, params, many, context)


@contextmanager
def read_only() -> Iterator[None]:
    """Refuse writes to business tables inside the block."""
    with connection.execute_wrapper(_refuse):
        yield
