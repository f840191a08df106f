"""Checking passwords: the one verifier, behind the one limiter (B1)."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from xueshi.accounts import devices, limits
from xueshi.accounts.limits import Limit
from xueshi.accounts.models import User, document_index
from xueshi.accounts.states import AccountState
from xueshi.audit import services as audit
from xueshi.kernel import clock, identity
from xueshi.kernel.errors import RuleBroken, TooMany
from xueshi.kernel.wording import worded_row

BY_SOURCE = Limit("login-source", 30, timedelta(hours=1))
BY_ACCOUNT = Limit("login-account", 20, timedelta(hours=1))
BY_STRANGERS = Limit("login-strangers", 20, timedelta(hours=1))
THROTTLED = "登录过于频繁，请稍后再试"
ALL_DOCUMENTS: tuple[str, ...] = tuple(identity.DocumentType)


@dataclass(frozen=True, slots=True)
class Freeze:
    """A region's own lock-out: so many wrong passwords, then closed for a while (ID-30)."""

    tries: int
    duration: timedelta


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed to get in.

    ``identifiers`` are the ways the portal knows an account by, ``document_type`` narrows a number to one kind, and
    ``device`` is the mark a device got at its last sign-in (``devices.remember``); ``vouched``: a code of the second
    factor stood beside the password and was right.
    """

    identifier: str
    password: str
    source: str = ""
    identifiers: tuple[str, ...] = ("document",)
    freeze: Freeze | None = None
    document_type: str = ""
    device: str = ""
    vouched: bool = False


class WrongCredentials(RuleBroken):
    """Unknown account or wrong password, nobody is told which; ``left`` tries remain before a freeze, if any."""

    def __init__(self, left: int | None = None) -> None:
        super().__init__("账户号或密码错误", "password")
        self.left = left


class Frozen(TooMany):
    """Closed after too many wrong passwords."""


def verify_credentials(typed: Credentials) -> User:
    """The user whose password this is, whatever the state of the account.

    Every try is counted before it is looked at. Unknown accounts cost the same work and get the same answer (B2).

    Raises:
        WrongCredentials: unknown account or wrong password.
        Frozen: the region's own limit of wrong passwords is reached.
        TooMany: too many tries from this source or on this account.
    """
    if typed.source:
        limits.require(BY_SOURCE, typed.source, THROTTLED)
    kinds = (typed.document_type,) if typed.document_type else ALL_DOCUMENTS
    user = find(typed.identifier, typed.identifiers, kinds)
    subject = str(user.pk) if user is not None else f"?{typed.identifier.strip().upper()}"
    _count(user, subject, typed)
    left = _spend_freeze(typed.freeze, subject)
    if user is None:
        make_password(typed.password)
        raise WrongCredentials(left)
    if not user.check_password(typed.password):
        raise WrongCredentials(left)
    _forgive(subject, typed)
    return user


def _count(user: User | None, subject: str, typed: Credentials) -> None:
    """Count a try on an account: from its source, and among strangers unless device or factor vouch (B3)."""
    limits.require(BY_ACCOUNT, f"{subject}|{typed.source}", THROTTLED)
    if typed.vouched or (user is not None and devices.recognise(user, typed.device) is not None):
        return
    limits.require(BY_STRANGERS, subject, THROTTLED)


def _forgive(subject: str, typed: Credentials) -> None:
    forgiven = [(BY_ACCOUNT, f"{subject}|{typed.source}")]
    if typed.freeze is not None:
        forgiven.append((_freezing(typed.freeze), subject))
    limits.settle(forgiven, [(BY_SOURCE, typed.source)] if typed.source else [])


def reopen(user: User) -> None:
    """Forget wrong passwords of an account whose owner proved themselves another way, and end a freeze."""
    limits.forgive(BY_STRANGERS, str(user.pk))
    limits.forgive(_freezing(Freeze(1, timedelta(hours=1))), str(user.pk))


def _freezing(freeze: Freeze) -> Limit:
    return Limit("login-freeze", freeze.tries, freeze.duration, locks=True)


def _spend_freeze(freeze: Freeze | None, subject: str) -> int | None:
    if freeze is None:
        return None
    spent = limits.spend(_freezing(freeze), subject)
    if not spent.allowed:
        raise Frozen(THROTTLED, spent.retry_after)
    return freeze.tries - spent.count


def verify_existing(document_type: str, document_number: str, password: str, source: str = "") -> User:
    """An existing user at a registration (已是本系统用户), through the same verifier."""
    user = verify_credentials(Credentials(document_number, password, source or audit.source.get()))
    if user.document_type != document_type or user.state != AccountState.ACTIVE:
        raise WrongCredentials
    return user


def find(
    identifier: str, identifiers: tuple[str, ...] = ("document",), kinds: tuple[str, ...] = ALL_DOCUMENTS
) -> User | None:
    """The account behind what was typed: a document number of any kind, or a login name where the portal has those."""
    plain = identifier.strip()
    wanted: list[str] = []
    if "document" in identifiers:
        for kind in kinds:
            try:
                number = identity.canonical_document(kind, plain, today=clock.today())
            except RuleBroken:
                continue
            wanted.append(document_index(kind, number))
    found = _holder(tuple(wanted)) if wanted else None
    if found is None and "login_name" in identifiers and plain:
        found = User.objects.filter(login_name=plain).first()
    return found


@worded_row
def _holder(indexes: tuple[str, ...]) -> QuerySet[User]:
    return User.objects.filter(document_index__in=indexes).order_by("pk")[:1]


def confirm_owner(user: User, password: str, source: str, refusal: RuleBroken) -> None:
    """That whoever is signed in knows the password still; ``refusal`` where they do not (A13).

    Raises:
        TooMany: as at sign-in; the tries are the same, and the right password forgives them.
    """
    subject = f"{user.pk}|{source or audit.source.get()}"
    limits.require(BY_ACCOUNT, subject, THROTTLED)
    if not user.check_password(password):
        raise refusal
    limits.forgive(BY_ACCOUNT, subject)
