"""Writing accounts: hours in and out, targets changed and put back. All of it under the locks of the accounts."""

from xueshi.ledger.services.books import on_change
from xueshi.ledger.services.posting import Posting, PostingReport, post_many, reverse
from xueshi.ledger.services.targets import Shift, change_targets, restore_targets

__all__ = [
    "Posting",
    "PostingReport",
    "Shift",
    "change_targets",
    "on_change",
    "post_many",
    "restore_targets",
    "reverse",
]
