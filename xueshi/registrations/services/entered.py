"""What a registration has brought into being, waiting for its review."""

from dataclasses import dataclass

from xueshi.accounts.models import User
from xueshi.organisations.models import Membership, Organisation
from xueshi.people.models import Professional


@dataclass(frozen=True, slots=True)
class Entered:
    """A person, and the hat, body and record that the role brings."""

    user: User
    organisation: Organisation | None = None
    membership: Membership | None = None
    professional: Professional | None = None
