"""The request as every view behind ``portal.middleware`` may read it: who asks, on which portal."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from xueshi.kernel.errors import NotFound
from xueshi.organisations.actors import Actor
from xueshi.policies.packs import Pack

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class PortalRequest(HttpRequest):
    """A request on one portal, by nobody or by somebody wearing one hat."""

    pack: Pack
    actor: Actor | None
    htmx: "HtmxDetails"


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in actor; ``NotFound`` without one (the middleware asks for sign-in before that)."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise NotFound
    return actor


def pack_of(request: HttpRequest) -> Pack:
    """The pack of the portal; ``NotFound`` on a host that is no portal's."""
    pack = getattr(request, "pack", None)
    if not isinstance(pack, Pack):
        raise NotFound
    return pack
