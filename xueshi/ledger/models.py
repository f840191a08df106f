"""The account of a person's year, the entries that fill it, and what changes its target."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from xueshi.kernel.fields import hours_field
from xueshi.kernel.triggers import append_only
from xueshi.ledger.states import Effect
from xueshi.people.models import Professional


class YearAccount(models.Model):
    """One person's year. Its row is locked while anything posts; sums and verdict change in that transaction."""

    person = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="accounts", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    portal = models.CharField(max_length=20)
    public_hours = hours_field(default=0)
    professional_hours = hours_field(default=0)
    elective_hours = hours_field(default=0)
    total_hours = models.GeneratedField(
        expression=F("public_hours") + F("professional_hours") + F("elective_hours"),
        output_field=models.DecimalField(max_digits=8, decimal_places=2),
        db_persist=True,
    )
    passed = models.BooleanField(default=False)
    verdict = models.JSONField(default=dict)
    rule = models.CharField(max_length=60, default="", blank=True)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "year"], name="one_account_a_year"),
            models.CheckConstraint(
                condition=Q(public_hours__gte=0, professional_hours__gte=0, elective_hours__gte=0),
                name="sums_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["portal", "year", "passed"])]

    @property
    def by_subject(self) -> dict[str, Decimal]:
        """The hours of each of ``SUBJECTS``."""
        return {
            "public": self.public_hours,
            "professional": self.professional_hours,
            "elective": self.elective_hours,
        }

    @property
    def sums(self) -> dict[str, Decimal]:
        """The hours by subject, and ``total``."""
        return self.by_subject | {"total": self.total_hours}

    @property
    def reached(self) -> bool:
        """Whether hours passed the year: a year without any target passes and certifies nothing."""
        return self.passed and not self.verdict.get("waived")


class LedgerEntry(models.Model):
    """Hours that came in or went out. Only ever added; a correction is an entry that reverses another (D1)."""

    account = models.ForeignKey(YearAccount, on_delete=models.PROTECT, related_name="entries")
    subject = models.CharField(max_length=20)
    form = models.CharField(max_length=40)
    hours = hours_field()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    source_kind = models.CharField(max_length=30)
    source_id = models.BigIntegerField()
    sequence = models.PositiveSmallIntegerField()
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    rule = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id", "sequence"], name="source_posts_once"),
            models.CheckConstraint(
                condition=Q(reverses=None, hours__gt=0) | Q(reverses__isnull=False, hours__lt=0),
                name="reversal_is_negative",
            ),
            models.CheckConstraint(condition=~Q(reverses=F("id")), name="entry_not_own_reversal"),
        ]
        triggers = [append_only()]


class TargetChange(models.Model):
    """What an approved event does to the targets of a person's years. Only ever added, like an entry.

    ``first_year`` and ``last_year`` bound the years concerned, empty leaving that side open. A change that is taken
    back is named by another row, so that every past day can be told.
    """

    person = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="target_changes")
    effect = models.CharField(max_length=10)
    amount = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    first_year = models.PositiveSmallIntegerField(null=True)
    last_year = models.PositiveSmallIntegerField(null=True)
    label = models.CharField(max_length=80)
    source_kind = models.CharField(max_length=30)
    source_id = models.BigIntegerField()
    sequence = models.PositiveSmallIntegerField()
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id", "sequence"], name="source_changes_once"),
            models.CheckConstraint(
                condition=Q(effect__in=[effect.value for effect in Effect]), name="change_effect_known"
            ),
            models.CheckConstraint(condition=~Q(reverses=F("id")), name="change_not_own_reversal"),
        ]
        indexes = [models.Index(fields=["person", "first_year"])]
        triggers = [append_only()]
