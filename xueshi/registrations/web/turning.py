"""Every step of a form has an address of its own, so that the browser's Back and its reload only read.

What was entered so far lies sealed in the server's session under the form's key, for an hour after the latest step:
only the browser that opened the form finds it again (C11). The page carries it too (``state.Progress``), so two forms
side by side do not mix, and a page left open longer can still be sent.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

from cryptography.exceptions import InvalidTag
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from xueshi.kernel import clock, crypto
from xueshi.policies.access import Registration as Way
from xueshi.policies.requests import PortalRequest
from xueshi.registrations.web import state
from xueshi.registrations.web.state import Progress

FORM, STEP = "form", "at"
AT_MOST = 3
"""Forms of one browser that are kept; the oldest makes room."""
LIFE = timedelta(hours=1)
_KEPT = "registering"
_SEALED_AS = "registration-form"


type _Kept = dict[str, tuple[float, str]]
"""By the key of the form, when it was kept and what."""


def to(request: PortalRequest, progress: Progress, place: int) -> HttpResponse:
    """Keep the form and go to the address of a step."""
    others = {key: kept for key, kept in _kept(request.session).items() if key != progress.key}
    sealed = urlsafe_b64encode(crypto.encrypt(progress.packed(), context=_SEALED_AS)).decode()
    latest = [*others.items(), (progress.key, (clock.now().timestamp(), sealed))]
    request.session[_KEPT] = dict(latest[-AT_MOST:])
    asked = urlencode({FORM: progress.key, STEP: progress.way.steps[place].key})
    answer = redirect(f"{reverse(f'registrations:{progress.way.key}')}?{asked}")
    answer.status_code = 303
    return answer


def kept(session: SessionBase, way: Way, key: str) -> Progress | None:
    """The form as it stood when its latest step was turned to; None where this browser has no such form any more."""
    _at, sealed = _kept(session).get(key, (0, ""))
    try:
        return state.unpacked(way, crypto.decrypt(urlsafe_b64decode(sealed), context=_SEALED_AS))
    except (ValueError, InvalidTag, signing.BadSignature):
        return None


def forget(session: SessionBase, key: str) -> None:
    """Keep nothing of a form that was sent."""
    if _KEPT in session:
        session[_KEPT] = {other: kept for other, kept in _kept(session).items() if other != key}


def _kept(session: SessionBase) -> _Kept:
    """The forms whose hour is not over."""
    oldest = (clock.now() - LIFE).timestamp()
    known: _Kept = session.get(_KEPT, {})
    return {key: (at, sealed) for key, (at, sealed) in known.items() if at >= oldest}
