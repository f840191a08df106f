"""Reading accounts."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState


def signed_in_user(user_id: int) -> User | None:
    """The account of a session."""
    return User.objects.filter(pk=user_id).first()


def counted(user_id: int, **parts: Coalesce | Subquery) -> dict[str, Any]:
    """Several figures about one person in one question; ``parts`` are sub-queries of whoever knows them."""
    numbers = User.objects.filter(pk=user_id).values_list(*parts.values()).get()
    return dict(zip(parts, numbers, strict=True))


def reachable(user_ids: Iterable[int]) -> list[User]:
    """The people behind some keys who may still be written to: nobody closed, nobody who took their consent back."""
    open_ = User.objects.exclude(state=AccountState.DISABLED).filter(consent_withdrawn_at=None)
    return list(open_.filter(pk__in=list(user_ids)))
