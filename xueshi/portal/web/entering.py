"""Signing in: the barrier, the verifier, the hat; and the words for each refusal (ID-06 to ID-11)."""

from dataclasses import dataclass
from datetime import timedelta

from xueshi.accounts import challenges, second_factor, services
from xueshi.accounts.challenges import Place
from xueshi.accounts.models import User
from xueshi.accounts.services import Credentials, Freeze, Frozen, WrongCredentials
from xueshi.accounts.states import AccountState
from xueshi.audit import services as audit
from xueshi.kernel import text
from xueshi.kernel.errors import RuleBroken
from xueshi.organisations import selectors as bodies
from xueshi.organisations.models import Membership
from xueshi.organisations.states import Hat
from xueshi.policies.access import UserType
from xueshi.policies.packs import Pack
from xueshi.portal.web.forms import SignIn
from xueshi.registrations import selectors as registrations
from xueshi.registrations.models import Registration

PURPOSE = "login"


@dataclass(frozen=True, slots=True)
class Entered:
    """Who came in, under which hat, and whether a code of the second factor stood beside the password."""

    user: User
    hat: Membership | None
    factor: bool = False


class Refused(Exception):
    """The right password of somebody whose registration was refused: they may correct it, and no more (PRO-13)."""

    def __init__(self, registration: Registration) -> None:
        super().__init__()
        self.registration = registration


class Waiting(RuleBroken):
    """The right password of somebody whose registration waits (ID-10): theirs to take back, and no more (C7)."""

    def __init__(self, message: str, registration: Registration | None) -> None:
        super().__init__(message, "identifier")
        self.registration = registration


def enter(pack: Pack, place: Place, typed: SignIn, device: str = "") -> Entered:
    """The user and the hat they come in under.

    Raises:
        RuleBroken: with the pack's own words; ``field`` is captcha, identifier or password.
        TooMany: too many tries.
        Refused: nobody is let in, but a refused registration is theirs.
    """
    if pack.login.captcha and not challenges.passes(place, typed.answer):
        raise RuleBroken(pack.word("login.wrong_captcha"), "captcha")
    text.clean(typed.identifier, field="identifier")
    vouched = _vouched(pack, typed)
    user = _verified(pack, typed, device, vouched=vouched)
    return Entered(user, _hat(pack, user, typed.user_type, vouched=vouched), vouched)


def _vouched(pack: Pack, typed: SignIn) -> bool:
    if not typed.code:
        return False
    kinds = (_kind(typed),) if _kind(typed) else services.ALL_DOCUMENTS
    user = services.find(typed.identifier, pack.login.identifiers, kinds)
    return second_factor.vouches(user, typed.identifier, typed.code)


def _kind(typed: SignIn) -> str:
    return typed.document_type if typed.user_type.document_label else ""


def _verified(pack: Pack, typed: SignIn, device: str, *, vouched: bool) -> User:
    lock = pack.login.lock
    freeze = Freeze(lock.tries, lock.duration) if lock else None
    credentials = Credentials(
        typed.identifier,
        typed.password,
        audit.source.get(),
        pack.login.identifiers,
        freeze,
        _kind(typed),
        device,
        vouched,
    )
    try:
        return services.verify_credentials(credentials)
    except WrongCredentials as wrong:
        raise RuleBroken(_wrong_words(pack, wrong.left), "password") from None
    except Frozen as frozen:
        frozen.message = pack.word("login.frozen").format(hours=_hours(lock.duration) if lock else 0)
        raise


def _wrong_words(pack: Pack, left: int | None) -> str:
    lock = pack.login.lock
    if lock is None or left is None or lock.tries - left < lock.warn_from:
        return pack.word("login.wrong_credentials")
    if left <= 0:
        return pack.word("login.frozen").format(hours=_hours(lock.duration))
    return pack.word("login.warning").format(left=left, hours=_hours(lock.duration))


def _hours(duration: timedelta) -> str:
    return f"{duration / timedelta(hours=1):g}"


def _hat(pack: Pack, user: User, user_type: UserType, *, vouched: bool) -> Membership | None:
    """The first live hat of the chosen user type; a plain account where the type allows it."""
    wearable = bodies.hats(user.pk, pack.key) if user.state == AccountState.ACTIVE else []
    for hat in wearable:
        if _role(hat) in user_type.roles:
            return hat
    if any(_role(hat) in user_type.roles for hat in bodies.pending_hats(user.pk, pack.key)):
        raise Waiting(user_type.pending, _takeable(pack, user) if vouched or not second_factor.enrolled(user) else None)
    if "account" in user_type.roles and user.state == AccountState.ACTIVE:
        return None
    _correct(pack, user, user_type)
    raise RuleBroken(pack.word("login.wrong_credentials"), "password")


def _takeable(pack: Pack, user: User) -> Registration | None:
    """What somebody may take back who is not let in; whoever has a second factor shows it for that too."""
    return next(iter(registrations.takeable(user.pk, pack.key)), None)


def _correct(pack: Pack, user: User, user_type: UserType) -> None:
    """Lead the registrant of a refused registration back to it; whoever owes a second factor is not let in."""
    refused = registrations.refused_of(user.pk, pack.key)
    if refused is not None and refused.role in user_type.roles and second_factor.enrolled(user) is None:
        raise Refused(refused)


def _role(hat: Membership) -> str:
    return Hat.PROFESSIONAL.value if hat.hat == Hat.PROFESSIONAL else hat.organisation.kind
