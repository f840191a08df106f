"""The keys certificates are signed with, loaded once per process.

A key folder holds ``ca.pem``, ``signer.pem`` (the signing certificate), ``signer.key`` (its EC P-256 or RSA key),
``qr.key`` (Ed25519) and optionally ``trusted/*.pem``: certificates of retired signers, whose papers stay checkable.
In production the operator provides the folder (``settings.CERTIFICATE_KEYS``); in development it is made once.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from xueshi.kernel import clock

_FILES = ("ca.pem", "signer.pem", "signer.key", "qr.key")
_YEARS = timedelta(days=3650)

type SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs, and what is trusted when a paper comes back."""

    signer_key: SigningKey
    signer: x509.Certificate
    authority: x509.Certificate
    retired: tuple[x509.Certificate, ...]
    qr: ed25519.Ed25519PrivateKey


def keys() -> Keys:
    """The keys of this installation; ``ImproperlyConfigured`` names what is missing or unusable."""
    return _load(folder())


def folder() -> Path:
    """Where the keys lie: ``settings.CERTIFICATE_KEYS``, else a folder beside the other development secrets."""
    chosen = getattr(settings, "CERTIFICATE_KEYS", "")
    return Path(chosen) if chosen else Path(settings.HOME) / "secrets" / "certificates"


@lru_cache(maxsize=4)
def _load(root: Path) -> Keys:
    if not root.exists() and not settings.PRODUCTION:
        _make(root)
    missing = [name for name in _FILES if not (root / name).is_file()]
    if missing:
        message = f"certificate keys: {root} lacks {', '.join(missing)}"
        raise ImproperlyConfigured(message)
    signer_key = _private(root / "signer.key")
    qr = _private(root / "qr.key")
    if not isinstance(signer_key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise ImproperlyConfigured("certificate keys: signer.key must be an EC or RSA key")
    if not isinstance(qr, ed25519.Ed25519PrivateKey):
        raise ImproperlyConfigured("certificate keys: qr.key must be an Ed25519 key")
    signer = _certificate(root / "signer.pem")
    if signer.public_key() != signer_key.public_key():
        raise ImproperlyConfigured("certificate keys: signer.key does not belong to signer.pem")
    retired = tuple(_certificate(path) for path in sorted((root / "trusted").glob("*.pem")))
    return Keys(signer_key, signer, _certificate(root / "ca.pem"), retired, qr)


def _private(path: Path) -> object:
    return serialization.load_pem_private_key(path.read_bytes(), password=None)


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _make(root: Path) -> None:
    """A development authority and signer. Prepared aside and moved in whole: two processes starting at once agree."""
    root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix="certificates.", dir=root.parent))
    ca_key, signer_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _issue(_Subject("Xueshi development CA", ca_key, "Xueshi development CA", ca_key, is_authority=True))
    signer = _issue(_Subject("Xueshi certificate signer", signer_key, "Xueshi development CA", ca_key))
    for name, content in {
        "ca.pem": authority.public_bytes(serialization.Encoding.PEM),
        "signer.pem": signer.public_bytes(serialization.Encoding.PEM),
        "signer.key": _pem(signer_key),
        "qr.key": _pem(ed25519.Ed25519PrivateKey.generate()),
    }.items():
        handle = os.open(aside / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
    try:
        aside.rename(root)
    except OSError:
        if not root.is_dir():
            raise
        shutil.rmtree(aside)


def _pem(key: SigningKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@dataclass(frozen=True, slots=True)
class _Subject:
    name: str
    key: ec.EllipticCurvePrivateKey
    issuer: str
    issuer_key: ec.EllipticCurvePrivateKey
    is_authority: bool = False


def _issue(subject: _Subject) -> x509.Certificate:
    start = clock.now() - timedelta(days=1)
    authority = subject.is_authority
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(subject.issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject.name))
        .issuer_name(_name(subject.issuer))
        .public_key(subject.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _YEARS)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(subject.key.public_key()), critical=False)
        .add_extension(issuer_id, critical=False)
        .sign(subject.issuer_key, hashes.SHA256())
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
