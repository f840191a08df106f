"""Who may see an annual account: its person, and whoever works with hours in the bodies above."""

from django.db.models import Q

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.ledger.models import YearAccount
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.people import permissions as people
from xueshi.people.models import Professional

_READERS = frozenset({Power.RECORDS, Power.REVIEW_HOURS, Power.VERIFY_HOURS, Power.CERTIFICATES, Power.STATISTICS})
"""An administrator without any of these has nothing to do with anybody's hours."""


def can_see_account(actor: Actor, account: YearAccount) -> Decision:
    """The person, and administrators who work with hours and whose reach covers the person's employer."""
    return can_see_years(actor, account.person)


def can_see_years(actor: Actor, person: Professional) -> Decision:
    """As ``can_see_account``, of all years of a person, also of those without an account."""
    concerned = person.user_id == actor.user.pk or bool(actor.powers & _READERS)
    return ALLOW if concerned and people.can_see_professional(actor, person) else deny("不在您的管辖范围内")


def years_seen_by(actor: Actor) -> Q:
    """The people ``can_see_years`` would allow."""
    own = Q(user_id=actor.user.pk)
    if actor.is_administrator and actor.organisation is not None and actor.powers & _READERS:
        return own | Q(employment__organisation__path__startswith=actor.organisation.path)
    return own


def can_open_archive(actor: Actor) -> Decision:
    """Administrators with 查询统计."""
    return ALLOW if actor.is_administrator and actor.has(Power.STATISTICS) else deny("您没有查询统计的权限")


def accounts_seen_by(actor: Actor) -> Q:
    """The accounts ``can_see_account`` would allow."""
    own = Q(person__user_id=actor.user.pk)
    if actor.is_administrator and actor.organisation is not None and actor.powers & _READERS:
        return own | Q(person__employment__organisation__path__startswith=actor.organisation.path)
    return own
