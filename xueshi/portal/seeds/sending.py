"""What the messages of a made-up past become."""

from xueshi.notifications import services as notifications


def send_all() -> None:
    """Try every message that is due, as the worker of those days would have: most come too late and expire."""
    while notifications.deliver_due():
        pass
