"""Writing and verifying the audit chain."""

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from xueshi.audit import rules
from xueshi.audit.models import AuditEntry
from xueshi.kernel import clock, many

_CHAIN_LOCK = 7_301_001
_LAST = f"SELECT sequence, digest FROM {AuditEntry._meta.db_table} ORDER BY sequence DESC LIMIT 1"  # noqa: S608 - our own
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


@transaction.atomic(savepoint=False)  # kept or lost with the deed it tells of
def record_many(by: By, acts: Iterable[Act]) -> None:
    """Append acts to the chain in order."""
    acts = list(acts)
    if not acts:
        return
    with connection.cursor() as cursor:  # rule 6: the chain is a listed module
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        cursor.execute(_LAST)
        sequence, previous = cursor.fetchone() or (0, rules.GENESIS)
    alike: dict[str, Any] = {
        "at": clock.now(), "user_id": by.user_id, "organisation_id": by.organisation_id, "source": source.get(),
    }  # fmt: skip
    many.insert(AuditEntry, list(_chained(acts, alike, sequence, previous)), alike)


def _chained(acts: Iterable[Act], alike: dict[str, Any], sequence: int, previous: str) -> Iterator[dict[str, Any]]:
    """The rows of acts, each with the digest of its predecessor and its own."""
    for place, act in enumerate(acts, start=sequence + 1):
        row = {
            "sequence": place, "action": act.action, "object_kind": act.object_kind, "object_id": act.object_id,
            "details": act.details,
        }  # fmt: skip
        digest = rules.digest(settings.AUDIT_KEY, previous, _body(alike | row))
        yield row | {"previous": previous, "digest": digest}
        previous = digest


def verify_chain() -> int | None:
    """Walk the whole chain; the sequence number of the first bad entry, or ``None`` when it verifies."""
    previous, expected = rules.GENESIS, 1
    for entry in AuditEntry.objects.order_by("sequence").iterator(chunk_size=2000):
        good = entry.sequence == expected and entry.previous == previous
        if not good or entry.digest != rules.digest(settings.AUDIT_KEY, previous, _body(vars(entry))):
            return entry.sequence
        previous, expected = entry.digest, expected + 1
    return None


def _body(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sequence": entry["sequence"],
        "at": entry["at"].isoformat(),
        "user": entry["user_id"],
        "organisation": entry["organisation_id"],
        "action": entry["action"],
        "kind": entry["object_kind"],
        "id": entry["object_id"],
        "source": entry["source"],
        "details": entry["details"],
    }
