"""Numbers, public codes and frozen figures of certificates: values in, values out."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from xueshi.kernel import masking

MAX_SERIAL: Final = 99_999_999
CODE_BITS: Final = 80
# 32 signs without 0/O and 1/I, which people mix up when they copy from paper.
CODE_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LENGTH: Final = CODE_BITS // 5
_NUMBER: Final = re.compile(r"CE([0-9]{6})([0-9]{4})([0-9])([0-9]{8})([0-9])")
_BLANKS: Final = re.compile(r"[\s\-\u3000]+")


class NotANumber(ValueError):
    """The text is not a certificate number: its shape, kind or check digit is wrong."""


@dataclass(frozen=True, slots=True)
class CertificateNumber:
    """``CE`` + region(6) + year(4) + kind(1) + serial(8) + check(1) (policy facts §12).

    The region is the six-digit administrative division code (GB/T 2260) of the issuing portal; ``kind`` is the digit
    the pack gives this kind of paper; a serial is never given twice, whatever region and year; the check digit is
    ISO/IEC 7064 MOD 11,10 over the 19 digits.
    """

    region: str
    year: int
    kind: int
    serial: int

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{6}", self.region) or not 1000 <= self.year <= 9999:
            raise NotANumber(self.region)
        if not 1 <= self.kind <= 9:
            message = f"kind {self.kind} is outside 1…9"
            raise NotANumber(message)
        if not 1 <= self.serial <= MAX_SERIAL:
            message = f"serial {self.serial} is outside 1…{MAX_SERIAL}"
            raise NotANumber(message)

    @property
    def text(self) -> str:
        """The number as printed, 22 characters."""
        digits = f"{self.region}{self.year:04d}{self.kind}{self.serial:08d}"
        return f"CE{digits}{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """ISO/IEC 7064 MOD 11,10: finds every single wrong digit and nearly every swap of neighbours."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10


def parse_number(text: str) -> CertificateNumber:
    """A number as typed (blanks, hyphens and small letters forgiven); raises ``NotANumber``."""
    match = _NUMBER.fullmatch(_BLANKS.sub("", text).upper())
    if match is None:
        raise NotANumber(text)
    region, year, kind, serial, check = match.groups()
    if check_digit(f"{region}{year}{kind}{serial}") != int(check):
        raise NotANumber(text)
    return CertificateNumber(region, int(year), int(kind), int(serial))


def new_code() -> str:
    """A public code of 80 random bits, unrelated to number, person and order of issue (LR-08)."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(_CODE_LENGTH))


def parse_code(text: str) -> str | None:
    """The public code in a typed text, or ``None`` when it cannot be one."""
    code = _BLANKS.sub("", text).upper()
    return code if len(code) == _CODE_LENGTH and set(code) <= set(CODE_ALPHABET) else None


def grouped_code(code: str) -> str:
    """``ABCDEFGHJKLMNPQR`` → ``ABCD-EFGH-JKLM-NPQR``, as people read it aloud."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def shown_hours(hours: Decimal) -> str:
    """Hours without empty decimals: ``66.00`` → ``66``, ``7.50`` → ``7.5``."""
    text = f"{hours:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Figures:
    """What a certificate states, frozen at issue. ``document`` is already masked; hours are 学时.

    A paper of one ``subject`` states the hours of that subject alone: the others are 0 and ``total`` repeats them.
    """

    name: str
    document: str
    year: int
    public: Decimal
    professional: Decimal
    total: Decimal
    verdict: str
    issuer: str
    platform: str
    rule: str
    issued_on: date
    title: str = ""
    subject: str = ""

    def as_json(self) -> dict[str, str | int]:
        """Plain values for storage; decimals and the date as text."""
        return {
            "name": self.name,
            "document": self.document,
            "year": self.year,
            "public": shown_hours(self.public),
            "professional": shown_hours(self.professional),
            "total": shown_hours(self.total),
            "verdict": self.verdict,
            "issuer": self.issuer,
            "platform": self.platform,
            "rule": self.rule,
            "issued_on": self.issued_on.isoformat(),
            "title": self.title,
            "subject": self.subject,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, str | int]) -> "Figures":
        """The figures as they were frozen."""
        text = {key: str(value) for key, value in stored.items()}
        return cls(
            name=text["name"],
            document=text["document"],
            year=int(text["year"]),
            public=Decimal(text["public"]),
            professional=Decimal(text["professional"]),
            total=Decimal(text["total"]),
            verdict=text["verdict"],
            issuer=text["issuer"],
            platform=text["platform"],
            rule=text["rule"],
            issued_on=date.fromisoformat(text["issued_on"]),
            title=text.get("title", ""),
            subject=text.get("subject", ""),
        )

    @property
    def measures(self) -> tuple[str, ...]:
        """The sums of an account that the paper states: of its one subject, or all three."""
        return (self.subject,) if self.subject else tuple(_HOURS)

    @property
    def hours(self) -> tuple[tuple[str, Decimal], ...]:
        """What the paper states, with its labels."""
        return tuple((_HOURS[measure], getattr(self, measure)) for measure in self.measures)

    @property
    def masked_name(self) -> str:
        """The name as public pages and the QR code show it (C10)."""
        return masking.name(self.name)

    @property
    def document_ends(self) -> str:
        """The signs of the document number that masking leaves visible."""
        return self.document.replace("*", "")


_HOURS: Final = {"public": "公需课学时", "professional": "专业课学时", "total": "总学时"}
_REPLACED: Final = {"name": "姓名", "document": "身份证号"}
_TOLD: Final = {"verdict": "认定结果", "issuer": "发证机关"}


def changes(before: Figures, after: Figures) -> tuple[str, ...]:
    """What a new version states differently, in words; empty when the old paper still says it all.

    The day of issue, the platform's title and the rule's version make no new paper; what it certifies does. Names and
    document numbers are said to be corrected without saying them: anybody with the old paper reads this (C10).
    """
    return (
        *corrected(before, after.name, after.document),
        *moved(before, {measure: getattr(after, measure) for measure in before.measures}),
        *(
            f"{label}由“{getattr(before, field)}”变为“{getattr(after, field)}”"
            for field, label in _TOLD.items()
            if getattr(before, field) != getattr(after, field)
        ),
    )


def corrected(before: Figures, name: str, document: str) -> tuple[str, ...]:
    """Whether the register now names the holder otherwise than the paper, in words without either name."""
    now = {"name": name, "document": document}
    return tuple(f"{label}已更正" for field, label in _REPLACED.items() if getattr(before, field) != now[field])


def moved(before: Figures, sums: Mapping[str, Decimal]) -> tuple[str, ...]:
    """Which of the hours on the paper differ from ``sums`` by now, in words."""
    return tuple(
        f"{label}由 {shown_hours(then)} 变为 {shown_hours(sums[measure])}"
        for measure, (label, then) in zip(before.measures, before.hours, strict=True)
        if then != sums[measure]
    )


def falls_short(certified: Figures, sums: Mapping[str, Decimal]) -> bool:
    """Whether the ledger now holds less than the certificate states (F4, INV-12)."""
    return any(sums[measure] < getattr(certified, measure) for measure in certified.measures)
