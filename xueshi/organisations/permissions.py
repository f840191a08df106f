"""Who may see which body. Each ``can_…`` has its filter beside it; one test compares the pairs."""

from django.db.models import Q

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.organisations import rules
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import Hat


def can_see_organisation(actor: Actor, organisation: Organisation) -> Decision:
    """An administrator sees their own body and everything below it; others see their own body."""
    if actor.organisation is None:
        return deny("不在您的管辖范围内")
    if actor.is_administrator and rules.is_within(organisation.path or "", actor.organisation.path or " "):
        return ALLOW
    return ALLOW if organisation.pk == actor.organisation.pk else deny("不在您的管辖范围内")


def organisations_seen_by(actor: Actor) -> Q:
    """The bodies ``can_see_organisation`` would allow."""
    if actor.organisation is None:
        return Q(pk__in=[])
    if actor.is_administrator:
        return Q(path__startswith=actor.organisation.path)
    return Q(pk=actor.organisation.pk)


def can_see_membership(actor: Actor, membership: Membership) -> Decision:
    """One's own hats, and for an administrator every hat inside the reach of their body."""
    if membership.user_id == actor.user.pk:
        return ALLOW
    if not actor.is_administrator:
        return deny("不在您的管辖范围内")
    return can_see_organisation(actor, membership.organisation)


def memberships_seen_by(actor: Actor) -> Q:
    """The hats ``can_see_membership`` would allow."""
    own = Q(user_id=actor.user.pk)
    if not actor.is_administrator or actor.organisation is None:
        return own
    return own | Q(organisation__path__startswith=actor.organisation.path)


def hats_of(user_id: int, portal: str) -> Q:
    """The hats a person may wear on one portal: bodies of that portal."""
    return Q(
        user_id=user_id, state="active", organisation__state="active", organisation__portal=portal, hat__in=list(Hat)
    )
