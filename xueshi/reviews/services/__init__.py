"""What can be done besides deciding (``deciding``): open, send again, take back; keep lists and reasons."""

from xueshi.reviews.services.cases import Submission, acting, locked, note_foreign_row, open_case, resubmit, withdraw
from xueshi.reviews.services.reasons import ReasonDraft, delete_reason, save_reason
from xueshi.reviews.services.records import remove_record, restore_record

__all__ = [
    "ReasonDraft",
    "Submission",
    "acting",
    "delete_reason",
    "locked",
    "note_foreign_row",
    "open_case",
    "remove_record",
    "restore_record",
    "resubmit",
    "save_reason",
    "withdraw",
]
