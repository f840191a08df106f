"""What makes thousands of requests to a world that stands still affordable, without touching who may see what."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from unittest.mock import patch

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.template.loader import render_to_string

from xueshi.policies.packs import Pack
from xueshi.portal import context, signing_in
from xueshi.ui.web import errors


@contextmanager
def standing() -> Iterator[None]:
    """While nothing changes, who acts in a session and what waits for them is asked once (AZ-05, AZ-10 ask anew)."""
    with (
        patch.object(signing_in, "actor_of", _once(signing_in.actor_of)),
        patch.object(context, "_figures", _once(context._figures)),
    ):
        yield


@dataclass
class Refusals:
    """Draws the pages of refusals, and draws none a second time once ``reading``.

    A page of a refusal hangs on who asked which view with what answer; whoever asked is refused anew each time.
    """

    reading: bool = False
    kept: dict[Hashable, str] = field(default_factory=dict)

    def draw(self, template: str, values: dict[str, Any], request: HttpRequest | None = None) -> str:
        """As ``render_to_string``."""
        match = getattr(request, "resolver_match", None)
        if request is None or match is None or values["reference"]:
            return render_to_string(template, values, request)
        session = getattr(request, "session", None)
        key = (session and session.session_key, match.view_name, request.method, values["status"], values["message"])
        if not self.reading or key not in self.kept:
            self.kept[key] = render_to_string(template, values, request)
        return self.kept[key]


@contextmanager
def refusals() -> Iterator[Refusals]:
    """While nothing changes: the pages of refusals as they are drawn, to be drawn once from some moment on."""
    keeper = Refusals()
    with patch.object(errors, "render_to_string", keeper.draw):
        yield keeper


def _once[T](asked: Callable[..., T]) -> Callable[..., T]:
    """The function, with its answers kept."""
    kept: dict[Hashable, T] = {}

    @wraps(asked)
    def answered(*args: Any) -> T:
        key = tuple(_named(each) for each in args)
        if key not in kept:
            kept[key] = asked(*args)
        return kept[key]

    return answered


def _named(value: Any) -> Hashable:
    if isinstance(value, Pack):
        return value.key
    return value.session_key if isinstance(value, SessionBase) else value
