"""Certificates, the log of their checks, and the printing of many at once."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from xueshi.certificates.rules import Figures
from xueshi.certificates.states import CertificateState
from xueshi.files.models import StoredFile
from xueshi.ledger.models import YearAccount
from xueshi.organisations.models import Membership
from xueshi.policies.papers import ANNUAL


class Certificate(models.Model):
    """One paper as it was issued. A correction is a new row with the next ``edition``; the old one stays, superseded.

    ``kind`` is the key of a certificate in the year's rules; ``supersedes`` is the edition before, whether this one
    took its place or it had been revoked. ``facts`` are the frozen ``rules.Figures``; the document number in them is
    masked, so no class-1 value is kept.
    """

    account = models.ForeignKey(YearAccount, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=20, default=ANNUAL)
    edition = models.PositiveSmallIntegerField(default=1)
    number = models.CharField("证书编号", max_length=22, unique=True)
    code = models.CharField("查验码", max_length=16, unique=True)
    facts = models.JSONField()
    state = models.CharField(max_length=10, default=CertificateState.VALID)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("发证时间")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"], condition=Q(state="valid"), name="one_valid_certificate"
            ),
            models.UniqueConstraint(fields=["account", "kind", "edition"], name="certificate_edition_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CertificateState]), name="certificate_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z][a-z0-9_]*$"), name="certificate_kind_is_a_key"),
            models.CheckConstraint(
                condition=Q(state="valid", ended_at=None) | (~Q(state="valid") & Q(ended_at__gte=F("issued_at"))),
                name="certificate_ended_when_not_valid",
            ),
        ]
        indexes = [models.Index(fields=["account", "state"])]

    @property
    def figures(self) -> Figures:
        """What the paper states."""
        return Figures.from_json(self.facts)

    @property
    def is_valid(self) -> bool:
        """Whether the paper still stands."""
        return self.state == CertificateState.VALID


class LookupLog(models.Model):
    """Somebody checked a certificate. Tells the holder when and how, and nothing about the reader."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="lookups")
    at = models.DateTimeField()
    way = models.CharField(max_length=8)

    class Meta:
        indexes = [models.Index(fields=["certificate", "at"])]


class PrintRun(models.Model):
    """A unit's certificates printed as one file: the years chosen, what came of each, and the file while it lasts.

    ``items`` are years (accounts) in the order they were shown, ``papers`` the certificates printed so far. A run that
    was never started is a question nobody answered. ``result`` goes when ``expires_at`` is over.
    """

    token = models.CharField(max_length=48, unique=True)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    items = models.JSONField()
    kind = models.CharField(max_length=20, default="", blank=True)
    form = models.CharField(max_length=4, default="", blank=True)
    processed = models.PositiveIntegerField(default=0)
    papers = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    result = models.OneToOneField(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(started_at__isnull=False, finished_at=None),
                name="one_print_run_at_work",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(started_at__isnull=False, expires_at__isnull=False),
                name="print_run_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["membership", "created_at"])]

    @property
    def total(self) -> int:
        """How many years were chosen."""
        return len(self.items)
