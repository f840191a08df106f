"""Every invariant holds in the reference world, and sees a violation that is planted in it."""

import pytest
from django.db import connection

from tests.conftest import triggers_off
from tests.world import built_world, snapshot, world
from xueshi.config.reports import invariants
from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.portal.seeds.world import World

__all__ = ["built_world", "snapshot", "world"]

_ENTRY = """
INSERT INTO ledger_ledgerentry
       (account_id, subject, form, hours, source_kind, source_id, sequence, rule, at, reverses_id)
SELECT account_id, subject, form, hours, source_kind, {source}, {sequence}, rule, at, NULL
  FROM ledger_ledgerentry WHERE reverses_id IS NULL ORDER BY id LIMIT 1
"""
PLANTED = {
    "INV-01": ["UPDATE ledger_ledgerentry SET hours = hours + 1 WHERE id = (SELECT min(id) FROM ledger_ledgerentry)"],
    "INV-02": [_ENTRY.format(source="source_id", sequence=9)],
    "INV-03": [_ENTRY.format(source="999999999", sequence=1)],
    "INV-04": [
        "UPDATE reviews_reviewcase SET version = version + 1 WHERE id = (SELECT min(id) FROM reviews_reviewcase)"
    ],
    "INV-05": [
        "UPDATE organisations_membership SET ended_at = now() + interval '1 day' WHERE id ="
        " (SELECT min(id) FROM organisations_membership WHERE hat = 'professional' AND state = 'ended')"
    ],
    "INV-06": [
        "UPDATE organisations_membership SET state = 'ended', ended_at = now() WHERE id ="
        " (SELECT min(id) FROM organisations_membership WHERE is_super)"
    ],
    "INV-12": [
        "UPDATE certificates_certificate SET facts = jsonb_set(facts, '{total}', '\"999\"') WHERE id ="
        " (SELECT min(id) FROM certificates_certificate WHERE state = 'valid')"
    ],
    "INV-14": ["UPDATE audit_auditentry SET action = 'x' WHERE sequence = 7"],
    "INV-15": [
        "UPDATE notifications_message SET state = 'waiting', due_at = now() - interval '16 minutes' WHERE id ="
        " (SELECT min(id) FROM notifications_message)"
    ],
    "INV-16": [
        "UPDATE reviews_reviewstep SET state = 'waiting' WHERE id ="
        " (SELECT min(id) FROM reviews_reviewstep WHERE state = 'active')"
    ],
    "INV-16, who decided": [
        "UPDATE reviews_reviewcase SET deciders = '{}' WHERE id ="
        " (SELECT min(id) FROM reviews_reviewcase WHERE deciders <> '{}')"
    ],
    "INV-17": [
        "SET CONSTRAINTS ALL IMMEDIATE",  # a table with waiting checks cannot be altered
        "ALTER TABLE declarations_declaration DROP CONSTRAINT recognised_within_declared",
        "UPDATE declarations_declaration SET hours_recognised = hours_declared + 1 WHERE id ="
        " (SELECT min(id) FROM declarations_declaration WHERE hours_recognised IS NOT NULL)",
    ],
    "INV-18": [
        "UPDATE organisations_organisation SET address = '联系 13912345678' WHERE id ="
        " (SELECT min(id) FROM organisations_organisation)"
    ],
    "INV-21": ["UPDATE ledger_yearaccount SET passed = NOT passed WHERE rule <> ''"],
    "INV-19": [
        "UPDATE reviews_reviewstep s SET decided_by_id = c.owner_id FROM reviews_reviewcase c WHERE c.id = s.case_id"
        " AND s.id = (SELECT min(id) FROM reviews_reviewstep WHERE decided_by_id IS NOT NULL)"
    ],
}


def test_the_reference_world_breaks_none(world: World) -> None:
    assert {one.id: (one.violations, one.examples) for one in invariants.check_all()} == {
        one.id: (0, ()) for one in invariants.INVARIANTS
    }


@pytest.mark.parametrize("key", sorted(PLANTED))
def test_a_planted_violation_is_found(world: World, key: str) -> None:
    with triggers_off(), connection.cursor() as cursor:
        for statement in PLANTED[key]:
            cursor.execute(statement)
    assert invariants.check(key.partition(",")[0]).violations > 0


def test_an_effect_that_was_told_twice_is_found(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notifications_note DROP CONSTRAINT note_written_once")
        cursor.execute("UPDATE notifications_note SET key = 'case:1:2:3'")
    assert invariants.check("INV-15").examples == ("effect case:1:2:3",)


def test_a_lost_file_is_found(world: World) -> None:
    file = StoredFile.objects.order_by("pk")[0]
    path = files.path_of(file.key)
    kept = path.read_bytes()
    path.write_bytes(kept + b"x")
    try:
        assert invariants.check("INV-13").examples == (f"file {file.pk}",)
    finally:
        path.write_bytes(kept)


def test_a_year_above_its_cap_is_found(world: World) -> None:
    """16 hours on one day, where eight are allowed."""
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_ledgerentry SET starts_on = '2026-01-05', ends_on = '2026-01-05', hours = 16 WHERE id ="
            " (SELECT min(id) FROM ledger_ledgerentry WHERE reverses_id IS NULL)"
        )
    assert invariants.check("INV-17").violations == 1


def test_an_identity_number_is_found_and_a_look_alike_is_not(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organisations_organisation SET address = '370602199001012214' WHERE parent_id IS NULL")
        assert invariants.check("INV-18").violations == 0
        cursor.execute("UPDATE organisations_organisation SET address = '370602199001012215' WHERE parent_id IS NULL")
    assert invariants.check("INV-18").examples == ("organisations_organisation.address",)
