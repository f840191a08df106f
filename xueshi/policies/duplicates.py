"""What is the same learning twice, and what follows: refused, or shown to the reviewer (policy facts 6)."""

from typing import Literal, Self

from pydantic import Field, model_validator

from xueshi.policies.values import Sourced

type Sameness = Literal[
    "file", "picture", "days", "doi", "issn_title", "isbn", "patent", "project", "certificate", "achievement"
]
MOST_BITS = 7
"""The widest difference of two pictures that the index still finds without a gap (``files.rules.near``)."""


class Duplicate(Sourced):
    """What follows when two claims have something in common. Without a rule of its key it is not looked at.

    ``own``: both claims are one person's; ``highest`` lets a higher grade claim what it is worth beyond the lower one.
    ``others``: they are of two people; ``share`` flags, and refuses once their sum passes what the form's rule gives
    for the achievement as a whole. ``yearly``: one claim a year (a project of several years). ``distance``: in how many
    of 64 bits two pictures may differ and still look alike.
    """

    key: Sameness
    own: Literal["refuse", "highest", "flag"]
    others: Literal["refuse", "share", "flag"]
    yearly: bool = False
    distance: int | None = Field(default=None, ge=0, le=MOST_BITS)

    @model_validator(mode="after")
    def _guesses_only_flag(self) -> Self:
        if (self.key == "picture") != (self.distance is not None):
            raise ValueError("a distance belongs to the key picture, and to it alone")
        if self.key == "picture" and {self.own, self.others} != {"flag"}:
            raise ValueError("pictures that look alike are shown to a reviewer, never refused")
        return self
