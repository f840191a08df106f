"""The answer to "may I?": yes, or no with a reason the page can show."""

from dataclasses import dataclass
from typing import Final

from xueshi.kernel.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no; a no carries its reason in the user's words."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Raise ``NotAllowed`` with the reason when the answer is no."""
        if not self.allowed:
            raise NotAllowed(self.reason)


ALLOW: Final = Decision(allowed=True)


def deny(reason: str) -> Decision:
    """Return a no with its reason."""
    return Decision(allowed=False, reason=reason)
