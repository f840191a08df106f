"""What no request may do: write while it reads (E4), send more than any form of ours takes (H5), or what no page of
ours asks for (IN-02)."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.http import HttpRequest

_WRITES = re.compile(r'^\s*(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+(?:ONLY\s+)?"?(\w+)', re.IGNORECASE)
DECLARED = frozenset({"django_session", "accounts_challenge", "accounts_throttle", "certificates_lookuplog"})
"""Traces of the visit itself, which a page may leave."""
LARGEST = 128 * 1024 * 1024
"""Bytes of the largest body: ten files of ten megabytes, the most that a form takes, and room for what is typed."""


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


def legible(cookies: Mapping[str, str]) -> dict[str, str]:
    """The cookies without those that hold a NUL: ours never do, and no text in the database can be compared with it."""
    return {name: value for name, value in cookies.items() if "\x00" not in value}


def is_too_large(request: HttpRequest) -> bool:
    """Whether a body says that it is larger than any form of ours; asked before anything of it is read or stored."""
    told = request.META.get("CONTENT_LENGTH") or ""
    return told.isascii() and told.isdigit() and int(told[:18]) > LARGEST


def is_in_another_charset(request: HttpRequest) -> bool:
    """Whether a request says that it is not in UTF-8, which no page of ours asks for.

    Django reads by whatever codec that names, also one that is none for text or yields half a surrogate (IN-02).
    """
    told = (request.content_params or {}).get("charset", "utf-8")
    return told.lower() != "utf-8"
