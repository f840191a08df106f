"""The packs of this program, read once from ``settings.POLICIES_ROOT``."""

from functools import cache
from pathlib import Path

from django.conf import settings

from xueshi.policies.catalogues import Catalogue
from xueshi.policies.loading import World, load
from xueshi.policies.packs import Pack
from xueshi.policies.parsing import PackError
from xueshi.policies.values import UnknownKey

__all__ = ["PackError", "UnknownKey", "catalogue", "pack", "pack_for_host", "packs"]


@cache
def _world(root: Path | str) -> World:
    return load(Path(root))


def world() -> World:
    """Everything read; ``PackError`` when a pack is bad. Nothing is read twice."""
    return _world(settings.POLICIES_ROOT)


def packs() -> tuple[Pack, ...]:
    """The packs that are served, by key."""
    return tuple(world().packs.values())


def pack(key: str) -> Pack:
    """The pack of that key, ``UnknownKey`` when it is not served."""
    try:
        return world().packs[key]
    except KeyError:
        raise UnknownKey(f"there is no pack {key!r}") from None


def pack_for_host(host: str) -> Pack | None:
    """The pack of a host name (a port is ignored), None when no pack claims it.

    ``settings.PORTAL_HOSTS`` maps a deployment's own names to keys and goes before the packs' development names.
    """
    name = host.rsplit(":", 1)[0].rstrip(".").lower()
    key = settings.PORTAL_HOSTS.get(name) or world().hosts.get(name)
    return pack(key) if key else None


def catalogue(key: str) -> Catalogue:
    """The code table of that key, ``UnknownKey`` when there is none."""
    try:
        return world().catalogues[key]
    except KeyError:
        raise UnknownKey(f"there is no catalogue {key!r}") from None
