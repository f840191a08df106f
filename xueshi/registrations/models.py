"""What somebody sent in to become a user, a professional or a body."""

from django.conf import settings
from django.db import models

from xueshi.files.models import StoredFile
from xueshi.organisations.models import Membership, Organisation
from xueshi.people.models import Professional
from xueshi.reviews.models import ReviewCase


class Registration(models.Model):
    """One registration as it was submitted.

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
    agreement_version = models.CharField(max_length=20, default="", blank=True)
    agreed_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=10, default="web")
    submission_key = models.CharField(max_length=48, unique=True)
    request_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["portal", "role", "created_at"])]


class RegistrationFile(models.Model):
    """A scan handed in with a registration; ``purpose`` is the field it answers."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "purpose", "position"], name="registration_file_place_once")
        ]


class HiddenRecord(models.Model):
    """A reviewed record that somebody took off their list (REV-06): history and audit keep it."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="hidden")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration", "user"], name="record_hidden_once")]
