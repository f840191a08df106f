"""Uploads that no document came to hold: rows and bytes go when their time is over."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, ManyToOneRel, OuterRef, Q, QuerySet

from xueshi.files.models import StoredFile
from xueshi.files.services.storing import discard
from xueshi.kernel import clock

_AT_ONCE = 100
"""Files of one transaction, so that locks are held briefly."""


def clear_unused() -> int:
    """Remove uploads that nothing has held for as long as the settings say; returns how many.

    Whoever takes a file up locks it, so one that is about to be held is passed over; run twice it finds nothing more.
    """
    before = clock.now() - settings.RETENTION["unused_uploads"]
    cleared, after = 0, 0
    while found := _old_and_unused(before, after):
        after = found[-1]
        cleared += _clear(found)
    _clear_stray(before)
    return cleared


def _old_and_unused(before: datetime, after: int) -> list[int]:
    rows = _unused().filter(uploaded_at__lt=before, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:_AT_ONCE])


@transaction.atomic
def _clear(pks: Collection[int]) -> int:
    """Lock first, ask then: a document may have taken one up between the list and its lock."""
    rows = StoredFile.objects.select_for_update(no_key=False, skip_locked=True).filter(pk__in=pks).order_by("pk")
    locked = list(rows.values_list("pk", flat=True))
    still = list(_unused().filter(pk__in=locked).order_by("pk"))
    for file in still:
        discard(file)
    return len(still)


def _unused() -> QuerySet[StoredFile]:
    """Files to which no row of any table points, whoever owns the table."""
    held = Q(pk__in=[])
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):  # a OneToOneRel is one as well
            rows = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            held |= Q(Exists(rows))
    return StoredFile.objects.exclude(held)


def _clear_stray(before: datetime) -> None:
    """Bytes without a row: what a process left that was killed between the two."""
    for folder in sorted(Path(settings.FILES_ROOT).glob("??")):
        old = {path.stem: path for path in folder.iterdir() if path.stat().st_mtime < before.timestamp()}
        known = set(StoredFile.objects.filter(key__in=list(old)).values_list("key", flat=True)) if old else set()
        for key in old.keys() - known:
            old[key].unlink(missing_ok=True)
