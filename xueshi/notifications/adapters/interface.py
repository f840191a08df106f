"""What a gateway is given and what it may answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message as it leaves. ``key`` is the same at every try, so that a provider can drop the second one."""

    key: str
    portal: str
    recipient: str
    template: str
    values: Mapping[str, str]
    subject: str
    text: str


class Failed(Exception):
    """The provider did not take it; ``for_good`` when trying again cannot help. Holds nothing personal."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.for_good = reason, for_good


class Closed(Failed):
    """This installation has no such way out."""

    def __init__(self) -> None:
        super().__init__("no provider configured", for_good=True)


class Gateway(Protocol):
    """A provider of text messages or a mail server."""

    def send(self, parcel: Parcel) -> None:
        """Hand it over; ``Failed`` when it was not taken. Comes back within seconds whatever the provider does."""
