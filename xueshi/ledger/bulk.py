"""The statements that write many accounts at once; the only SQL of this app."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg.types.json import Json

_UPDATE = """
UPDATE ledger_yearaccount AS account
   SET public_hours = new.public, professional_hours = new.professional, elective_hours = new.elective,
       passed = new.passed, verdict = new.verdict, rule = new.rule, updated_at = %s, version = account.version + 1
  FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::boolean[], %s::jsonb[], %s::text[])
       AS new (id, public, professional, elective, passed, verdict, rule)
 WHERE account.id = new.id
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account will say after a posting."""

    account_id: int
    public: Decimal
    professional: Decimal
    elective: Decimal
    passed: bool
    verdict: dict[str, object]
    rule: str


def write(standings: Sequence[Standing], at: datetime) -> None:
    """Write the standings of locked accounts in one statement."""
    if not standings:
        return
    columns: list[list[Any]] = [
        [one.account_id for one in standings],
        [one.public for one in standings],
        [one.professional for one in standings],
        [one.elective for one in standings],
        [one.passed for one in standings],
        [Json(one.verdict) for one in standings],
        [one.rule for one in standings],
    ]
    with connection.cursor() as cursor:  # rule 6: a listed module
        cursor.execute(_UPDATE, [at, *columns])
