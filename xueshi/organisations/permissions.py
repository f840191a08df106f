"""Who may see which body. Each ``can_…`` has its filter beside it; one test compares the pairs."""

from django.db.models import Exists, OuterRef, Q

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.organisations import rules
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import Hat, MembershipState, Power


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


def under_hat(actor: Actor, body: str) -> Q:
    """What a list is about under an administrator's hat: rows whose ``body`` (a path of fields) lies in its reach.

    Beside a filter of what may be seen, which lets one's own through wherever it stands: that has lists of its own,
    under one's own hat, and a database that looks for either looks at every row.
    """
    if not actor.is_administrator or actor.organisation is None:
        return Q()
    return Q((f"{body}__path__startswith", actor.organisation.path))


def hats_of(user_id: int, portal: str) -> Q:
    """The hats a person may wear on one portal: bodies of that portal."""
    return Q(
        user_id=user_id, state="active", organisation__state="active", organisation__portal=portal, hat__in=list(Hat)
    )


def can_reset(actor: Actor, membership: Membership) -> Decision:
    """Start a reset of somebody's password (B8), by the hat one knows them by.

    One's people with 审核账户, the administrators of bodies below with 管理下级单位, one's own ones as their super
    administrator (ADM-12). Never oneself, and nobody with authority anywhere that one does not stand above (A8).
    """
    if membership.user_id == actor.user.pk:
        return deny("请在“修改密码”中修改自己的密码")
    if membership.state != MembershipState.ACTIVE or not can_see_membership(actor, membership):
        return deny("不在您的管辖范围内")
    if membership.hat == Hat.PROFESSIONAL and not actor.has(Power.REVIEW_ACCOUNTS):
        return deny("您没有审核账户的权限")
    held = Membership.objects.filter(_authority(), user_id=membership.user_id).select_related("organisation")
    return ALLOW if all(_stands_above(actor, one) for one in held) else deny(_OUTRANKED)


_OUTRANKED = "您不能为该账户重置密码，请该用户通过登录页“忘记密码”自行找回，或由其上级管理员办理"


def resettable_by(actor: Actor) -> Q:
    """The hats of whom ``can_reset`` would allow."""
    if not actor.is_administrator:
        return Q(pk__in=[])
    beyond = Membership.objects.filter(_authority(), ~_below(actor), user_id=OuterRef("user_id"))
    people = Q(hat=Hat.PROFESSIONAL) if actor.has(Power.REVIEW_ACCOUNTS) else Q(pk__in=[])
    known = people | Q(hat=Hat.ADMINISTRATOR)
    return memberships_seen_by(actor) & Q(known, ~Exists(beyond), ~Q(user_id=actor.user.pk), state="active")


def _authority() -> Q:
    """Hats that say something over others, whether or not their body takes part at the moment."""
    return Q(hat=Hat.ADMINISTRATOR, state=MembershipState.ACTIVE)


def _stands_above(actor: Actor, hat: Membership) -> bool:
    own, body = actor.organisation, hat.organisation
    if own is None or actor.membership is None:
        return False
    if body.pk == own.pk:
        return actor.membership.is_super and not hat.is_super and actor.has(Power.ADMINISTRATORS)
    return actor.has(Power.SUBORDINATES) and rules.is_within(body.path or "", own.path or " ")


def _below(actor: Actor) -> Q:
    """The administrators' hats of which ``_stands_above`` is true."""
    own, found = actor.organisation, Q(pk__in=[])
    if own is None or actor.membership is None:
        return found
    if actor.has(Power.SUBORDINATES):
        found |= Q(organisation__path__startswith=own.path or " ") & ~Q(organisation_id=own.pk)
    if actor.membership.is_super and actor.has(Power.ADMINISTRATORS):
        found |= Q(organisation_id=own.pk, is_super=False)
    return found
