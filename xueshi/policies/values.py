"""What every value of a pack has in common."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Label = Annotated[str, StringConstraints(min_length=1)]


class Value(BaseModel):
    """Frozen, and closed: a key nobody reads is a mistake in the pack."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Mark(StrEnum):
    """How far a fact may be trusted (policy facts, head of the document)."""

    CONFIRMED = "C"
    MANUAL = "M"
    SECONDARY = "S"
    ASSUMED = "A"

    @property
    def words(self) -> str:
        """How far, as pages say it."""
        return _MARK_WORDS[self]

    @property
    def is_settled(self) -> bool:
        """Whether a page may show it as the rule; of anything else it says that the authority has yet to confirm it."""
        return self in {Mark.CONFIRMED, Mark.MANUAL}


_MARK_WORDS = {
    Mark.CONFIRMED: "已公布",
    Mark.MANUAL: "操作手册",
    Mark.SECONDARY: "转引，待本地人社部门确认",
    Mark.ASSUMED: "待本地人社部门确认",
}


class Sourced(Value):
    """A rule with the place it was read in; a rule without a source counts as assumed."""

    source: str = ""
    mark: Mark = Mark.ASSUMED


class Option(Value):
    """One choice of a list, dated because catalogues change while people keep what they hold.

    ``parents`` are the codes of the fields this choice is narrowed by (a title by its series and level); ``*`` fits
    any code.
    """

    code: str
    label: Label
    parents: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            message = f"{self.code} ends before it begins"
            raise ValueError(message)
        return self

    @property
    def printed(self) -> str:
        """The label, with the years in which it was granted when that is over or yet to come."""
        if self.valid_from is None and self.valid_to is None:
            return self.label
        first = f"{self.valid_from.year} 年" if self.valid_from else ""
        last = f"{self.valid_to.year} 年" if self.valid_to else "今"
        return f"{self.label}（{first}至{last}）"

    def offered(self, on: date) -> bool:
        """Whether somebody may choose it anew on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def belongs(self, above: tuple[str, ...]) -> bool:
        """Whether it is a choice under these codes; without codes every choice is."""
        return not above or (
            len(above) == len(self.parents)
            and all(own in {"*", code} for own, code in zip(self.parents, above, strict=True))
        )


class UnknownKey(LookupError):
    """The program asks a pack for something it does not hold: a mistake of ours, not of the user."""
