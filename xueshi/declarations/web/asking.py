"""Who asks, on which portal."""

from django.http import HttpRequest

from xueshi.kernel.errors import NotFound
from xueshi.organisations.actors import Actor
from xueshi.policies.packs import Pack


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in actor; ``NotFound`` without one (the middleware asks for sign-in before that)."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise NotFound
    return actor


def pack_of(request: HttpRequest) -> Pack:
    """The pack of the portal."""
    pack = getattr(request, "pack", None)
    if not isinstance(pack, Pack):
        raise NotFound
    return pack
