"""Sessions: who is signed in, under which hat, and until when (B9)."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from xueshi.accounts.models import User
from xueshi.accounts.selectors import signed_in_user
from xueshi.kernel import clock
from xueshi.organisations import selectors as bodies
from xueshi.organisations.actors import Actor, actor_from
from xueshi.organisations.models import Membership

_USER, _HAT, _HASH, _BEGAN, _SEEN = "user", "hat", "hash", "began", "seen"
_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session may idle, and how long it may live at all."""

    idle: timedelta
    absolute: timedelta


PERSON = Lifetime(timedelta(minutes=30), timedelta(hours=12))
ADMINISTRATOR = Lifetime(timedelta(minutes=15), timedelta(hours=8))


def begin(session: SessionBase, user: User, hat: Membership | None) -> None:
    """Start a session under one hat with a new id; whatever the visitor had before is gone."""
    session.flush()
    now = clock.now().timestamp()
    session.update(
        {_USER: user.pk, _HAT: hat.pk if hat else None, _HASH: user.get_session_auth_hash(), _BEGAN: now, _SEEN: now}
    )


def change_hat(session: SessionBase, user: User, hat: Membership | None) -> None:
    """Go on under another hat, with a new session id."""
    began = session.get(_BEGAN)
    begin(session, user, hat)
    session[_BEGAN] = began


def renew(session: SessionBase, user: User) -> None:
    """Keep this one session after its owner changed the password that ended all others."""
    session[_HASH] = user.get_session_auth_hash()
    session.cycle_key()


def actor_of(session: SessionBase, portal: str) -> Actor | None:
    """Who acts in this session on this portal; ``None`` ends it. Read anew at every request (A11)."""
    user_id, hat_id = session.get(_USER), session.get(_HAT)
    if not isinstance(user_id, int):
        return None
    hat = bodies.hat(user_id, portal, hat_id) if isinstance(hat_id, int) else None
    if isinstance(hat_id, int) and hat is None:
        return None
    user = hat.user if hat is not None else signed_in_user(user_id)
    if user is None or not user.is_active or not _genuine(session, user):
        return None
    actor = actor_from(user, hat)
    return actor if _alive(session, ADMINISTRATOR if actor.is_administrator else PERSON) else None


def _genuine(session: SessionBase, user: User) -> bool:
    return hmac.compare_digest(str(session.get(_HASH, "")), user.get_session_auth_hash())


def _alive(session: SessionBase, lifetime: Lifetime) -> bool:
    now = clock.now()
    seen, began = _moment(session.get(_SEEN)), _moment(session.get(_BEGAN))
    if now - seen > lifetime.idle or now - began > lifetime.absolute:
        return False
    if now - seen > _TOUCH_EVERY:
        session[_SEEN] = now.timestamp()
    return True


def _moment(stamp: object) -> datetime:
    return datetime.fromtimestamp(stamp if isinstance(stamp, int | float) else 0, UTC)
