"""Opening accounts and checking passwords: the one verifier, behind the one limiter (B1)."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from xueshi.accounts import devices, limits, real_name, rules
from xueshi.accounts.limits import Limit
from xueshi.accounts.models import User, document_index, phone_index
from xueshi.accounts.states import AccountState
from xueshi.audit import services as audit
from xueshi.kernel import clock, identity
from xueshi.kernel.errors import RuleBroken, TooMany
from xueshi.notifications import services as notifications
from xueshi.notifications.services import Letter
from xueshi.notifications.states import Channel

BY_SOURCE = Limit("login-source", 30, timedelta(hours=1))
BY_ACCOUNT = Limit("login-account", 20, timedelta(hours=1))
BY_STRANGERS = Limit("login-strangers", 20, timedelta(hours=1))
THROTTLED = "登录过于频繁，请稍后再试"
ALL_DOCUMENTS: tuple[str, ...] = tuple(identity.DocumentType)
TAKEN = "该证件号已注册。如已是本系统用户，请选择“已是本系统用户”"


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """What a registration says of a person."""

    name: str
    document_type: str
    document_number: str
    password: str
    phone: str = ""
    email: str = ""
    landline: str = ""
    login_name: str | None = None


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


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """How a person wants to be reached, in canonical spelling, with the password where it is asked."""

    phone: str = ""
    email: str = ""
    landline: str = ""
    password: str = ""

    def opens_another_way(self, user: User) -> bool:
        """Whether the account could be recovered in another way than before."""
        return (self.phone, self.email) != (user.phone, user.email)


class WrongCredentials(RuleBroken):
    """Unknown account or wrong password, nobody is told which; ``left`` tries remain before a freeze, if any."""

    def __init__(self, left: int | None = None) -> None:
        super().__init__("账户号或密码错误", "password")
        self.left = left


class NumberTaken(RuleBroken):
    """Somebody has an account with this number already (ID-37)."""

    def __init__(self) -> None:
        super().__init__(TAKEN, "document_number")


class Frozen(TooMany):
    """Closed after too many wrong passwords."""


def sign_up(draft: AccountDraft) -> User:
    """Open an account that waits for its first review; one person has one account.

    The number of a registration that nobody approved is free again: its account takes the new data.

    Raises:
        RuleBroken: the number or login name is taken, or the password is too weak; ``field`` says which.
    """
    number = identity.canonical_document(draft.document_type, draft.document_number, today=clock.today())
    phone = identity.canonical_phone(draft.phone) if draft.phone else ""
    check_password(draft.password, own=(draft.name, number, phone, draft.login_name or ""))
    index = document_index(draft.document_type, number)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(document_index=index).order_by("pk").first()
        if user is not None and user.state != AccountState.PENDING:
            raise NumberTaken
        user = user or User(document_type=draft.document_type, document_number=number, document_index=index)
        _fill(user, draft, phone)
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError:
            raise _taken(draft, index) from None
        audit.record(audit.By(user.pk), "account.signed_up", user)
    return user


def _fill(user: User, draft: AccountDraft, phone: str) -> None:
    user.name, user.login_name = draft.name, draft.login_name
    user.phone, user.phone_index = phone, phone_index(phone) if phone else ""
    user.email, user.landline = draft.email, draft.landline
    user.password = make_password(draft.password)
    user.consent_withdrawn_at = None  # the boxes of this registration are ticked anew
    if user.pk is None:
        user.created_at = clock.now()


def _taken(draft: AccountDraft, index: str) -> RuleBroken:
    if User.objects.filter(document_index=index).exists():
        return NumberTaken()
    return RuleBroken("该登录账号已被使用，请换一个", "login_name")


def activate(user: User, *, by: audit.By) -> None:
    """Let an account sign in."""
    user.state = AccountState.ACTIVE
    user.save(update_fields=["state"])
    real_name.confirm_by_review(user, by=by)
    audit.record(by, "account.activated", user)


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
    limits.forgive(BY_ACCOUNT, f"{subject}|{typed.source}")
    if typed.source:
        limits.give_back(BY_SOURCE, typed.source)
    if typed.freeze is not None:
        limits.forgive(_freezing(typed.freeze), subject)


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
    found = User.objects.filter(document_index__in=wanted).order_by("pk").first() if wanted else None
    if found is None and "login_name" in identifiers and plain:
        found = User.objects.filter(login_name=plain).first()
    return found


def check_password(password: str, *, own: tuple[str, ...] = (), field: str = "password") -> None:
    """Refuse a weak password with the reason beside its field."""
    parts = [text for text in own if text]
    if problem := rules.password_problem(password, parts):
        raise RuleBroken(problem, field)


def change_password(user: User, current: str, new: str, source: str = "") -> None:
    """Set a new password after the current one was given; every other session of the account ends (B9).

    Raises:
        RuleBroken: the current password is wrong (field ``current``), the new one too weak (``new``).
        TooMany: as at sign-in; the tries are the same.
    """
    subject = _tried(user, current, source, RuleBroken("原密码不正确", "current"))
    check_password(new, own=(user.name, user.document_number, user.phone, user.login_name or ""), field="new")
    limits.forgive(BY_ACCOUNT, subject)
    user.set_password(new)
    user.must_change_password = False
    user.session_epoch += 1
    with transaction.atomic():
        user.save(update_fields=["password", "must_change_password", "session_epoch"])
        audit.record(audit.By(user.pk), "account.password_changed", user)


def confirm_password(user: User, password: str, source: str = "") -> None:
    """That whoever is signed in knows the password still (A13).

    Raises:
        RuleBroken: they do not.
        TooMany: as at sign-in; the tries are the same.
    """
    limits.forgive(BY_ACCOUNT, _tried(user, password, source, RuleBroken("密码不正确", "password")))


def confirm_contact(user: User, draft: ContactDraft) -> None:
    """That it is the person who changes phone or e-mail, for these open the account (A13); outside of transactions.

    Raises:
        RuleBroken: the password is missing or wrong (field ``password``).
        TooMany: as at sign-in; the tries are the same.
    """
    if not draft.opens_another_way(user):
        return
    if not draft.password:
        raise RuleBroken("修改手机号或电子邮箱时，请填写登录密码，以确认是本人操作", "password")
    confirm_password(user, draft.password)


def change_contact(user: User, draft: ContactDraft, *, portal: str) -> bool:
    """Store what ``confirm_contact`` let pass, and tell the old phone and address; whether either differs."""
    held = ContactDraft(phone=user.phone, email=user.email)
    another_way = draft.opens_another_way(user)
    user.phone, user.phone_index = draft.phone, phone_index(draft.phone) if draft.phone else ""
    user.email, user.landline = draft.email, draft.landline
    with transaction.atomic():
        user.save(update_fields=["phone", "phone_index", "email", "landline"])
        if another_way:
            _tell_the_old(user, held, portal)
            audit.record(audit.By(user.pk), "account.contact_changed", user)
    return another_way


def _tell_the_old(user: User, held: ContactDraft, portal: str) -> None:
    """Whoever loses a phone or an address to a stranger learns of it where the stranger does not read (A13)."""
    now = clock.now()
    for channel, before, after in (
        (Channel.SMS, held.phone, user.phone),
        (Channel.MAIL, held.email, user.email),
    ):
        if before and before != after and notifications.offered(channel):
            letter = Letter(
                key=f"contact:{user.pk}:{now:%Y%m%d%H%M%S%f}:{channel}",
                portal=portal,
                channel=channel,
                recipient=before,
                template="contact_changed",
                values={"time": f"{now.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"},
            )
            notifications.write(letter)


def _tried(user: User, password: str, source: str, refusal: RuleBroken) -> str:
    """Count a try of somebody who is signed in, then look; returns what the tries are counted under."""
    subject = f"{user.pk}|{source or audit.source.get()}"
    limits.require(BY_ACCOUNT, subject, THROTTLED)
    if not user.check_password(password):
        raise refusal
    return subject
