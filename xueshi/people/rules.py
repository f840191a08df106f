"""What follows from the words of a professional's record, without a database."""

from collections.abc import Mapping
from typing import Final

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
