"""The second factor: time-based codes of an authenticator (RFC 6238) and recovery codes, each counted once (B7)."""

import hmac
import secrets
import unicodedata
from datetime import timedelta

import pyotp
from django.conf import settings
from django.db import transaction

from xueshi.accounts import limits, sessions
from xueshi.accounts.limits import Limit
from xueshi.accounts.models import RecoveryCode, SecondFactor, User
from xueshi.audit import services as audit
from xueshi.kernel import clock, crypto
from xueshi.kernel.errors import RuleBroken

OFF, ADMINISTRATORS, EVERYONE = "off", "administrators", "everyone"
BY_SOURCE = Limit("factor-source", 10, timedelta(minutes=15))
BY_ACCOUNT = Limit("factor-account", 60, timedelta(hours=1))
TOO_OFTEN = "验证码输入次数过多，请稍后再试"
WRONG = "验证码不正确或已使用，请等待验证器显示新的验证码"
RECOVERY_CODES = 10
_STEP_SECONDS = 30
_DRIFT = (0, -1, 1)
"""Steps around now that a code may be of: clocks of telephones go a little wrong."""


def demanded(*, administrator: bool) -> bool:
    """Whether the deployment wants a second factor of such a session (``XUESHI_SECOND_FACTOR``)."""
    return settings.SECOND_FACTOR == EVERYONE or (settings.SECOND_FACTOR == ADMINISTRATORS and administrator)


def offered() -> bool:
    """Whether the deployment uses second factors at all."""
    return bool(settings.SECOND_FACTOR != OFF)


def enrolled(user: User) -> SecondFactor | None:
    """The person's authenticator, if they have bound one."""
    return SecondFactor.objects.filter(pk=user.pk).first()  # rule 1: our own factors


def new_secret() -> str:
    """A secret for a new authenticator, 160 bits, in the letters people can type."""
    return pyotp.random_base32()


def address(secret: str, *, name: str, issuer: str) -> str:
    """What the picture says to an authenticator."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def enrol(user: User, secret: str, code: str, *, keep_session: str = "") -> list[str]:
    """Bind an authenticator that showed a right code; returns the recovery codes, which are never shown again.

    Every session but ``keep_session`` ends (B9).

    Raises:
        RuleBroken: the code is not that of the secret.
        TooMany: too many tries.
    """
    limits.require(BY_SOURCE, f"{user.pk}|{audit.source.get()}", TOO_OFTEN)
    step = _step_of(secret, _digits(code))
    if step is None:
        raise RuleBroken(WRONG, "code")
    with transaction.atomic():
        made = SecondFactor(user=user, secret=secret, last_step=step, confirmed_at=clock.now())
        made.save()
        codes = _new_codes(user)
        sessions.end_all(user, keep=keep_session)
        audit.record(audit.By(user.pk), "account.factor_bound", user)
    return codes


def renew_codes(user: User) -> list[str]:
    """Fresh recovery codes; the old ones no longer work."""
    with transaction.atomic():
        codes = _new_codes(user)
        audit.record(audit.By(user.pk), "account.recovery_codes_renewed", user)
    return codes


def codes_left(user: User) -> int:
    """How many recovery codes were not used yet."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()  # rule 1: our own codes


def remove(user: User, *, keep_session: str = "") -> None:
    """Unbind the authenticator; every session but ``keep_session`` ends (B9)."""
    with transaction.atomic():
        SecondFactor.objects.filter(pk=user.pk).delete()  # rule 1: our own factors
        RecoveryCode.objects.filter(user=user).delete()  # rule 1: our own codes
        sessions.end_all(user, keep=keep_session)
        audit.record(audit.By(user.pk), "account.factor_removed", user)


def verify(user: User, code: str, *, stranger: bool) -> None:
    """Accept a code of the authenticator or a recovery code, once; ``stranger``: from a device not known.

    Raises:
        RuleBroken: wrong, or used before.
        TooMany: too many tries from this address, or on this account by strangers.
    """
    limits.require(BY_SOURCE, f"{user.pk}|{audit.source.get()}", TOO_OFTEN)
    if stranger:
        limits.require(BY_ACCOUNT, str(user.pk), TOO_OFTEN)
    if not _spend(user.pk, code):
        raise RuleBroken(WRONG, "code")
    limits.forgive(BY_SOURCE, f"{user.pk}|{audit.source.get()}")


def vouches(user: User | None, identifier: str, code: str) -> bool:
    """Whether a code typed beside the password is right: then its owner is no stranger (B3). Unknown costs the same.

    Counted from each address alone, so that nobody can shut out the owner.
    """
    subject = str(user.pk) if user is not None else f"?{identifier.strip().upper()}"
    spent = limits.spend(BY_SOURCE, f"{subject}|{audit.source.get()}")
    return spent.allowed and offered() and _spend(user.pk if user is not None else 0, code)


def _spend(user_id: int, typed: str) -> bool:
    """Use up a code; of two at once one wins, for the row decides."""
    digits = _digits(typed)
    held = SecondFactor.objects.filter(pk=user_id).first()  # rule 1: our own factors
    if held is None:
        return False
    if (step := _step_of(held.secret, digits)) is not None:
        fresh = SecondFactor.objects.filter(pk=user_id, last_step__lt=step)  # rule 1: as above
        return bool(fresh.update(last_step=step))
    digest = _digest(user_id, digits)
    unused = RecoveryCode.objects.filter(user_id=user_id, digest=digest, used_at=None)  # rule 1: our own codes
    return bool(unused.update(used_at=clock.now()))


def _digits(typed: str) -> str:
    """What was typed in any width, without blanks and strokes."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKC", typed[:80]).lower() if sign.isascii() and sign.isalnum()
    )


def _step_of(secret: str, code: str) -> int | None:
    now, totp = int(clock.now().timestamp()) // _STEP_SECONDS, pyotp.TOTP(secret)
    found = [now + drift for drift in _DRIFT if hmac.compare_digest(totp.generate_otp(now + drift), code)]
    return found[0] if found else None


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()  # rule 1: our own codes
    plain = [secrets.token_hex(8) for _code in range(RECOVERY_CODES)]
    rows = [RecoveryCode(user=user, digest=_digest(user.pk, code)) for code in plain]
    RecoveryCode.objects.bulk_create(rows)  # rule 1: our own codes
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in plain]


def _digest(user_id: int, code: str) -> str:
    return crypto.lookup_index(f"{user_id}:{code}", purpose="recovery-code")
