"""Counting tries before they happen, in one statement, so that parallel tries and restarts gain nothing (B3)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from xueshi.accounts.models import Throttle
from xueshi.kernel import clock
from xueshi.kernel.errors import TooMany

_SPEND = """
INSERT INTO accounts_throttle AS held (key, window_ends, count) VALUES (%(key)s, %(ends)s, 1)
ON CONFLICT (key) DO UPDATE
   SET count = CASE WHEN held.window_ends <= %(now)s THEN 1 ELSE held.count + 1 END,
       window_ends = CASE WHEN held.window_ends <= %(now)s OR (%(locks)s AND held.count + 1 = %(tries)s)
                          THEN %(ends)s ELSE held.window_ends END
RETURNING count, window_ends
"""
_SETTLE = """
WITH forgiven AS (DELETE FROM accounts_throttle WHERE key = ANY(%s))
UPDATE accounts_throttle SET count = count - 1 WHERE key = ANY(%s) AND count > 0
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``tries`` inside ``window`` under one name; ``name`` keeps limits apart.

    ``locks``: the window begins again at the last allowed try, so that what follows is closed for its whole length.
    """

    name: str
    tries: int
    window: timedelta
    locks: bool = False


type Tried = tuple[Limit, str]
"""A limit, and whose tries it counts."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a try found: its place in the window, and the seconds until the window ends."""

    count: int
    allowed: bool
    retry_after: int


def spend(limit: Limit, subject: str) -> Spent:
    """Count one try of ``subject`` and say whether it may go on."""
    now = clock.now()
    values: dict[str, str | datetime | int] = {
        "key": _key(limit, subject), "now": now, "ends": now + limit.window, "locks": limit.locks, "tries": limit.tries,
    }  # fmt: skip
    with connection.cursor() as cursor:  # rule 6: a listed module
        cursor.execute(_SPEND, values)
        count, ends = cursor.fetchone()
    return Spent(count, count <= limit.tries, max(int((ends - now).total_seconds()), 1))


def require(limit: Limit, subject: str, message: str) -> None:
    """Count one try; ``TooMany`` with ``message`` when there were enough."""
    spent = spend(limit, subject)
    if not spent.allowed:
        raise TooMany(message, spent.retry_after)


def give_back(limit: Limit, subject: str) -> None:
    """Take one try off the count: it was none of those the limit is for."""
    settle((), ((limit, subject),))


def forgive(limit: Limit, subject: str) -> None:
    """Forget the tries of a subject after success."""
    settle(((limit, subject),), ())


def settle(forgiven: Iterable[Tried], given_back: Iterable[Tried]) -> None:
    """After a success: forget all tries of some, take one off the count of others."""
    keys = [[_key(*one) for one in some] for some in (forgiven, given_back)]
    with connection.cursor() as cursor:  # rule 6: a listed module
        cursor.execute(_SETTLE, keys)


def sweep() -> int:
    """Delete counters whose window is over."""
    return Throttle.objects.filter(window_ends__lt=clock.now()).delete()[0]  # rule 1: our own counters


def _key(limit: Limit, subject: str) -> str:
    return f"{limit.name}:{hashlib.sha256(subject.encode()).hexdigest()[:40]}"
