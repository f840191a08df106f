"""Start of the app: make the document kind known to reviews, and its postings readable to the ledger."""

from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    """Hours declared."""

    name = "xueshi.declarations"

    def ready(self) -> None:
        """Register what the lower apps call back."""
        from xueshi.declarations import selectors  # noqa: PLC0415 - models are loaded only now
        from xueshi.declarations.services import settling  # noqa: PLC0415 - as above
        from xueshi.duplicates import selectors as duplicates  # noqa: PLC0415 - as above
        from xueshi.ledger import selectors as ledger  # noqa: PLC0415 - as above
        from xueshi.reviews import kinds  # noqa: PLC0415 - as above

        kinds.register(settling.KIND)
        ledger.describe_sources(settling.SOURCE, selectors.described)
        ledger.list_uncounted(selectors.not_counted)
        duplicates.describe(settling.SOURCE, selectors.seen_beside)
