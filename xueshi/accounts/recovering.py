"""A forgotten password: proof of the phone or address on file, or a reset that an administrator started (B2, B8).

Nobody signs in here: whoever has set a new password goes through the sign-in box like everybody.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from xueshi.accounts import codes, limits, messages, services
from xueshi.accounts.codes import Claim, Recipient
from xueshi.accounts.limits import Limit
from xueshi.accounts.models import PasswordReset, User
from xueshi.accounts.states import AccountState
from xueshi.audit import services as audit
from xueshi.kernel import clock, crypto
from xueshi.kernel import text as texts
from xueshi.kernel.errors import RuleBroken
from xueshi.notifications import services as notifications
from xueshi.notifications.services import Letter
from xueshi.notifications.states import Channel

PURPOSE = "recovery"
RESET_LIFE = timedelta(hours=24)
RESETS_BY_SOURCE = Limit("reset-source", 20, timedelta(hours=1))
RESETS_OF_ACCOUNT = Limit("reset-account", 5, timedelta(hours=1))
RESETS_BY_STARTER = Limit("reset-starter", 60, timedelta(hours=1))
OFTEN = "重置过于频繁，请稍后再试"
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 that nobody mistakes for each other
_LENGTH = 16  # 80 bits
WRONG_SECRET = "重置码错误或已失效，请联系管理员重新发起"  # noqa: S105 - words of a page
UNREACHABLE = "该用户没有登记可用的手机号或邮箱，无法发送重置码"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What somebody who forgot the password says: who they are, and the phone or address on file."""

    document_type: str
    document_number: str
    recipient: Recipient
    session_key: str

    @property
    def claim(self) -> Claim:
        """What their code has to prove."""
        return Claim(self.recipient, PURPOSE, self.session_key)


def request_code(asked: Forgotten, *, portal: str, source: str) -> None:
    """Send a code where number and recipient belong together; anything else costs the same and sends nothing.

    Raises:
        TooMany: as ``codes.send``, whoever it is.
    """
    codes.send(asked.claim, portal=portal, source=source, hollow=_owner(asked) is None)


def prove(asked: Forgotten, typed: str) -> User:
    """The account whose owner showed the code; ``codes.WrongCode`` otherwise."""
    codes.redeem(asked.claim, typed)
    user = _owner(asked)
    if user is None:
        raise codes.WrongCode
    return user


def _owner(asked: Forgotten) -> User | None:
    """The account of that number with exactly that recipient; only one that may sign in."""
    user = services.find(asked.document_number, kinds=(asked.document_type,))
    held = messages.contacts(user)[asked.recipient.channel] if user is not None else ""
    same = hmac.compare_digest(held.encode(), asked.recipient.value.encode())
    return user if user is not None and same and user.state == AccountState.ACTIVE else None


def set_password(user: User, new: str, *, portal: str) -> None:
    """Set the password of somebody who proved who they are; every session ends, and phone and address are told.

    Raises:
        RuleBroken: too weak (field ``new``).
    """
    own = (user.name, user.document_number, user.phone, user.login_name or "")
    services.check_password(new, own=own, field="new")
    with transaction.atomic():
        held = _locked(user)
        held.set_password(new)
        held.must_change_password = False
        held.session_epoch += 1
        held.save(update_fields=["password", "must_change_password", "session_epoch"])
        services.end_resets(held)
        services.reopen(held)
        messages.warn(
            messages.contacts(held), "password_changed", key=f"password:{held.pk}:{held.session_epoch}", portal=portal
        )
        audit.record(audit.By(held.pk), "account.password_recovered", held)


def way_to(user: User) -> Recipient | None:
    """Where the secret of a reset would go; ``None`` when the account has nothing on file that can be reached."""
    if user.state != AccountState.ACTIVE:
        return None
    ways = (Recipient(one, messages.contacts(user)[one]) for one in Channel if notifications.offered(one))
    return next((way for way in ways if way.value), None)


def start_reset(user: User, *, by: audit.By, portal: str) -> Recipient:
    """Send the owner a secret that sets a new password once, within a day, and say where it went.

    Whether ``by`` may, the caller has asked; outside of transactions, for the count has to stand.

    Raises:
        RuleBroken: nothing on file that can be reached.
        TooMany: enough for this account, or by this administrator.
    """
    way = way_to(user)
    if way is None:
        raise RuleBroken(UNREACHABLE)
    limits.require(RESETS_OF_ACCOUNT, str(user.pk), OFTEN)
    if by.user_id is not None:
        limits.require(RESETS_BY_STARTER, str(by.user_id), OFTEN)
    now, secret = clock.now(), "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    with transaction.atomic():
        services.end_resets(_locked(user))
        reset = PasswordReset.objects.create(  # rule 1: our own resets
            user=user, digest=_digest(secret), portal=portal, started_at=now, expires_at=now + RESET_LIFE
        )
        letter = Letter(
            key=f"reset:{reset.pk}",
            portal=portal,
            channel=way.channel,
            recipient=way.value,
            template="reset",
            values={"secret": _grouped(secret), "hours": str(RESET_LIFE // timedelta(hours=1))},
            expires_at=reset.expires_at,
        )
        notifications.write(letter)
        audit.record(by, "account.reset_started", user)
    return way


def use_reset(typed: str, new: str, *, portal: str, source: str) -> None:
    """Set a new password with the secret of a reset. A weak password does not spend it.

    Raises:
        RuleBroken: the secret is wrong, spent or late (field ``secret``), or the password too weak (``new``).
        TooMany: too many tries from one place.
    """
    limits.require(RESETS_BY_SOURCE, source, "尝试过于频繁，请稍后再试")
    live = PasswordReset.objects.filter(  # rule 1: the secret is the permission
        digest=_digest(_plain(typed)), ended_at=None, expires_at__gt=clock.now(), portal=portal
    )
    reset = live.select_related("user").first()
    if reset is None:
        raise RuleBroken(WRONG_SECRET, "secret")
    with transaction.atomic():
        _locked(reset.user)
        if not live.filter(pk=reset.pk).update(ended_at=clock.now()):
            raise RuleBroken(WRONG_SECRET, "secret")
        set_password(reset.user, new, portal=portal)
    limits.give_back(RESETS_BY_SOURCE, source)


def _locked(user: User) -> User:
    """The account, held before its resets in every order of events: one change of its password at a time."""
    return User.objects.select_for_update(no_key=True).order_by("pk").get(pk=user.pk)  # rule 1: an owner's account


def _plain(typed: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", texts.half_width(typed).upper())


def _grouped(secret: str) -> str:
    return "-".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _digest(secret: str) -> str:
    return crypto.lookup_index(secret, purpose="reset")


def sweep() -> int:
    """Delete resets that ended or ran out a month ago."""
    return PasswordReset.objects.filter(expires_at__lt=clock.now() - timedelta(days=30)).delete()[0]  # rule 1: as above
