"""Start-up: certificates follow the ledger."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Registers the revision of certificates with the ledger."""

    name = "xueshi.certificates"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Postings and reversals look at the certificates of their years."""
        from xueshi.certificates import selectors, services  # noqa: PLC0415 - models are not ready before this
        from xueshi.ledger import services as ledger  # noqa: PLC0415 - models are not ready before this
        from xueshi.people import selectors as people  # noqa: PLC0415 - models are not ready before this

        ledger.on_change(services.review_after_ledger_change)
        people.describe_certificates(selectors.latest_number)
