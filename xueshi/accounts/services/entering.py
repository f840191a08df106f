"""Opening accounts: one person, one account."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from xueshi.accounts import real_name
from xueshi.accounts.models import User, document_index, phone_index
from xueshi.accounts.services.passwords import check_password
from xueshi.accounts.states import AccountState
from xueshi.audit import services as audit
from xueshi.kernel import clock, identity
from xueshi.kernel.errors import RuleBroken

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


class NumberTaken(RuleBroken):
    """Somebody has an account with this number already (ID-37)."""

    def __init__(self) -> None:
        super().__init__(TAKEN, "document_number")


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
