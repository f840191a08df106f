"""Sessions: who is signed in, under which hat, what they proved, and until when (B7, B9, A13)."""

import hmac
from datetime import UTC, datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from xueshi.accounts import second_factor, sessions
from xueshi.accounts.devices import Visit
from xueshi.accounts.models import User
from xueshi.accounts.selectors import signed_in_user
from xueshi.kernel import clock
from xueshi.organisations import selectors as bodies
from xueshi.organisations.actors import Actor, actor_from
from xueshi.organisations.models import Membership
from xueshi.policies.access import Lifetime
from xueshi.policies.packs import Pack
from xueshi.portal import keeping

_USER, _HAT, _HASH, _BEGAN, _SEEN = "user", "hat", "hash", "began", "seen"
_FACTOR, _ENROLLED, _PROVED = "factor", "enrolled", "proved"
_TOUCH_EVERY = timedelta(minutes=1)
FRESH = timedelta(minutes=10)
"""How long a proof stands for what asks for one anew (A13)."""
_NOWHERE = Visit()


@transaction.atomic(savepoint=False)  # an end and a beginning: waited for once, and never only one of them
def begin(
    session: SessionBase, user: User, hat: Membership | None, visit: Visit = _NOWHERE, *, factor: bool = False
) -> None:
    """Start a session under one hat with a new id; whatever the visitor had before is gone but a kept form.

    ``factor``: a code of the second factor was given already. Every way in begins here, so every way meets the gate.
    """
    kept = session.get(keeping.SESSION_KEY)
    if session.session_key:
        sessions.closed(session.session_key)
    session.flush()
    session.create()
    if kept is not None:  # sealed, and opens for its owner only
        session[keeping.SESSION_KEY] = kept
    sessions.opened(session.session_key or "", user, visit)
    now = clock.now().timestamp()
    session.update(
        {
            _USER: user.pk, _HAT: hat.pk if hat else None, _HASH: user.get_session_auth_hash(), _BEGAN: now,
            _SEEN: now, _PROVED: now, _FACTOR: factor,
            _ENROLLED: second_factor.offered() and second_factor.enrolled(user) is not None,
        }
    )  # fmt: skip


def change_hat(session: SessionBase, user: User, hat: Membership | None) -> None:
    """Go on under another hat, with a new session id; what was proved stays proved, and no more than that."""
    kept = {name: session.get(name) for name in (_BEGAN, _FACTOR, _PROVED)}
    begin(session, user, hat, sessions.visit_of(session.session_key or ""))
    session.update(kept)


def renew(session: SessionBase, user: User) -> None:
    """Keep this one session after its owner changed the password that ended all others."""
    session[_HASH], session[_PROVED] = user.get_session_auth_hash(), clock.now().timestamp()
    _new_id(session)
    sessions.end_all(user, keep=session.session_key or "")


def pass_factor(session: SessionBase) -> None:
    """The second factor was given: a new session id, and authority from the next request on."""
    session[_FACTOR] = session[_ENROLLED] = True
    prove(session)
    _new_id(session)


def drop_factor(session: SessionBase) -> None:
    """The second factor was unbound; where the deployment demands one, it is owed again."""
    session[_FACTOR] = session[_ENROLLED] = False
    _new_id(session)


def prove(session: SessionBase) -> None:
    """The person has just proved who they are (A13)."""
    session[_PROVED] = clock.now().timestamp()


def is_fresh(session: SessionBase) -> bool:
    """Whether the last proof is not older than ten minutes."""
    return clock.now() - _moment(session.get(_PROVED)) <= FRESH


def end(session: SessionBase) -> None:
    """Sign out."""
    sessions.closed(session.session_key or "")
    session.flush()


def owes_factor(session: SessionBase, actor: Actor) -> bool:
    """Whether this session must show the second factor before it may do anything (B7)."""
    if session.get(_FACTOR):
        return False
    bound = second_factor.offered() and bool(session.get(_ENROLLED))
    return bound or second_factor.demanded(administrator=actor.is_administrator)


def actor_of(session: SessionBase, pack: Pack) -> Actor | None:
    """Who acts in this session on this portal; ``None`` ends it. Read anew at every request (A11)."""
    user_id, hat_id = session.get(_USER), session.get(_HAT)
    if not isinstance(user_id, int):
        return None
    hat = bodies.hat(user_id, pack.key, hat_id) if isinstance(hat_id, int) else None
    if isinstance(hat_id, int) and hat is None:
        return None
    user = hat.user if hat is not None else signed_in_user(user_id)
    if user is None or not user.is_active or not _genuine(session, user):
        return None
    actor, lifetimes = actor_from(user, hat), pack.login.sessions
    return actor if _alive(session, lifetimes.administrator if actor.is_administrator else lifetimes.person) else None


def last_user(session: SessionBase) -> int | None:
    """Who was signed in, whether or not the session is still alive."""
    user_id = session.get(_USER)
    return user_id if isinstance(user_id, int) else None


def _new_id(session: SessionBase) -> None:
    before = session.session_key or ""
    session.cycle_key()
    sessions.moved(before, session.session_key or "")


def _genuine(session: SessionBase, user: User) -> bool:
    return hmac.compare_digest(str(session.get(_HASH, "")), user.get_session_auth_hash())


def _alive(session: SessionBase, lifetime: Lifetime) -> bool:
    now = clock.now()
    seen, began = _moment(session.get(_SEEN)), _moment(session.get(_BEGAN))
    if now - seen > timedelta(minutes=lifetime.idle) or now - began > timedelta(minutes=lifetime.absolute):
        return False
    if now - seen > _TOUCH_EVERY:
        session[_SEEN] = now.timestamp()
    return True


def _moment(stamp: object) -> datetime:
    return datetime.fromtimestamp(stamp if isinstance(stamp, int | float) else 0, UTC)
