"""Writing registrations: one door, ``submit``; what a review does with them is in ``outcomes``."""

from xueshi.registrations.services.drafts import RegistrationDraft
from xueshi.registrations.services.records import hide_record
from xueshi.registrations.services.submitting import submit

__all__ = ["RegistrationDraft", "hide_record", "submit"]
