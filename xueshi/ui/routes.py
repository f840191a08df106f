"""Every view says who may call it and how: ``@route(...)`` puts that on the view as ``view.access``.

The decorator refuses other methods by itself; log-in and powers are asked by the portal's middleware, which reads
``access_of(view)``. A view without it is closed to everybody, and a test finds it (security.md A2, AZ-06).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, cast

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

READING = ("GET", "HEAD")
KNOWN = frozenset({*READING, "POST"})

type View[R: HttpRequest, **P] = Callable[Concatenate[R, P], HttpResponseBase]


@dataclass(frozen=True)
class Access:
    """Who may call a view and how. ``powers``: any one of them suffices; none means every signed-in user.

    ``fresh``: only within ten minutes of a proof, by password or second factor (A13). ``half``: open as well to a
    session that still owes its second factor, and then without any hat (B7). ``withdrawn``: open as well to somebody
    who took their consent back, likewise without any hat (C7).
    """

    methods: tuple[str, ...] = READING
    public: bool = False
    powers: tuple[str, ...] = ()
    object_kind: str = ""
    fragment: bool = False
    fresh: bool = False
    half: bool = False
    withdrawn: bool = False

    def __post_init__(self) -> None:
        if unknown := set(self.methods) - KNOWN:
            message = f"unknown methods {sorted(unknown)}"
            raise ValueError(message)
        if self.public and self.powers:
            message = "a public view cannot ask for powers"
            raise ValueError(message)

    @property
    def changes_state(self) -> bool:
        """Whether the view takes a method that may write."""
        return not set(self.methods) <= set(READING)


def route[R: HttpRequest, **P](  # noqa: PLR0913 - one word each, always written as keywords
    *methods: str,
    public: bool = False,
    powers: tuple[str, ...] = (),
    object_kind: str = "",
    fragment: bool = False,
    fresh: bool = False,
    half: bool = False,
    withdrawn: bool = False,
) -> Callable[[View[R, P]], View[HttpRequest, P]]:
    """Declare a view: ``@route()`` reads, ``@route("POST")`` writes, ``@route("GET", "POST")`` does both.

    Args:
        methods: allowed methods, default GET; GET brings HEAD with it.
        public: may be called without signing in; such routes are one short list.
        powers: plain words; the caller must hold one of them in the organisation they act for.
        object_kind: the kind of object that the address names, empty when it names none.
        fragment: answers with a part of a page only.
        fresh: asks for password or second factor again when the last proof is older than ten minutes.
        half: open to a session that still owes its second factor.
        withdrawn: open to somebody who took their consent back.

    Raises:
        ValueError: an unknown method, or powers on a public view.
    """
    allowed = tuple(dict.fromkeys(each for name in methods or READING for each in _with_head(name)))
    access = Access(allowed, public, powers, object_kind, fragment, fresh, half, withdrawn)

    def decorate(view: View[R, P]) -> View[HttpRequest, P]:
        @wraps(view)
        def routed(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in access.methods:
                return HttpResponseNotAllowed(access.methods)
            return view(cast("R", request), *args, **kwargs)

        setattr(routed, "access", access)  # noqa: B010 - functions have no declared attributes
        return routed

    return decorate


def access_of(view: Callable[..., Any]) -> Access | None:
    """What ``@route`` put on a view; ``None`` for a view that is not declared and therefore closed."""
    access = getattr(view, "access", None)
    return access if isinstance(access, Access) else None


def _with_head(method: str) -> tuple[str, ...]:
    return READING if method == "GET" else (method,)
