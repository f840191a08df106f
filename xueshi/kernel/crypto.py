"""Encryption of class-1 columns and keyed indexes to find them again (security C, P4)."""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"


@lru_cache(maxsize=4)
def _cipher(key: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"field:" + key.encode()).digest())


def encrypt(plain: str, *, context: str) -> bytes:
    """AES-256-GCM with a fresh nonce; ``context`` (the column) is authenticated, so a value cannot be moved."""
    nonce = os.urandom(12)
    return _VERSION + nonce + _cipher(settings.FIELD_KEY).encrypt(nonce, plain.encode(), context.encode())


def decrypt(sealed: bytes, *, context: str) -> str:
    """The plain text; raises ``cryptography.exceptions.InvalidTag`` when the bytes were altered."""
    return _cipher(settings.FIELD_KEY).decrypt(sealed[1:13], sealed[13:], context.encode()).decode()


def lookup_index(value: str, *, purpose: str) -> str:
    """A keyed digest under which an encrypted value is unique and can be looked up by its whole self."""
    digest = hmac.new(settings.INDEX_KEY.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()
