"""A declaration and its evidence."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat, Greatest, Length, LPad

from xueshi.files.models import StoredFile
from xueshi.kernel.fields import hours_field
from xueshi.organisations.models import Organisation
from xueshi.people.models import Professional
from xueshi.reviews.models import ReviewCase

_ID = Cast("id", models.CharField())


class Declaration(models.Model):
    """Hours a person asks to be credited with. Its state is that of ``case``; without one it is a draft.

    ``organisation`` is the employer when it was last handed in: a later change of employer moves nothing. ``answers``
    holds what only people read; what code reads are columns. ``opened_in`` is the calendar year of its first saving.
    ``typed`` is the form as it stood when it last kept itself, half-typed values included; empty once it was saved.
    ``declaring_body`` is the unit that declared for the person; without one they declared themselves.
    """

    opened_in = models.PositiveSmallIntegerField()
    number = models.GeneratedField(
        expression=Concat(
            Value("SB-"),
            Cast("opened_in", models.CharField()),
            Value("-"),
            LPad(_ID, Greatest(Value(7), Length(_ID)), Value("0")),
        ),
        output_field=models.CharField("申报单号", max_length=20),
        db_persist=True,
    )
    person = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="declarations", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    portal = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField("计入年度")
    form = models.CharField("学习形式", max_length=40)
    subject = models.CharField("计入科目", max_length=20, default="", blank=True)
    hours_declared = hours_field(null=True)
    hours_recognised = hours_field(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    answers = models.JSONField(default=dict, blank=True)
    typed = models.JSONField(null=True, blank=True)
    rule = models.CharField(max_length=60)
    case = models.OneToOneField(ReviewCase, on_delete=models.PROTECT, null=True, related_name="declaration")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declaring_body = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    submission_key = models.CharField(max_length=48, null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="declaration_number_once"),
            models.UniqueConstraint(fields=["submission_key"], name="declaration_submission_key_once"),
            models.CheckConstraint(
                condition=Q(hours_declared=None) | Q(hours_declared__gt=0), name="declared_hours_positive"
            ),
            models.CheckConstraint(
                condition=Q(hours_recognised=None)
                | Q(hours_recognised__gt=0, hours_recognised__lte=F("hours_declared")),
                name="recognised_within_declared",
            ),
            models.CheckConstraint(
                condition=Q(case=None) | Q(hours_declared__isnull=False) & ~Q(subject=""), name="submitted_is_complete"
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None, ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="declared_period_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-changed_at"], condition=Q(deleted_at=None), name="declaration_own"),
            models.Index(fields=["organisation", "year"], name="declaration_unit_year"),
            models.Index(fields=["person", "year", "form"], name="declaration_used"),
        ]


class Evidence(models.Model):
    """One image of proof; the order is the person's."""

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "position"], name="evidence_place_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(fields=["declaration", "file"], name="evidence_file_once"),
        ]
