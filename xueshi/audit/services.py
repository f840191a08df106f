"""Writing and verifying the audit chain."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from xueshi.audit import rules
from xueshi.audit.models import AuditEntry
from xueshi.kernel import clock

_CHAIN_LOCK = 7_301_001
source: ContextVar[str] = ContextVar("audit_source", default="")
"""The address the present request comes from; set by the middleware, empty in jobs."""


@dataclass(frozen=True, slots=True)
class Act:
    """One privileged act: the action's name, the record, and what changed (never class-1 values)."""

    action: str
    object_kind: str
    object_id: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: ids only, so that nothing personal is copied."""

    user_id: int | None
    organisation_id: int | None = None


def record(by: By, action: str, obj: Any, **details: Any) -> None:
    """Record one act on a model instance; call it last in the transaction, for the chain is locked until commit."""
    record_many(by, [Act(action, obj._meta.label_lower, str(obj.pk), details)])


@transaction.atomic
def record_many(by: By, acts: Iterable[Act]) -> None:
    """Append acts to the chain in order."""
    acts = list(acts)
    if not acts:
        return
    with connection.cursor() as cursor:  # rule 6: the chain is a listed module
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    last = AuditEntry.objects.order_by("-sequence").values_list("sequence", "digest").first()
    sequence, previous = last or (0, rules.GENESIS)
    entries, moment = [], clock.now()
    for act in acts:
        sequence += 1
        entry = AuditEntry(
            sequence=sequence,
            at=moment,
            user_id=by.user_id,
            organisation_id=by.organisation_id,
            action=act.action,
            object_kind=act.object_kind,
            object_id=act.object_id,
            source=source.get(),
            details=act.details,
            previous=previous,
        )
        entry.digest = previous = rules.digest(settings.AUDIT_KEY, previous, _body(entry))
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries)


def verify_chain() -> int | None:
    """Walk the whole chain; the sequence number of the first bad entry, or ``None`` when it verifies."""
    previous, expected = rules.GENESIS, 1
    for entry in AuditEntry.objects.order_by("sequence").iterator(chunk_size=2000):
        good = entry.sequence == expected and entry.previous == previous
        if not good or entry.digest != rules.digest(settings.AUDIT_KEY, previous, _body(entry)):
            return entry.sequence
        previous, expected = entry.digest, expected + 1
    return None


def _body(entry: AuditEntry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "user": entry.user_id,
        "organisation": entry.organisation_id,
        "action": entry.action,
        "kind": entry.object_kind,
        "id": entry.object_id,
        "source": entry.source,
        "details": entry.details,
    }
