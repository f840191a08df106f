"""Reading accounts."""

from xueshi.accounts.models import User


def signed_in_user(user_id: int) -> User | None:
    """The account of a session."""
    return User.objects.filter(pk=user_id).first()
