"""Random values that cannot be guessed."""

import re
import secrets

_SENT_BACK = re.compile(r"[A-Za-z0-9_-]{1,44}")


def token(bits: int = 128) -> str:
    """A URL-safe random token of at least ``bits`` bits."""
    return secrets.token_urlsafe((bits + 7) // 8)


def sent_back(text: str) -> str:
    """The token that a form sends back; anything that cannot be one, such as a NUL, counts as none (IN-02)."""
    return text if _SENT_BACK.fullmatch(text) else ""
