"""Ways out of the program, behind one interface: a gateway takes a ``Parcel`` or says why not."""

from django.conf import settings

from xueshi.notifications.adapters.interface import Closed, Failed, Gateway, Parcel
from xueshi.notifications.adapters.mail import Smtp
from xueshi.notifications.adapters.sms import Aliyun
from xueshi.notifications.adapters.stand_in import StandIn
from xueshi.notifications.states import Channel

__all__ = ["Closed", "Failed", "Gateway", "Parcel", "gateway", "is_open"]


def is_open(channel: Channel) -> bool:
    """Whether this installation sends by that channel at all."""
    return bool(settings.MESSAGING[channel.value]["adapter"] != "none")


def gateway(channel: Channel) -> Gateway:
    """The configured way out; ``Closed`` when there is none."""
    chosen = settings.MESSAGING[channel.value]
    if chosen["adapter"] == "stand-in":
        return StandIn(channel)
    if chosen["adapter"] == "aliyun":
        return Aliyun(chosen)
    if chosen["adapter"] == "smtp":
        return Smtp(chosen)
    raise Closed
