"""The audit chain: append-only in the database, tampering seen (OP-08, AZ-15)."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests import small_world as make
from tests.conftest import triggers_off
from xueshi.audit import services
from xueshi.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_fresh_chain_verifies() -> None:
    make.build()
    assert services.verify_chain() is None
    assert AuditEntry.objects.count() > 10


@pytest.mark.parametrize("statement", ["UPDATE audit_auditentry SET action = 'x'", "DELETE FROM audit_auditentry"])
def test_the_database_refuses_changes(statement: str) -> None:
    make.build()
    before = AuditEntry.objects.count()
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        _sql(statement)
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("UPDATE audit_auditentry SET action = 'x' WHERE sequence = 3", 3),
        ("DELETE FROM audit_auditentry WHERE sequence = 3", 4),
        ("UPDATE audit_auditentry SET sequence = CASE sequence WHEN 3 THEN -4 ELSE -3 END WHERE sequence IN (3, 4);"
         "UPDATE audit_auditentry SET sequence = -sequence WHERE sequence < 0", 3),
    ],
)  # fmt: skip
def test_tampering_by_the_owner_of_the_database_is_seen(statement: str, first_bad: int) -> None:
    make.build()
    with triggers_off():
        _sql(statement)
    assert services.verify_chain() == first_bad
