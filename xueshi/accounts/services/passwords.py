"""Passwords of one's own: strong enough, changed and confirmed."""

from django.db import transaction

from xueshi.accounts import rules
from xueshi.accounts.models import PasswordReset, User
from xueshi.accounts.services.proving import confirm_owner
from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.errors import RuleBroken


def check_password(password: str, *, own: tuple[str, ...] = (), field: str = "password") -> None:
    """Refuse a weak password with the reason beside its field."""
    parts = [text for text in own if text]
    if problem := rules.password_problem(password, parts):
        raise RuleBroken(problem, field)


def change_password(user: User, current: str, new: str, source: str = "") -> None:
    """Set a new password after the current one was given; every other session and a reset under way end (B9).

    Raises:
        RuleBroken: the current password is wrong (field ``current``), the new one too weak (``new``).
        TooMany: as at sign-in; the tries are the same.
    """
    confirm_owner(user, current, source, RuleBroken("原密码不正确", "current"))
    check_password(new, own=(user.name, user.document_number, user.phone, user.login_name or ""), field="new")
    user.set_password(new)
    user.must_change_password = False
    user.session_epoch += 1
    with transaction.atomic():
        user.save(update_fields=["password", "must_change_password", "session_epoch"])
        end_resets(user)
        audit.record(audit.By(user.pk), "account.password_changed", user)


def end_resets(user: User) -> None:
    """Make the secret of a reset worthless (B8); for transactions that hold the account's row already."""
    PasswordReset.objects.filter(user=user, ended_at=None).update(ended_at=clock.now())  # rule 1: our own resets


def confirm_password(user: User, password: str, source: str = "") -> None:
    """That whoever is signed in knows the password still (A13).

    Raises:
        RuleBroken: they do not.
        TooMany: as at sign-in; the tries are the same.
    """
    confirm_owner(user, password, source, RuleBroken("密码不正确", "password"))
