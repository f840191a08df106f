"""Words for what an account is."""

from enum import StrEnum


class AccountState(StrEnum):
    """Whether an account exists for sign-in at all."""

    PENDING = "pending"
    """Entered at a registration that nobody has approved yet."""
    ACTIVE = "active"
    DISABLED = "disabled"
