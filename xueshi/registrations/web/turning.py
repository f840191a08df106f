"""Every step of a form has an address of its own, so that the browser's Back and its reload only read.

What was entered so far lies sealed in the server's session under the form's key, for as long as the form itself may be
sent: only the browser that opened the form finds it again (C11). The page carries it too (``state.Progress``), so two
forms side by side do not mix.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from xueshi.kernel import crypto
from xueshi.policies.access import Registration as Way
from xueshi.policies.requests import PortalRequest
from xueshi.registrations.web import state
from xueshi.registrations.web.state import Progress

FORM, STEP = "form", "at"
AT_MOST = 3
"""Forms of one browser that are kept; the oldest makes room."""
_KEPT = "registering"
_SEALED_AS = "registration-form"


def to(request: PortalRequest, progress: Progress, place: int) -> HttpResponse:
    """Keep the form and go to the address of a step."""
    kept: dict[str, str] = request.session.get(_KEPT, {})
    others = [(key, sealed) for key, sealed in kept.items() if key != progress.key]
    sealed = urlsafe_b64encode(crypto.encrypt(progress.packed(), context=_SEALED_AS)).decode()
    request.session[_KEPT] = dict([*others, (progress.key, sealed)][-AT_MOST:])
    asked = urlencode({FORM: progress.key, STEP: progress.way.steps[place].key})
    answer = redirect(f"{reverse(f'registrations:{progress.way.key}')}?{asked}")
    answer.status_code = 303
    return answer


def kept(session: SessionBase, way: Way, key: str) -> Progress | None:
    """The form as it stood when its latest step was turned to; None where this browser has no such form any more."""
    try:
        packed = crypto.decrypt(urlsafe_b64decode(session.get(_KEPT, {}).get(key, "")), context=_SEALED_AS)
        return state.unpacked(way, packed)
    except (ValueError, InvalidTag, signing.BadSignature):
        return None


def forget(session: SessionBase, key: str) -> None:
    """Keep nothing of a form that was sent."""
    if key in session.get(_KEPT, {}):
        session[_KEPT] = {other: sealed for other, sealed in session[_KEPT].items() if other != key}
