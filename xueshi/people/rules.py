"""What follows from the words of a professional's record, without a database."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from xueshi.kernel import identity
from xueshi.kernel.errors import Problems, RuleBroken

KIND: Final = "people.title"
"""The key under which title changes are reviewed."""

TITLE_COLUMNS: Final = ("series", "level", "title", "practice_field", "effective_on", "certificate", "appointed_on")
"""What a title says of itself; department and scan stand beside it."""

REPEATED: Final[Mapping[str, str]] = {
    "series": "title_series",
    "level": "title_level",
    "title": "title",
    "practice_field": "practice_field",
    "effective_on": "title_effective_on",
    "certificate": "title_certificate",
    "appointed_on": "appointed_on",
    "scan": "title_scan",
}
"""Columns of a title, and the columns of the record that repeat the one in force."""

NEVER_CHANGED: Final = frozenset({"name", "document_type", "document_number", "unit"})
"""What no form of a person ever takes (PRO-14, PRO-15, SYS-14)."""


def agree(document_type: str, number: str, *, sex: str, born: date) -> None:
    """``Problems`` where sex or date of birth contradicts a number that tells both (GB 11643; asked, PRO-04)."""
    if not identity.tells_birth(document_type):
        return
    problems = []
    if (sex == "male") != identity.is_male(number):
        problems.append(RuleBroken("性别与证件号不一致，请核对", "sex"))
    if born != identity.birth_date(number):
        problems.append(RuleBroken("出生日期与证件号不一致，请核对", "birth_date"))
    if problems:
        raise Problems(problems)


def after_birth(born: date, days: Mapping[str, date | None]) -> None:
    """``Problems`` beside every day of a life, by field, that does not lie after its beginning."""
    early = [field for field, day in days.items() if day is not None and day <= born]
    problems = [RuleBroken("该日期应晚于出生日期，请核对", field) for field in early]
    if problems:
        raise Problems(problems)
