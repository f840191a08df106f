"""What a year's certificates say and when each is earned."""

from collections.abc import Mapping
from decimal import Decimal
from string import Formatter
from typing import Self

from pydantic import Field, field_validator, model_validator

from xueshi.policies.values import Key, Label, Sourced, Value

ANNUAL = "annual"
"""The certificate of a passed year, which every year has (AMB-13)."""

PLACEHOLDERS = frozenset({"name", "document", "year", "total", "public", "professional", "number", "date"})
"""What a certificate's text may mention."""


class NumberPattern(Value):
    """Certificate number: prefix, area (6), year (4), kind (1), serial, check digit (policy facts 12)."""

    prefix: str
    area: str = Field(pattern=r"^\d{6}$")
    kind: str = Field(pattern=r"^[1-9]$")
    serial_digits: int = Field(ge=4, le=12)


class Certificate(Sourced):
    """What a certificate says; ``template`` is a file of the pack's ``documents``, ``button`` the words that print it.

    Without ``subject`` it certifies the whole year and is earned by passing it. With one it certifies that subject
    alone and is earned by ``hours`` of it. ``refused`` says why it cannot be printed yet; ``verdict`` is what it
    states; either empty means the words of the annual list.
    """

    key: Key
    button: Label
    subject: str = ""
    hours: Decimal = Field(default=Decimal(0), ge=0)
    verdict: str = ""
    refused: str = ""
    title: Label
    lines: tuple[str, ...]
    closing: Label
    issuer: Label
    centre: str = ""
    note: str = ""
    template: str
    number: NumberPattern

    def earned(self, *, passed: bool, sums: Mapping[str, Decimal]) -> bool:
        """Whether a year with these hours by subject, passed or not, has earned it."""
        return sums.get(self.subject, Decimal(0)) >= self.hours if self.subject else passed

    @field_validator("lines")
    @classmethod
    def _placeholders_are_known(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        for line in lines:
            for _, name, _, _ in Formatter().parse(line):
                if name is not None and name not in PLACEHOLDERS:
                    message = f"unknown placeholder {{{name}}}"
                    raise ValueError(message)
        return lines

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if bool(self.subject) != bool(self.hours):
            raise ValueError("subject and hours belong together")
        return self


def check(papers: tuple[Certificate, ...]) -> None:
    """The annual certificate is among them, and no two share a key or a digit; ``ValueError`` says which."""
    if not any(paper.key == ANNUAL and not paper.subject for paper in papers):
        message = f"a year needs the certificate {ANNUAL!r}"
        raise ValueError(message)
    digits = [paper.number.kind for paper in papers]
    if len(set(digits)) < len(digits):
        message = f"two certificates have the same digit in their number: {', '.join(digits)}"
        raise ValueError(message)
