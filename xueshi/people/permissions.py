"""Who may see a professional: the person, and administrators of the employer and of the bodies above it."""

from django.db.models import Q

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.organisations import rules
from xueshi.organisations.actors import Actor
from xueshi.people.models import Professional


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
