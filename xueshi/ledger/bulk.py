"""The statements that write many accounts at once; the only SQL of this app."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.db import connection

from xueshi.kernel import many

_UPDATE = """
UPDATE ledger_yearaccount AS account
   SET public_hours = new.public, professional_hours = new.professional, elective_hours = new.elective,
       passed = new.passed, verdict = new.verdict, rule = new.rule, updated_at = %s, version = account.version + 1
  FROM json_to_recordset(%s)
       AS new (id bigint, public numeric, professional numeric, elective numeric,
               passed boolean, verdict jsonb, rule text)
 WHERE account.id = new.id
"""


class Standing(TypedDict):
    """What an account will say after a posting."""

    id: int
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
    with connection.cursor() as cursor:  # rule 6: a listed module
        cursor.execute(_UPDATE, [at, many.as_json(standings)])
