"""Who may see an annual account: its person, and whoever works with hours in the bodies above."""

from django.db.models import Q

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.ledger.models import YearAccount
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.people import permissions as people

_READERS = frozenset({Power.RECORDS, Power.REVIEW_HOURS, Power.VERIFY_HOURS, Power.CERTIFICATES})
"""An administrator without any of these has nothing to do with anybody's hours."""


def can_see_account(actor: Actor, account: YearAccount) -> Decision:
    """The person, and administrators who work with hours and whose reach covers the person's employer."""
    concerned = account.person.user_id == actor.user.pk or bool(actor.powers & _READERS)
    return ALLOW if concerned and people.can_see_professional(actor, account.person) else deny("不在您的管辖范围内")


def accounts_seen_by(actor: Actor) -> Q:
    """The accounts ``can_see_account`` would allow."""
    own = Q(person__user_id=actor.user.pk)
    if actor.is_administrator and actor.organisation is not None and actor.powers & _READERS:
        return own | Q(person__employment__organisation__path__startswith=actor.organisation.path)
    return own
