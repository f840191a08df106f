"""Which years a title application looks back on (policy facts 8), and how a body's list of its people's years looks."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from xueshi.policies.values import Key, Label, Sourced, Value


class LookBack(Sourced):
    """So many ``years`` before the round are checked for a title of one of ``levels``.

    ``degrees`` narrows it to holders of one of these (codes of the catalogue); empty means whatever the degree.
    ``by_own_rule``: the regulation refers to a rule of its own, so no years are invented.
    """

    key: Key
    label: Label
    levels: tuple[str, ...]
    degrees: tuple[str, ...] = ()
    years: int = Field(default=0, ge=0)
    by_own_rule: bool = False

    def years_of(self, round_year: int) -> tuple[int, ...]:
        """The years checked in a round, oldest first; the round's own year is not among them."""
        return tuple(range(round_year - self.years, round_year))


def look_back(rows: Sequence[LookBack], level: str, degree: str) -> LookBack | None:
    """The rule of a level and degree: one that names the degree goes before one that does not."""
    fitting = [row for row in rows if level in row.levels and (not row.degrees or degree in row.degrees)]
    return next(iter(sorted(fitting, key=lambda row: not row.degrees)), None)


class ArchiveColumn(Value):
    """A column of the list of people's years."""

    key: Literal["year", "name", "document", "sex", "area", "level", "public", "professional", "total", "result"]
    label: Label


class Archive(Sourced):
    """A body's list of its people's years (ANN-16, ANN-19): title, columns, and which rows lead to the history.

    ``passed_only``: the history opens from a completed year only (ANN-17).
    """

    title: Label
    record: Label
    passed_only: bool = False
    columns: tuple[ArchiveColumn, ...]
    filters: tuple[Literal["name", "document", "area", "level", "result", "sex"], ...] = ("name",)
