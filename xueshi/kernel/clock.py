"""The one clock: the database's, so that a host with a wrong clock decides nothing.

The offset between the database's clock and this process's monotonic clock is read once and refreshed every half minute;
between refreshes a call costs no query.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

SHANGHAI = ZoneInfo("Asia/Shanghai")
_REFRESH_SECONDS = 30.0


class _Clock:
    base: datetime | None = None
    read_at: float = 0.0
    shift: timedelta = timedelta()


def _read_database() -> datetime:
    with connection.cursor() as cursor:  # rule 6: the clock is a listed module
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    moment: datetime = row[0]
    return moment.astimezone(UTC)


def now() -> datetime:
    """The moment by the database's clock, in UTC."""
    elapsed = time.monotonic() - _Clock.read_at
    if _Clock.base is None or elapsed > _REFRESH_SECONDS:
        _Clock.base, _Clock.read_at, elapsed = _read_database(), time.monotonic(), 0.0
    return _Clock.base + timedelta(seconds=elapsed) + _Clock.shift


def day_of(moment: datetime) -> date:
    """The day of a moment in Asia/Shanghai (D8)."""
    return moment.astimezone(SHANGHAI).date()


def today() -> date:
    """The day in Asia/Shanghai."""
    return day_of(now())


def year() -> int:
    """The calendar year in Asia/Shanghai."""
    return today().year


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Move the clock inside a test; never called by the product itself."""
    before = _Clock.shift
    _Clock.shift = before + by
    try:
        yield
    finally:
        _Clock.shift = before


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Live at another moment: only for made-up worlds, whose past was lived in the past; refused in production."""
    if settings.PRODUCTION:
        raise RuntimeError("the clock of a running service is not moved")
    with shifted(moment - now()):
        yield
