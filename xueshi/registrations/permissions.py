"""Who may see a registration: whoever may see its case; without a case the person and the bodies above the new one."""

from django.db.models import Q

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.organisations import permissions as bodies
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import OrganisationKind, OrganisationState, Power
from xueshi.registrations.models import Registration
from xueshi.reviews import permissions as reviews
from xueshi.reviews.models import ReviewCase

_REVIEWING = (OrganisationKind.EMPLOYER, OrganisationKind.DEPARTMENT)


def can_see_registration(actor: Actor, registration: Registration) -> Decision:
    """The person themself, the desks of the case, the bodies above."""
    if registration.user_id == actor.user.pk:
        return ALLOW
    if registration.case is not None:
        return reviews.can_see_case(actor, registration.case)
    if actor.is_administrator and registration.organisation is not None:
        return bodies.can_see_organisation(actor, registration.organisation)
    return deny("不在您的管辖范围内")


def registrations_seen_by(actor: Actor) -> Q:
    """The registrations ``can_see_registration`` would allow."""
    own = Q(user_id=actor.user.pk)
    if not actor.is_administrator or actor.organisation is None:
        return own
    filed = Q(case=None, organisation__path__startswith=actor.organisation.path)
    return own | filed | Q(case__in=ReviewCase.objects.filter(reviews.cases_seen_by(actor)).values("pk"))


def can_review_registrations(actor: Actor) -> Decision:
    """Administrators with the power 审核账户."""
    return ALLOW if actor.desk_id is not None and actor.has(Power.REVIEW_ACCOUNTS) else deny("您没有审核账户的权限")


def can_close_review(actor: Actor, body: Organisation) -> Decision:
    """关闭审核权限: the body directly above, of an employer or department that takes part (ORG-43)."""
    if not can_see_filed(actor) or body.parent_id is None or body.parent_id != actor.desk_id:
        return deny("只能由直接上级关闭审核权限")
    known = body.kind in _REVIEWING and body.state == OrganisationState.ACTIVE
    return ALLOW if known else deny("该单位没有审核权限")


def review_closed_by(actor: Actor) -> Q:
    """The bodies ``can_close_review`` would allow."""
    if not can_see_filed(actor):
        return Q(pk__in=[])
    return Q(parent_id=actor.desk_id, kind__in=_REVIEWING, state=OrganisationState.ACTIVE)


def can_see_managers(actor: Actor, body: Organisation) -> Decision:
    """Who acts for a body: whoever administers its administrators, and above it who manages subordinate bodies."""
    if actor.desk_id is not None and body.pk == actor.desk_id:
        return ALLOW if actor.has(Power.ADMINISTRATORS) else deny("您没有管理管理员的权限")
    below = bodies.can_see_organisation(actor, body)
    return can_see_filed(actor) if below else below


def can_see_filed(actor: Actor) -> Decision:
    """Administrators who manage subordinate bodies."""
    return ALLOW if actor.desk_id is not None and actor.has(Power.SUBORDINATES) else deny("您没有管理下级单位的权限")
