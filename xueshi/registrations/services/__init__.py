"""Writing registrations: one door, ``submit``; what a review does with them is in ``outcomes``."""

from xueshi.registrations.services.closing import close_review, open_review
from xueshi.registrations.services.drafts import RegistrationDraft
from xueshi.registrations.services.entering import Known, enter_known
from xueshi.registrations.services.submitting import OldAgreement, submit
from xueshi.registrations.services.withdrawing import take_back

__all__ = [
    "Known", "OldAgreement", "RegistrationDraft", "close_review", "enter_known", "open_review", "submit", "take_back",
]  # fmt: skip
