"""A stored file."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class StoredFile(models.Model):
    """Bytes on disk, known by digest. Never changed after it is written (D12).

    ``likeness`` is how an image looks, as 64 bits (``rules.likeness``); null for anything but a picture to compare.
    """

    key = models.CharField(max_length=48, unique=True)
    digest = models.CharField(max_length=64, db_index=True)
    source_digest = models.CharField(max_length=64, db_index=True)
    content_type = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    likeness = models.BigIntegerField(null=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="file_not_empty")]
