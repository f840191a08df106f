"""What can be done besides deciding (``deciding``): open, send again, take back; keep lists and reasons."""

from xueshi.reviews.services.cases import (
    Submission,
    acting,
    locked,
    note_foreign_row,
    open_case,
    open_cases,
    resubmit,
    withdraw,
)
from xueshi.reviews.services.entrusting import Entrusting, entrust, take_back
from xueshi.reviews.services.reasons import ReasonDraft, delete_reason, save_reason
from xueshi.reviews.services.records import remove_record, restore_record
from xueshi.reviews.services.redirecting import bring_back, move_up, planned

__all__ = [
    "Entrusting",
    "ReasonDraft",
    "Submission",
    "acting",
    "bring_back",
    "delete_reason",
    "entrust",
    "locked",
    "move_up",
    "note_foreign_row",
    "open_case",
    "open_cases",
    "planned",
    "remove_record",
    "restore_record",
    "resubmit",
    "save_reason",
    "take_back",
    "withdraw",
]
