"""Phone, e-mail and landline of an account: they open it, so their change is proved and told (A13)."""

from dataclasses import dataclass

from django.db import transaction

from xueshi.accounts import messages
from xueshi.accounts.models import User, phone_index
from xueshi.accounts.services.passwords import confirm_password, end_resets
from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.errors import RuleBroken
from xueshi.notifications.states import Channel


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
    """Store what ``confirm_contact`` let pass, and tell the old phone and address; whether either differs.

    A reset under way ends, for its secret went to the old one.
    """
    held = ContactDraft(phone=user.phone, email=user.email)
    another_way = draft.opens_another_way(user)
    user.phone, user.phone_index = draft.phone, phone_index(draft.phone) if draft.phone else ""
    user.email, user.landline = draft.email, draft.landline
    with transaction.atomic():
        user.save(update_fields=["phone", "phone_index", "email", "landline"])
        if another_way:
            end_resets(user)
            _tell_the_old(user, held, portal)
            audit.record(audit.By(user.pk), "account.contact_changed", user)
    return another_way


def _tell_the_old(user: User, held: ContactDraft, portal: str) -> None:
    """Whoever loses a phone or an address to a stranger learns of it where the stranger does not read (A13)."""
    held_and_new = {Channel.SMS: (held.phone, user.phone), Channel.MAIL: (held.email, user.email)}
    lost = {channel: before for channel, (before, after) in held_and_new.items() if before != after}
    messages.warn(lost, "contact_changed", key=f"contact:{user.pk}:{clock.now():%Y%m%d%H%M%S%f}", portal=portal)
