"""Who may see and print a certificate. Checking one without signing in needs the paper, not a permission."""

from django.db.models import Q

from xueshi.certificates.models import Certificate
from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.ledger import permissions as ledger
from xueshi.ledger.models import YearAccount
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.policies import registry

_OUT_OF_REACH = "不在您的管辖范围内"


def can_see_certificate(actor: Actor, certificate: Certificate) -> Decision:
    """The holder; and an administrator with 电子证书 among their powers whose reach covers the holder's employer."""
    account = certificate.account
    if account.person.user_id == actor.user.pk:
        return ALLOW
    if actor.has(Power.CERTIFICATES) and ledger.can_see_account(actor, account):
        return ALLOW
    return deny(_OUT_OF_REACH)


def certificates_seen_by(actor: Actor) -> Q:
    """The certificates ``can_see_certificate`` would allow."""
    own = Q(account__person__user_id=actor.user.pk)
    if actor.has(Power.CERTIFICATES) and actor.is_administrator and actor.organisation is not None:
        return own | Q(account__person__employment__organisation__path__startswith=actor.organisation.path)
    return own


def can_print(actor: Actor, account: YearAccount) -> Decision:
    """Whether 打印学时证明 is offered for a year; the reason is the manual's when the year is not passed (ANN-07)."""
    if account.person.user_id != actor.user.pk and not actor.has(Power.CERTIFICATES):
        return deny(_OUT_OF_REACH)
    if not ledger.can_see_account(actor, account):
        return deny(_OUT_OF_REACH)
    if not account.passed:
        return deny(registry.pack(account.portal).year(account.year).annual.refused)
    return ALLOW
