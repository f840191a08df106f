"""Makes requirement events known to reviews, and their effects readable in the ledger."""

from django.apps import AppConfig


class AdjustmentsConfig(AppConfig):
    """Requirement events."""

    name = "xueshi.adjustments"

    def ready(self) -> None:
        """Register what the lower apps call back."""
        from xueshi.adjustments import rules, selectors  # noqa: PLC0415 - models are loaded only now
        from xueshi.adjustments.services import settling  # noqa: PLC0415 - as above
        from xueshi.ledger import selectors as ledger  # noqa: PLC0415 - as above
        from xueshi.reviews import kinds  # noqa: PLC0415 - as above

        kinds.register(settling.KIND)
        ledger.describe_sources(rules.KIND, selectors.described)
