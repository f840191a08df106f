"""What every formula answers about itself, so that a pack can be checked when it is read."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from xueshi.policies.values import Sourced

type Positive = Annotated[Decimal, Field(gt=0)]
type Asks = tuple[tuple[str, ...], ...]
type Tables = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]

DAYS = ("period", "days")
RANK = ("rank", "author_rank")
SEPARATOR = "/"
"""Between the codes of a table keyed by several fields: ``"national/main"``."""


class Rule(Sourced):
    """What every formula answers about itself."""

    @property
    def asks(self) -> Asks:
        """Fields the form must have, each a choice of keys."""
        return ()

    @property
    def tables(self) -> Tables:
        """The tables it looks up: by which fields, with which keys."""
        return ()

    @property
    def parts_of(self) -> tuple["Rule", ...]:
        """The formulas it is made of."""
        return ()
