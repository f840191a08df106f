"""Rules that the database keeps even when the program forgets them."""

import pgtrigger


def append_only() -> pgtrigger.Trigger:
    """Refuse UPDATE, DELETE and TRUNCATE by whoever sends them (D1, D11); per statement: bulk inserts pay nothing."""
    return pgtrigger.Trigger(
        name="append_only",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
        func="RAISE EXCEPTION 'xueshi: rows of % are only ever added', TG_TABLE_NAME;",
    )
