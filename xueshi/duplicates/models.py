"""What claims that stand may have in common."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from xueshi.kernel.fields import hours_field
from xueshi.people.models import Professional


class Trace(models.Model):
    """One feature of a claim that waits or counts; a claim that is refused, taken back or revoked leaves none.

    ``value`` is a digest of kind and spelling, empty for dates and pictures. ``own``, ``others``, ``most`` and ``pool``
    are the rule of the day it was claimed. ``scope`` is the year a yearly feature counts for, else nought. ``counted``:
    the hours are in the account; they are then what was recognised.
    """

    source_kind = models.CharField(max_length=30)
    source_id = models.BigIntegerField()
    person = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    batch = models.CharField(max_length=64, default="", blank=True)
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=64, default="", blank=True)
    own = models.CharField(max_length=10)
    others = models.CharField(max_length=10)
    scope = models.PositiveSmallIntegerField(default=0)
    place = models.PositiveSmallIntegerField(default=0)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    picture = models.BigIntegerField(null=True)
    bands = ArrayField(models.IntegerField(), null=True)
    distance = models.PositiveSmallIntegerField(null=True)
    hours = hours_field()
    most = hours_field(null=True)
    pool = hours_field(null=True)
    counted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["value", "person", "scope"], condition=Q(own="refuse") & ~Q(value=""), name="once_a_person"
            ),
        ]
        indexes = [
            models.Index(fields=["source_kind", "source_id"], name="trace_of_source"),
            models.Index(fields=["value"], condition=~Q(value=""), name="trace_value"),
            models.Index(fields=["person", "starts_on"], condition=Q(kind="days"), name="trace_days"),
            GinIndex(fields=["bands"], condition=Q(kind="picture"), name="trace_bands"),
        ]
