"""What claims that stand may have in common."""

from django.db import models
from django.db.models import Q

from xueshi.kernel.fields import hours_field
from xueshi.people.models import Professional


class Trace(models.Model):
    """One feature of a claim that waits or counts; a claim that is refused, taken back or revoked leaves none.

    ``value`` is a digest of kind and spelling, empty for dates and pictures. ``own``, ``others``, ``most`` and ``pool``
    are the rule of the day it was claimed. ``scope`` is the year a yearly feature counts for, else nought. ``counted``:
    the hours are in the account; they are then what was recognised. The bands of a picture are columns of their own,
    because of them the database knows how rare a value is; of an array it does not, and reads everything.
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
    band_0 = models.IntegerField(null=True)
    band_1 = models.IntegerField(null=True)
    band_2 = models.IntegerField(null=True)
    band_3 = models.IntegerField(null=True)
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
            *(
                models.Index(fields=[band], condition=Q(kind="picture"), name=f"trace_{band}")
                for band in ("band_0", "band_1", "band_2", "band_3")
            ),
        ]
