"""Entries of the audit chain."""

from django.conf import settings
from django.db import models

from xueshi.kernel.triggers import append_only


class AuditEntry(models.Model):
    """Who did what to which record, when and from where; each entry's digest covers its predecessor's."""

    sequence = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    organisation_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    source = models.CharField(max_length=45, default="", blank=True)
    details = models.JSONField(default=dict, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["object_kind", "object_id"]),
            models.Index(fields=["user", "at"]),
        ]
        triggers = [append_only()]
