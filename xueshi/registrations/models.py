"""What somebody sent in to become a user, a professional or a body."""

from django.conf import settings
from django.db import models

from xueshi.files.models import StoredFile
from xueshi.kernel.triggers import append_only
from xueshi.organisations.models import Membership, Organisation
from xueshi.people.models import Professional
from xueshi.reviews.models import ReviewCase


class Registration(models.Model):
    """One registration as it was last submitted; what stood in earlier rounds is in ``EarlierRound``.

    ``kind`` is the key of the way in (pack), ``role`` what the person becomes. ``organisation`` is the new body, or the
    body that a professional joins; a bare account has none. Without ``case`` it took effect at once. ``answers`` holds
    neither passwords nor numbers of class 1: those are columns of the account.
    """

    kind = models.CharField(max_length=30)
    role = models.CharField(max_length=14)
    portal = models.CharField(max_length=20)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="registrations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="registrations")
    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, null=True, related_name="registration")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, null=True, related_name="registrations")
    case = models.OneToOneField(ReviewCase, on_delete=models.PROTECT, null=True, related_name="registration")
    answers = models.JSONField(default=dict)
    round = models.PositiveSmallIntegerField(default=1)
    submission_key = models.CharField(max_length=48, unique=True)
    request_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["portal", "role", "created_at"])]


class EarlierRound(models.Model):
    """What a refused registration said before it was corrected and handed in again (REV-12)."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="earlier")
    round = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    answers = models.JSONField(default=dict)
    request_digest = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration", "round"], name="earlier_round_once")]
        triggers = [append_only()]


class Consent(models.Model):
    """One box that the registrant ticked: which text in which version, when and by which channel (security C7).

    ``subject`` is the field of the form: undertaking, agreement, sensitive.
    """

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="consents")
    round = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=12)
    version = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration", "round", "subject"], name="consent_once")]
        triggers = [append_only()]


class RegistrationFile(models.Model):
    """A scan handed in with a registration, in one of its rounds; ``purpose`` is the field it answers."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    purpose = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "round", "purpose", "position"], name="registration_file_place_once"
            )
        ]
