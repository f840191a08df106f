"""Who may see a professional: the person, and administrators of the employer and of the bodies above it."""

from django.db.models import Q

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.organisations import rules
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.people.models import Professional, TitleChange
from xueshi.reviews import permissions as reviews
from xueshi.reviews.models import ReviewCase


def can_see_professional(actor: Actor, professional: Professional) -> Decision:
    """Own record always; an administrator's reach is the subtree of their body."""
    if professional.user_id == actor.user.pk:
        return ALLOW
    if actor.is_administrator and actor.organisation is not None:
        path = professional.employment.organisation.path or ""
        if path and rules.is_within(path, actor.organisation.path or " "):
            return ALLOW
    return deny("不在您的管辖范围内")


def professionals_seen_by(actor: Actor) -> Q:
    """The people ``can_see_professional`` would allow."""
    own = Q(user_id=actor.user.pk)
    if actor.is_administrator and actor.organisation is not None:
        return own | Q(employment__organisation__path__startswith=actor.organisation.path)
    return own


def can_see_change(actor: Actor, change: TitleChange) -> Decision:
    """Whoever may see its case; one that took effect without a review is the person's alone."""
    if change.professional.user_id == actor.user.pk:
        return ALLOW
    return reviews.can_see_case(actor, change.case) if change.case is not None else deny("不在您的管辖范围内")


def changes_seen_by(actor: Actor) -> Q:
    """The changes ``can_see_change`` would allow."""
    own = Q(professional__user_id=actor.user.pk)
    return own | Q(case__in=ReviewCase.objects.filter(reviews.cases_seen_by(actor)).values("pk"))


def can_review_changes(actor: Actor) -> Decision:
    """Administrators with the power 审核账户."""
    return ALLOW if actor.desk_id is not None and actor.has(Power.REVIEW_ACCOUNTS) else deny("您没有审核账户的权限")
