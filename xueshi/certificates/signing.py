"""Ed25519 on the QR code, and what the two signatures share; the one on the paper is in ``pades``."""

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

from xueshi.certificates.keys import keys
from xueshi.certificates.payload import BadPayload, Payload, pack, unpack

MAX_UPLOAD: Final = 4 * 1024 * 1024
"""The largest file that is checked, in bytes."""

_QR_SIGNATURE: Final = 64


class NotOurs(ValueError):
    """The file or QR text was not signed by this platform, or was altered since."""


@dataclass(frozen=True, slots=True)
class QrKey:
    """What a verifier without network needs: the Ed25519 public key as PEM."""

    pem: str


def sign_payload(payload: Payload) -> str:
    """The payload followed by its Ed25519 signature, as URL-safe base64 without padding."""
    data = pack(payload)
    return base64.urlsafe_b64encode(data + keys().qr.sign(data)).rstrip(b"=").decode()


def open_payload(text: str) -> Payload:
    """The payload in a QR text; raises ``NotOurs`` when one sign of it differs from what we signed."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raise NotOurs from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise NotOurs
    data, signature = raw[:-_QR_SIGNATURE], raw[-_QR_SIGNATURE:]
    try:
        keys().qr.public_key().verify(signature, data)
        return unpack(data)
    except (InvalidSignature, BadPayload):
        raise NotOurs from None


def qr_key() -> QrKey:
    """The public half of the QR key, for offline verifiers."""
    pem = (
        keys().qr.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return QrKey(pem.decode())
