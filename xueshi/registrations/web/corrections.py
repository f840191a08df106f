"""A refused registration comes back: the reason, and the form filled with what was entered.

Whoever gives the right password of a refused account, or of one that waits, is let in here and nowhere else; the
session keeps that for half an hour. The person signed in on a portal whose ways need an account has proved it already.
"""

from datetime import UTC, datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState
from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound
from xueshi.policies.access import Registration as Way
from xueshi.policies.forms import FieldKind
from xueshi.policies.requests import PortalRequest
from xueshi.registrations import selectors
from xueshi.registrations.models import Registration
from xueshi.registrations.web import state
from xueshi.registrations.web.state import Progress, Typed
from xueshi.registrations.web.uploads import Store
from xueshi.reviews import selectors as reviews
from xueshi.reviews.selectors import Rejection

PROVED = "refused"
_LIFE = timedelta(minutes=30)


def prove(session: SessionBase, registration: Registration) -> None:
    """Remember, under a new session id, that this visitor gave the right password of the account."""
    session.cycle_key()
    session[PROVED] = [registration.user_id, clock.now().timestamp()]


def of(request: PortalRequest) -> Registration | None:
    """The refused registration that this visitor may correct."""
    user_id = request.actor.user.pk if request.actor is not None else _proved(request)
    return selectors.refused_of(user_id, request.pack.key) if user_id is not None else None


def unreviewed(request: PortalRequest) -> Registration | None:
    """The registration that this visitor may take back, the latest of ``takeable``."""
    return next(iter(takeable(request)), None)


def takeable(request: PortalRequest) -> list[Registration]:
    """The registrations that this visitor may take back by the password they gave, latest first."""
    user_id = _proved(request)
    return selectors.takeable(user_id, request.pack.key) if user_id is not None else []


def _proved(request: PortalRequest) -> int | None:
    """Whose password was given here within the last half hour."""
    user_id, stamp = request.session.get(PROVED, (None, 0))
    fresh = user_id is not None and clock.now() - datetime.fromtimestamp(stamp, UTC) <= _LIFE
    return user_id if fresh else None


def rejection(registration: Registration) -> Rejection:
    """What the reviewer said, and of which field; ``NotFound`` when nobody refused it."""
    found = reviews.last_rejection(registration.case_id) if registration.case_id is not None else None
    if found is None:
        raise NotFound
    return found


def said(progress: Progress) -> Rejection | None:
    """The reason above a form that goes on with a refused registration."""
    if progress.corrects is None:
        return None
    found = selectors.case_of(progress.corrects)
    return reviews.last_rejection(found) if found is not None else None


def filled(registration: Registration, way: Way, store: Store, progress: Progress) -> None:
    """Put what was entered into the steps of a fresh form."""
    progress.corrects = registration.pk
    typed: Typed = way.form.typed(way.form.restore(registration.answers)) | _account(registration, way)
    for attached in registration.files.all():
        kept = typed.setdefault(attached.purpose, [])
        if isinstance(kept, list):
            kept.append(store.token(attached.file))
    for step in way.steps:
        progress.keep(step, {key: value for key, value in typed.items() if key in step.fields})


def _account(registration: Registration, way: Way) -> Typed:
    """The columns of the account; an active one is only named by its number, for its data are no longer asked."""
    if way.signed_in:
        return {}
    user: User = registration.user
    known: Typed = {"document_type": user.document_type, "document_number": user.document_number}
    if user.state == AccountState.ACTIVE:
        ticked = "on" if way.form.field("existing").kind is FieldKind.CHECKBOX else "yes"
        return known | {"existing": ticked}
    more = {"phone": user.phone, "email": user.email, "landline": user.landline, "login_name": user.login_name or ""}
    return known | {key: value for key, value in more.items() if key in way.form}


def concerned(said: Rejection, way: Way) -> int:
    """The step to open first: that of the field the reason names, else the first."""
    return state.step_asking(way, said.concerns) if said.concerns in way.form else 0
