"""The request as every view behind ``portal.middleware`` may read it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from xueshi.organisations.actors import Actor
    from xueshi.policies.packs import Pack


class PortalRequest(HttpRequest):
    """A request on one portal, by nobody or by somebody wearing one hat."""

    pack: "Pack"
    actor: "Actor | None"
    htmx: "HtmxDetails"
