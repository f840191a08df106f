"""Against programs that fill forms in: the same challenge as at sign-in, on the last step of an open form (B5)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from xueshi.policies.access import Registration as Way

PURPOSE = "register"


@dataclass(frozen=True)
class Barrier:
    """What the form draws: the template of the challenge and its content."""

    template: str
    challenge: Any


def fresh(request: HttpRequest, way: Way) -> Barrier | None:
    """A new challenge for a visitor; none for who has signed in."""
    return None


def check(request: HttpRequest, way: Way) -> None:
    """Consume the answer; ``RuleBroken`` when it is wrong, spent or missing."""
