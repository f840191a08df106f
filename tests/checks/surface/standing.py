"""What makes thousands of requests to a world that stands still affordable, without touching who may see what."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from unittest.mock import patch

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.template.loader import render_to_string

from xueshi.policies.packs import Pack
from xueshi.portal import context, signing_in
from xueshi.ui.web import errors


@contextmanager
def standing() -> Iterator[None]:
    """While nothing changes, a session is read once, and who acts in it and what waits for them is asked once.

    Whether it is asked anew at every request is AZ-10's matter, which stands on its own; what a request may see and
    do is asked at every request here too.
    """
    with (
        patch.object(SessionStore, "_get_session_from_db", _once(SessionStore._get_session_from_db)),
        patch.object(signing_in, "actor_of", _once(signing_in.actor_of)),
        patch.object(context, "_figures", _once(context._figures)),
    ):
        yield


@dataclass
class Refusals:
    """Draws the pages of refusals, and draws none a second time once ``reading``.

    A page of a refusal hangs on who asked which view with what answer; whoever asked is refused anew each time, and
    under a number of their own. ``apart`` keeps the pages of different views apart, for whoever compares pages.
    """

    reading: bool = False
    apart: bool = True
    kept: dict[Hashable, tuple[str, str]] = field(default_factory=dict)

    def draw(self, template: str, values: dict[str, Any], request: HttpRequest | None = None) -> str:
        """As ``render_to_string``."""
        match = getattr(request, "resolver_match", None)
        if request is None or (match is None and self.apart):
            return render_to_string(template, values, request)
        session = getattr(request, "session", None)
        method = "GET" if request.method == "HEAD" else request.method
        key = session and session.session_key, method, values["status"], values["message"]
        seen, number = (key, match.view_name if match and self.apart else ""), values["reference"]
        if not self.reading or seen not in self.kept:
            self.kept[seen] = number, render_to_string(template, values, request)
        before, page = self.kept[seen]
        return page.replace(before, number) if before else page


@contextmanager
def refusals(*, reading: bool = False, apart: bool = True) -> Iterator[Refusals]:
    """While nothing changes: the pages of refusals as they are drawn, to be drawn once from some moment on."""
    keeper = Refusals(reading, apart)
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
