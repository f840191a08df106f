"""Certificates and the log of who looked them up."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from xueshi.certificates.rules import Figures
from xueshi.certificates.states import CertificateKind, CertificateState
from xueshi.files.models import StoredFile
from xueshi.ledger.models import YearAccount


class Certificate(models.Model):
    """One paper as it was issued. A correction is a new row with the next ``edition``; the old one stays, superseded.

    ``facts`` are the frozen ``rules.Figures``; the document number in them is masked, so no class-1 value is kept.
    """

    account = models.ForeignKey(YearAccount, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=10, default=CertificateKind.ANNUAL)
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
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in CertificateKind]), name="certificate_kind_known"
            ),
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
