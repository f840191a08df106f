"""The facts inside the QR code, packed small enough to scan from paper.

Layout, big-endian, before signing: version(1) = 1, region(3), year(2), kind(1), serial(4), edition(1), code(10), day of
issue as days since 2000-01-01 (2), then public, professional and total hours in hundredths as LEB128 numbers, then
masked name and the visible ends of the document number as UTF-8, each led by its length in one byte. A verifier needs
only this table and the public key: no network.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from xueshi.certificates.rules import CODE_ALPHABET, CODE_BITS, CertificateNumber

_VERSION: Final = 1
_EPOCH: Final = date(2000, 1, 1)
_CODE_BYTES: Final = CODE_BITS // 8
_HUNDREDTHS: Final = Decimal(100)


class BadPayload(ValueError):
    """The bytes are not a payload of ours."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What the paper states, masked; ``edition`` counts the corrected versions of one certificate from 1.

    ``document_ends`` are the signs that masking leaves visible (``370***********2215`` → ``3702215``).
    """

    number: CertificateNumber
    edition: int
    code: str
    issued_on: date
    public: Decimal
    professional: Decimal
    total: Decimal
    name: str
    document_ends: str


def pack(payload: Payload) -> bytes:
    """The payload as bytes; ``BadPayload`` when a value does not fit its place."""
    number = payload.number
    try:
        return b"".join(
            (
                _VERSION.to_bytes(1, "big"),
                int(number.region).to_bytes(3, "big"),
                number.year.to_bytes(2, "big"),
                number.kind.to_bytes(1, "big"),
                number.serial.to_bytes(4, "big"),
                payload.edition.to_bytes(1, "big"),
                _code_number(payload.code).to_bytes(_CODE_BYTES, "big"),
                (payload.issued_on - _EPOCH).days.to_bytes(2, "big"),
                *(_hours(value) for value in (payload.public, payload.professional, payload.total)),
                _text(payload.name),
                _text(payload.document_ends),
            )
        )
    except OverflowError as error:
        raise BadPayload from error


def unpack(data: bytes) -> Payload:
    """The payload in ``data``; ``BadPayload`` for anything that ``pack`` would not have written."""
    reader = _Reader(data)
    try:
        if reader.number(1) != _VERSION:
            raise BadPayload
        payload = _read(reader)
    except (ValueError, OverflowError, UnicodeDecodeError) as error:
        raise BadPayload from error
    if reader.rest or pack(payload) != data:
        raise BadPayload
    return payload


def _read(reader: "_Reader") -> Payload:
    region, year = f"{reader.number(3):06d}", reader.number(2)
    kind, serial = reader.number(1), reader.number(4)
    return Payload(
        number=CertificateNumber(region, year, kind, serial),
        edition=reader.number(1),
        code=_code_text(reader.number(_CODE_BYTES)),
        issued_on=_EPOCH + timedelta(days=reader.number(2)),
        public=reader.hours(),
        professional=reader.hours(),
        total=reader.hours(),
        name=reader.text(),
        document_ends=reader.text(),
    )


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, size: int) -> bytes:
        if len(self.rest) < size:
            raise BadPayload
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def text(self) -> str:
        return self.take(self.number(1)).decode()

    def hours(self) -> Decimal:
        value = shift = 0
        while True:
            byte = self.number(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return Decimal(value) / _HUNDREDTHS
            shift += 7


def _hours(hours: Decimal) -> bytes:
    hundredths = hours * _HUNDREDTHS
    value = int(hundredths)
    if value != hundredths or value < 0:
        raise BadPayload
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _text(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(1, "big") + data


def _code_number(code: str) -> int:
    value = 0
    for sign in code:
        value = value << 5 | CODE_ALPHABET.index(sign)
    return value


def _code_text(value: int) -> str:
    signs = (CODE_ALPHABET[value >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5))
    return "".join(signs)
