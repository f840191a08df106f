"""Writing into the outbox, and delivering from it."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from procrastinate.contrib.django import app

from xueshi.kernel import clock
from xueshi.notifications import adapters, rules, wording
from xueshi.notifications.adapters import Failed, Parcel
from xueshi.notifications.models import Delivery, Message
from xueshi.notifications.states import Channel, MessageState

log = logging.getLogger("xueshi.notifications")
LEASE = timedelta(minutes=2)
"""How long a worker may take over one try; providers are given seconds."""
KEPT = timedelta(days=30)
JOB = "notifications.deliver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What to send. ``key`` names the effect and is written once; after ``expires_at`` it is not worth sending.

    ``hollow``: write and queue it like any other, and never send it (B2).
    """

    key: str
    portal: str
    channel: Channel
    recipient: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None
    hollow: bool = False


def offered(channel: Channel) -> bool:
    """Whether this installation sends by that channel."""
    return adapters.is_open(channel)


@transaction.atomic
def write(letter: Letter) -> None:
    """Put a message into the outbox and queue its delivery, both in the transaction of the caller."""
    now = clock.now()
    message, fresh = Message.objects.get_or_create(
        key=letter.key,
        defaults={
            "portal": letter.portal,
            "channel": letter.channel,
            "template": letter.template,
            "recipient": letter.recipient,
            "values": json.dumps(dict(letter.values), ensure_ascii=False),
            "hollow": letter.hollow,
            "created_at": now,
            "due_at": now,
            "expires_at": letter.expires_at,
        },
    )
    if fresh:
        app.configure_task(JOB, queue="default").defer(message_id=message.pk)


def deliver(message_id: int) -> None:
    """Try to send one message; nothing happens when it is sent, taken by another worker or not yet due again."""
    message = _claim(message_id)
    if message is None:
        return
    try:
        adapters.gateway(Channel(message.channel)).send(_parcel(message))
    except Failed as failure:
        _put_off(message, failure)
    else:
        _settle(message, state=MessageState.SENT, sent_at=clock.now(), values="", failure="")


@transaction.atomic
def _claim(message_id: int) -> Message | None:
    """Count a try and take the lease, before anything leaves."""
    now = clock.now()
    waiting = Message.objects.filter(pk=message_id, state=MessageState.WAITING, due_at__lte=now)
    message = waiting.select_for_update(no_key=True).order_by("pk").first()
    if message is None or message.hollow:
        Message.objects.filter(pk=message_id, hollow=True).delete()
        return None
    message.tries, message.lease, message.due_at = message.tries + 1, message.lease + 1, now + LEASE
    if message.tries > rules.MOST_TRIES:  # every try so far lost its worker
        message.state, message.tries = MessageState.PARKED, rules.MOST_TRIES
    elif message.expires_at is not None and message.expires_at <= now:
        message.state, message.values = MessageState.EXPIRED, ""
    message.save(update_fields=["tries", "lease", "due_at", "state", "values"])
    return message if message.state == MessageState.WAITING else None


def _parcel(message: Message) -> Parcel:
    values = json.loads(message.values)
    mail = message.channel == Channel.MAIL
    return Parcel(
        key=message.key,
        portal=message.portal,
        recipient=message.recipient,
        template=message.template,
        values=values,
        subject=wording.subject(message.portal, message.template) if mail else "",
        text=wording.text(message.portal, message.template, values),
    )


def _put_off(message: Message, failure: Failed) -> None:
    pause = None if failure.for_good else rules.pause_after(message.tries)
    if pause is not None:
        _settle(message, due_at=clock.now() + pause, failure=failure.reason)
        return
    log.error("message %s parked after %s tries: %s", message.pk, message.tries, failure.reason)
    _settle(message, state=MessageState.PARKED, failure=failure.reason)


def _settle(message: Message, **outcome: object) -> None:
    """Write an outcome under our lease; a worker that was too slow writes nothing."""
    Message.objects.filter(pk=message.pk, lease=message.lease, state=MessageState.WAITING).update(**outcome)


def deliver_due(limit: int = 200) -> int:
    """Try all messages whose pause is over or whose worker was lost; how many there were."""
    due = Message.objects.filter(state=MessageState.WAITING, due_at__lte=clock.now()).order_by("due_at")
    found = list(due.values_list("pk", flat=True)[:limit])
    for message_id in found:
        deliver(message_id)
    return len(found)


def retry(message_id: int) -> bool:
    """Give a parked message another five tries; whether there was one."""
    fresh = {"state": MessageState.WAITING, "tries": 0, "due_at": clock.now(), "failure": ""}
    return bool(Message.objects.filter(pk=message_id, state=MessageState.PARKED).update(**fresh))


def sweep() -> int:
    """Forget what was sent or expired a month ago, and what the stand-in received; parked ones stay."""
    before = clock.now() - KEPT
    done = Message.objects.filter(state__in=[MessageState.SENT, MessageState.EXPIRED], created_at__lt=before)
    return done.delete()[0] + Delivery.objects.filter(at__lt=before).delete()[0]
