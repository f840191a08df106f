"""Random values that cannot be guessed."""

import secrets


def token(bits: int = 128) -> str:
    """A URL-safe random token of at least ``bits`` bits."""
    return secrets.token_urlsafe((bits + 7) // 8)
