"""A provider for development and tests: signs, and on demand delays, repeats, fails and lies; what it got stays."""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings

from xueshi.kernel import clock
from xueshi.notifications.adapters.interface import Closed, Failed, Parcel
from xueshi.notifications.models import Delivery
from xueshi.notifications.states import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the next messages fare. ``failing``: this one is refused; ``denying``: delivered, yet said to have failed;
    ``losing``: said to be sent, yet never delivered."""

    delay: timedelta = timedelta()
    copies: int = 1
    failing: bool = False
    denying: bool = False
    losing: bool = False
    wait: Callable[[float], None] = field(default=time.sleep)


class _Mood:
    now = Behaviour()


@contextmanager
def behaving(behaviour: Behaviour) -> Iterator[None]:
    """Behave so inside the block."""
    before, _Mood.now = _Mood.now, behaviour
    try:
        yield
    finally:
        _Mood.now = before


def signature(key: str, recipient: str, text: str) -> str:
    """What the stand-in signs its deliveries with; a key of its own, derived from the secret of this installation."""
    own = hmac.new(settings.SECRET_KEY.encode(), b"messages.stand-in", hashlib.sha256).digest()
    return hmac.new(own, f"{key}\0{recipient}\0{text}".encode(), hashlib.sha256).hexdigest()


class StandIn:
    """Takes messages of one channel; refuses to exist in production."""

    def __init__(self, channel: Channel) -> None:
        if settings.PRODUCTION:
            raise Closed
        self.channel = channel

    def send(self, parcel: Parcel) -> None:
        """Keep the message, as the present behaviour says."""
        mood = _Mood.now
        if mood.delay:
            mood.wait(mood.delay.total_seconds())
        if mood.failing:
            raise Failed("stand-in refuses")
        if not mood.losing:
            Delivery.objects.bulk_create(self._delivery(parcel) for _ in range(mood.copies))  # rule 1: its own memory
        if mood.denying:
            raise Failed("stand-in denies")

    def _delivery(self, parcel: Parcel) -> Delivery:
        return Delivery(
            key=parcel.key,
            portal=parcel.portal,
            channel=self.channel,
            recipient=parcel.recipient,
            subject=parcel.subject,
            text=parcel.text,
            signature=signature(parcel.key, parcel.recipient, parcel.text),
            at=clock.now(),
        )
