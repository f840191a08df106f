"""Who may see an annual account: whoever may see its person."""

from django.db.models import Q

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.ledger.models import YearAccount
from xueshi.organisations.actors import Actor
from xueshi.people import permissions as people


def can_see_account(actor: Actor, account: YearAccount) -> Decision:
    """The person, and administrators whose reach covers the person's employer."""
    return ALLOW if people.can_see_professional(actor, account.person) else deny("不在您的管辖范围内")


def accounts_seen_by(actor: Actor) -> Q:
    """The accounts ``can_see_account`` would allow."""
    own = Q(person__user_id=actor.user.pk)
    if actor.is_administrator and actor.organisation is not None:
        return own | Q(person__employment__organisation__path__startswith=actor.organisation.path)
    return own
