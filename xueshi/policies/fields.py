"""One question of a form, as a pack describes it."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from xueshi.policies.values import Key, Label, Option, Value


class FieldKind(StrEnum):
    """How a question is drawn and what its answer is."""

    TEXT = "text"
    TEXTAREA = "textarea"
    PERSON_NAME = "person_name"
    ORGANISATION_NAME = "organisation_name"
    INTEGER = "integer"
    DATE = "date"
    PERIOD = "period"
    SELECT = "select"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    HOURS = "hours"
    DOCUMENT = "document"
    PHONE = "phone"
    TELEPHONE = "telephone"
    EMAIL = "email"
    PASSWORD = "password"  # noqa: S105 - the name of a kind
    ORGANISATION_CODE = "organisation_code"
    AREA = "area"
    FILE = "file"
    FILES = "files"
    PICK = "pick"
    READONLY = "readonly"
    AGREEMENT = "agreement"


type Identity = Literal["", "doi", "issn_title", "isbn", "patent", "project", "certificate", "achievement"]

CHOICES = frozenset({FieldKind.SELECT, FieldKind.RADIO, FieldKind.AREA})
FILES = frozenset({FieldKind.FILE, FieldKind.FILES})


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        message = f"not a regular expression: {error}"
        raise ValueError(message) from None
    return pattern


class FieldSpec(Value):
    """One question.

    ``required`` is yes, no, or the roles that must answer; ``roles`` empty means everybody is asked.
    ``shown_when`` maps another field to the answers that make this one appear; a hidden field is never read.
    ``narrowed_by`` names the fields whose answers choose among the options (``Option.parents``, in that order);
    ``within`` keeps only the catalogue's codes that begin so (the areas of one city). ``dated_by`` names the date whose
    day decides which options may be chosen, today if it is empty: a title by the day it was granted.
    ``identifies`` says which public number of an achievement the answer is, so that two claims of one achievement are
    found (policy facts 6); ``issn_title`` is one key of two answers, the journal's number and the title, and
    ``achievement`` is the name of what may be honoured in several grades.
    """

    key: Key
    label: Label
    kind: FieldKind
    required: bool | tuple[Key, ...] = False
    roles: tuple[Key, ...] = ()
    shown_when: Mapping[Key, tuple[str, ...]] = Field(default_factory=dict)
    options: tuple[Option, ...] = ()
    catalogue: str = ""
    within: str = ""
    narrowed_by: tuple[Key, ...] = ()
    dated_by: str = ""
    searchable: bool = False
    picker: str = ""
    default: str = ""
    placeholder: str = ""
    hint: str = ""
    section: str = ""
    unit: str = ""
    autocomplete: str = ""
    min_length: int = 0
    max_length: int = Field(default=200, gt=0)
    minimum: int | None = None
    maximum: int | None = None
    step: Decimal | None = Field(default=None, gt=0)
    past: bool = False
    pattern: Annotated[str, AfterValidator(_compiles)] = ""
    message: str = ""
    same_as: str = ""
    document_type: str = ""
    upload: str = ""
    max_files: int = Field(default=1, gt=0)
    identifies: Identity = ""

    @model_validator(mode="after")
    def _kind_has_what_it_needs(self) -> Self:
        needs = {
            FieldKind.HOURS: ("step", self.step),
            FieldKind.PICK: ("picker", self.picker),
            FieldKind.DOCUMENT: ("document_type", self.document_type),
            FieldKind.FILE: ("upload", self.upload),
            FieldKind.FILES: ("upload", self.upload),
        }
        name, value = needs.get(self.kind, ("", True))
        if not value:
            message = f"a field of kind {self.kind} needs {name}"
            raise ValueError(message)
        if self.kind in CHOICES and not (self.options or self.catalogue):
            message = f"a field of kind {self.kind} needs options or a catalogue"
            raise ValueError(message)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its inputs in the page: two for a period."""
        if self.kind is FieldKind.PERIOD:
            return (f"{self.key}_from", f"{self.key}_to")
        return (self.key,)

    def required_for(self, role: str) -> bool:
        """Whether this role must answer; an agreement always must be ticked."""
        if self.kind is FieldKind.AGREEMENT:
            return True
        return self.required if isinstance(self.required, bool) else role in self.required

    def asked_of(self, role: str) -> bool:
        """Whether this role sees the question at all."""
        return not self.roles or role in self.roles

    def label_of(self, code: str) -> str:
        """What an option's code is called; a code from elsewhere is printed as it is."""
        return next((option.label for option in self.options if option.code == code), code)
