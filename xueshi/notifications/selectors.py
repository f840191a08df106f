"""Reading the outbox: what is parked, and what the stand-in received."""

from django.db.models import QuerySet

from xueshi.notifications.models import Delivery, Message
from xueshi.notifications.states import MessageState


def parked() -> "QuerySet[Message]":
    """Messages that somebody has to look at, oldest first."""
    return Message.objects.filter(state=MessageState.PARKED).order_by("pk")


def in_state(state: MessageState) -> "QuerySet[Message]":
    """Messages of one state, oldest first; hollow ones are nobody's business."""
    return Message.objects.filter(state=state, hollow=False).order_by("pk")


def delivered(portal: str, limit: int = 50) -> list[Delivery]:
    """What the stand-in received for a portal, newest first."""
    return list(Delivery.objects.filter(portal=portal).order_by("-pk")[:limit])
