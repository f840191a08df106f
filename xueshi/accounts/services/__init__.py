"""Writing accounts: opening them, proving whose they are, changing what they are known by."""

from xueshi.accounts.services.contacts import ContactDraft, change_contact, confirm_contact
from xueshi.accounts.services.entering import AccountDraft, NumberTaken, activate, sign_up
from xueshi.accounts.services.passwords import change_password, check_password, confirm_password, end_resets
from xueshi.accounts.services.proving import (
    ALL_DOCUMENTS,
    BY_ACCOUNT,
    BY_SOURCE,
    BY_STRANGERS,
    THROTTLED,
    Credentials,
    Freeze,
    Frozen,
    WrongCredentials,
    find,
    reopen,
    verify_credentials,
    verify_existing,
)

__all__ = [
    "ALL_DOCUMENTS", "BY_ACCOUNT", "BY_SOURCE", "BY_STRANGERS", "THROTTLED", "AccountDraft", "ContactDraft",
    "Credentials", "Freeze", "Frozen", "NumberTaken", "WrongCredentials", "activate", "change_contact",
    "change_password", "check_password", "confirm_contact", "confirm_password", "end_resets", "find", "reopen",
    "sign_up", "verify_credentials", "verify_existing",
]  # fmt: skip
