"""A requirement event and its proof."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from xueshi.files.models import StoredFile
from xueshi.organisations.models import Organisation
from xueshi.people.models import Professional
from xueshi.policies.events import EventKind
from xueshi.reviews.models import ReviewCase


class Adjustment(models.Model):
    """An event that a person says has happened to one of their years.

    ``amount`` is hours, or with the measure ``share`` a part of 0 to 1. ``live``: pending or in force; what was
    refused, withdrawn or revoked makes room for another. ``revoked_at`` is a later look that found an approval wrong.
    """

    person = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="adjustments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    portal = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("调整类型", max_length=10)
    reason = models.CharField("调整原因", max_length=40)
    measure = models.CharField(max_length=6, default="", blank=True)
    amount = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("结束日期")
    explanation = models.CharField("情况说明", max_length=300, default="", blank=True)
    rule = models.CharField(max_length=60)
    case = models.OneToOneField(ReviewCase, on_delete=models.PROTECT, null=True, related_name="adjustment")
    live = models.BooleanField(default=True)
    submission_key = models.CharField(max_length=48, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_because = models.CharField("取消原因", max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "year", "kind"], condition=Q(live=True), name="one_live_adjustment_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EventKind]), name="adjustment_kind_known"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="adjustment_in_order"),
            models.CheckConstraint(
                condition=Q(measure="", amount=None)
                | Q(measure="hours", amount__gt=0)
                | Q(measure="share", amount__gt=0, amount__lte=1),
                name="adjustment_measured",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, live=False),
                name="revoked_is_not_live",
            ),
        ]
        indexes = [models.Index(fields=["person", "-created_at"], name="adjustment_own")]


class Proof(models.Model):
    """One image of proof, in the person's order."""

    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="proofs")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adjustment", "position"], name="proof_place_once"),
            models.UniqueConstraint(fields=["adjustment", "file"], name="proof_file_once"),
        ]
