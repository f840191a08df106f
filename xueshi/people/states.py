"""What a professional's record consists of besides its columns."""

from enum import StrEnum


class EntryKind(StrEnum):
    """What a person may have several of; the values are the keys of the tabs in the packs."""

    EDUCATION = "education"
    QUALIFICATION = "qualifications"
    HONOUR = "honours"
