"""Reading accounts."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Subquery
from django.db.models.functions import Coalesce

from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState
from xueshi.kernel.many import Among


def signed_in_user(user_id: int) -> User | None:
    """The account of a session."""
    return User.objects.filter(pk=user_id).first()


type Question = tuple[str, tuple[Any, ...]]
"""A query in the words of the database, and its parameters."""


def question(user_id: int, *parts: Coalesce | Subquery) -> Question:
    """Several figures about one person in one query; ``parts`` are sub-queries of whoever knows them.

    In words, for whoever asks the same at every request: wording it takes Django many times as long as the answer.
    """
    sql, values = User.objects.filter(pk=user_id).order_by().values_list(*parts).query.sql_with_params()
    return sql, tuple(values)


def answer(asked: Question) -> tuple[Any, ...]:
    """What the database says to a question, as the driver gives it: objects of JSON are texts."""
    with connection.cursor() as cursor:  # rule 6: the words are Django's own
        cursor.execute(*asked)
        return tuple(cursor.fetchone())


def reachable(user_ids: Iterable[int]) -> list[User]:
    """The people behind some keys who may still be written to: nobody closed, nobody who took their consent back."""
    open_ = User.objects.exclude(state=AccountState.DISABLED).filter(consent_withdrawn_at=None)
    return list(open_.filter(Among("pk", user_ids)).only("phone", "email"))
