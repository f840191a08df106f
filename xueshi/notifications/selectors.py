"""Reading the outbox, what the stand-in received, and people's notes."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce

from xueshi.kernel.many import Among
from xueshi.notifications.models import Choice, Delivery, Message, Note
from xueshi.notifications.states import Channel, MessageState


def parked() -> "QuerySet[Message]":
    """Messages that somebody has to look at, oldest first."""
    return Message.objects.filter(state=MessageState.PARKED).order_by("pk")


def in_state(state: MessageState) -> "QuerySet[Message]":
    """Messages of one state, oldest first; hollow ones are nobody's business."""
    return Message.objects.filter(state=state, hollow=False).order_by("pk")


def overdue(since: datetime) -> "QuerySet[Message]":
    """What should have been tried before ``since`` and is neither sent nor parked (INV-15)."""
    return Message.objects.filter(state=MessageState.WAITING, hollow=False, due_at__lt=since).order_by("pk")


def doubled() -> list[str]:
    """Effects that were written twice: the database refuses them, unless it was told not to (INV-15)."""
    return [
        key
        for model in (Message, Note)
        for key, _ in model.objects.order_by().values_list("key").annotate(n=Count("pk")).filter(n__gt=1)
    ]


def delivered(portal: str, limit: int = 50) -> list[Delivery]:
    """What the stand-in received for a portal, newest first."""
    return list(Delivery.objects.filter(portal=portal).order_by("-pk")[:limit])


def notes_of(user_id: int, portal: str) -> "QuerySet[Note]":
    """What somebody was told on a portal, newest first; nobody else reads it."""
    return Note.objects.filter(user_id=user_id, portal=portal).order_by("-pk")


def unread_counted(user_id: int, portal: str) -> Coalesce:
    """How many notes somebody has not read, as part of another question: the header costs no question of its own."""
    rows = Note.objects.filter(user_id=user_id, portal=portal, read_at=None).order_by()
    return Coalesce(Subquery(rows.values("user_id").annotate(number=Count("pk")).values("number")), 0)


def choices_of(user_ids: Iterable[int]) -> dict[int, Channel | None]:
    """By which way those who said so want to hear of their messages; ``None`` for by none."""
    rows = Choice.objects.filter(Among("user_id", user_ids)).values_list("user_id", "channel")
    return {user_id: Channel(channel) if channel else None for user_id, channel in rows}
