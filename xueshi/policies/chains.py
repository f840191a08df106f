"""Who decides, in which order, and at which step the effect takes place (policy facts 9)."""

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from xueshi.organisations.states import DeskRule
from xueshi.policies.values import Key, Label, Sourced, Value

__all__ = ["Chain", "DeskRule", "Stage", "Step"]


class Stage(StrEnum):
    """What a step is: 初审/审核, or the second look after it (审验)."""

    REVIEW = "review"
    VERIFICATION = "verification"


class Step(Value):
    """One desk. ``posts``: hours (or the registration) take effect when this step passes.

    ``optional``: left out when nobody stands above the body (the city bureau's own people).
    """

    key: Key
    label: Label
    desk: DeskRule
    stage: Stage = Stage.REVIEW
    posts: bool = False
    optional: bool = False


class Chain(Sourced):
    """The steps of one kind of document; without steps it is a filing (备案) that takes effect on submission."""

    steps: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _exactly_one_step_posts(self) -> Self:
        if self.steps and sum(step.posts for step in self.steps) != 1:
            raise ValueError("exactly one step of a chain posts")
        return self

    def steps_for(self, *, has_superior: bool) -> tuple[Step, ...]:
        """The steps a body's document takes; for a body with nobody above, the optional ones fall away.

        If the step that posts falls away, the last one left posts.
        """
        left = tuple(
            step for step in self.steps if has_superior or not (step.optional and step.desk is DeskRule.SUPERIOR)
        )
        if not left or any(step.posts for step in left):
            return left
        return (*left[:-1], left[-1].model_copy(update={"posts": True}))
