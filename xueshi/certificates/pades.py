"""PAdES-B-B on the paper, checked again when a paper comes back.

A returned file never reaches a PDF parser. A paper of ours is one signature over every byte but its own place, so the
check works on bytes: one byte range that reaches from the first to the last byte, a hole that holds nothing but the
signature in the very digits we wrote, a digest that fits, a signer we know. Any other file is not ours.

pyHanko brings an HTTP client and takes a third of the program's start; whoever needs this module imports it in the
function that signs or checks.
"""

import hashlib
import io
import re
from datetime import datetime
from functools import lru_cache
from typing import Final

from asn1crypto import cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator.registry import CertificateStore, SimpleCertificateStore

from xueshi.certificates.keys import Keys, SigningKey, keys
from xueshi.certificates.signing import MAX_UPLOAD, NotOurs

_FIELD: Final = "Xueshi"
# Room for the signature in hexadecimal digits; with two certificates P-256 takes some 2,600, RSA-4096 some 9,500.
_ROOM_EC: Final = 4_096
_ROOM_RSA: Final = 12_288
_BYTE_RANGE: Final = re.compile(rb"/ByteRange \[0 ([0-9]{1,8}) ([0-9]{1,8}) ([0-9]{1,8}) *\]")
_HOLE: Final = re.compile(rb"<([0-9A-F]+)>")


def sign_pdf(pdf: bytes, moment: datetime) -> bytes:
    """The PDF with a certifying PAdES-B-B signature over all of it; no later change is permitted (DocMDP level 1)."""
    room = _ROOM_EC if isinstance(keys().signer_key, ec.EllipticCurvePrivateKey) else _ROOM_RSA
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    signed: io.BytesIO = _Signing(moment).sign_pdf(writer, bytes_reserved=room)
    return signed.getvalue()


def digest_of_genuine(pdf: bytes) -> str:
    """The SHA-256 of a file that we signed and nobody altered; raises ``NotOurs`` for every other file."""
    covered, signature = _split(pdf)
    if not _is_signed_by_us(covered, signature):
        raise NotOurs
    return hashlib.sha256(pdf).hexdigest()


class _PreloadedSigner(signers.SimpleSigner):
    """Signs with a key object kept in memory; the base class parses the key anew for every signature."""

    def __init__(self, held: Keys) -> None:
        chain = [_asn1(held.authority)]
        store: CertificateStore = SimpleCertificateStore.from_certs(chain)  # type: ignore[no-untyped-call]  # no hints
        self._held = held.signer_key
        super().__init__(
            signing_cert=_asn1(held.signer),
            signing_key=asn1_keys.PrivateKeyInfo.load(_der(held.signer_key)),
            cert_registry=store,
            embed_roots=False,
        )

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """The bare signature of ``data``; digests other than SHA-256 are not used here."""
        if digest_algorithm != "sha256":
            return super().sign_raw(data, digest_algorithm)
        if isinstance(self._held, ec.EllipticCurvePrivateKey):
            return self._held.sign(data, ec.ECDSA(hashes.SHA256()))
        return self._held.sign(data, padding.PKCS1v15(), hashes.SHA256())


class _Signing(signers.PdfSigner):
    """One signing at a given moment: the database's clock decides, not the host's."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        super().__init__(
            signers.PdfSignatureMetadata(
                field_name=_FIELD,
                md_algorithm="sha256",
                subfilter=SigSeedSubFilter.PADES,
                certify=True,
                docmdp_permissions=MDPPerm.NO_CHANGES,
            ),
            _signer(keys()),
        )

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._moment
        return session


@lru_cache(maxsize=2)
def _signer(held: Keys) -> _PreloadedSigner:
    return _PreloadedSigner(held)


def _split(pdf: bytes) -> tuple[bytes, bytes]:
    """The signed bytes and the signature; the hole must be exactly the signature's hexadecimal string."""
    if not pdf.startswith(b"%PDF-") or len(pdf) > MAX_UPLOAD:
        raise NotOurs
    ranges = _BYTE_RANGE.findall(pdf)
    if len(ranges) != 1:
        raise NotOurs
    start, end, tail = (int(value) for value in ranges[0])
    if end + tail != len(pdf) or not 0 < start < end:
        raise NotOurs
    hole = _HOLE.fullmatch(pdf[start:end])
    if hole is None or len(hole[1]) % 2:
        raise NotOurs
    return pdf[:start] + pdf[end:], bytes.fromhex(hole[1].decode())


def _is_signed_by_us(covered: bytes, padded: bytes) -> bool:
    try:
        content = cms.ContentInfo.load(padded)
        signature = content.dump()
        if padded[len(signature) :].strip(b"\0"):
            return False
        if signature != _rebuilt(content["content"]):
            return False
        (signer_info,) = content["content"]["signer_infos"]
        digest = hashlib.sha256(covered).digest()
        algorithm = signer_info["digest_algorithm"]["algorithm"].native
        return algorithm == "sha256" and any(_fits(signer_info, known, digest) for known in _known(keys()))
    except (ValueError, TypeError, KeyError, SignatureValidationError):
        return False


def _rebuilt(signed: cms.SignedData) -> bytes:
    """The signature as we would have written it: what the signer does not sign (certificates, headers) is ours too."""
    (info,) = signed["signer_infos"]
    known = {certificate.dump() for certificate in (*_known(keys()), _asn1(keys().authority))}
    embedded = [choice.chosen for choice in signed["certificates"]]
    kept = [certificate for certificate in embedded if certificate.dump() in known]
    rebuilt = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms([{"algorithm": "sha256"}]),
            "encap_content_info": {"content_type": "data"},
            "certificates": kept,
            "signer_infos": [
                cms.SignerInfo(
                    {
                        "version": "v1",
                        "sid": info["sid"],
                        "digest_algorithm": {"algorithm": "sha256"},
                        "signed_attrs": info["signed_attrs"],
                        "signature_algorithm": {"algorithm": info["signature_algorithm"]["algorithm"].native},
                        "signature": info["signature"].native,
                    }
                )
            ],
        }
    )
    whole: bytes = cms.ContentInfo({"content_type": "signed_data", "content": rebuilt}).dump()
    return whole


def _fits(signer_info: cms.SignerInfo, known: asn1_x509.Certificate, digest: bytes) -> bool:
    """Whether this signer signed that digest; ``SignatureValidationError`` when the signature names another signer."""
    if signer_info["sid"].chosen.native != _issuer_and_serial(known):
        return False
    intact, valid = validate_sig_integrity(signer_info, known, "data", digest)
    return intact and valid


def _issuer_and_serial(certificate: asn1_x509.Certificate) -> object:
    identifier = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
    return identifier.native


def _known(held: Keys) -> tuple[asn1_x509.Certificate, ...]:
    return tuple(_asn1(certificate) for certificate in (held.signer, *held.retired))


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _der(key: SigningKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
