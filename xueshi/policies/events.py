"""Events that change what a year asks of one person (policy facts 7): which kinds a year knows, and with which reasons.

Every kind is described in the national base; on are those of which policy facts 7 has a default, and an authority
switches on or off what its own rules say.
"""

from enum import StrEnum
from typing import Literal, Self

from pydantic import model_validator

from xueshi.policies.values import Key, Label, Option, Sourced, Value


class EventKind(StrEnum):
    """What may happen to a year's requirement."""

    DEFER = "defer"
    """顺延: hours of the year move to the following one."""
    REDUCE = "reduce"
    """减免: fewer hours, or a share less."""
    WAIVE = "waive"
    """免除: the year asks nothing."""
    START = "start"
    """起算: nothing is asked of the years before."""
    END = "end"
    """终止: nothing is asked of the years after."""


type Measure = Literal["hours", "share"]

_MEASURED = {EventKind.DEFER: {"hours"}, EventKind.REDUCE: {"hours", "share"}}


class EventReason(Value):
    """A reason code that may be chosen."""

    key: Key
    label: Label


class EventRule(Sourced):
    """One kind of event in one year. ``measures`` are the ways to say how much; none for kinds that take it all.

    ``prorated``: the first or last year itself is asked only for the months of duty (start and end).
    """

    key: EventKind
    label: Label
    enabled: bool = False
    hint: str = ""
    evidence: Label
    measures: tuple[Measure, ...] = ()
    prorated: bool = False
    reasons: tuple[EventReason, ...]

    @model_validator(mode="after")
    def _measures_fit(self) -> Self:
        known = _MEASURED.get(self.key, set())
        if not set(self.measures) <= known or bool(known) != bool(self.measures):
            message = f"an event {self.key} is measured in {' or '.join(sorted(known)) or 'nothing'}"
            raise ValueError(message)
        if self.prorated and self.key not in {EventKind.START, EventKind.END}:
            raise ValueError("only start and end are prorated")
        if not self.reasons:
            raise ValueError("an event needs reasons to choose from")
        return self

    def reason(self, key: str) -> str:
        """A reason in words; the code itself when it is no longer offered."""
        return next((one.label for one in self.reasons if one.key == key), key)

    def offered(self) -> tuple[Option, ...]:
        """The reasons as a form offers them."""
        return tuple(Option(code=one.key, label=one.label) for one in self.reasons)
