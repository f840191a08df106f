"""Who may see and print a certificate. Checking one without signing in needs the paper, not a permission."""

from django.db.models import Q

from xueshi.certificates.models import Certificate
from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.ledger import permissions as ledger
from xueshi.ledger.models import YearAccount
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.policies import registry
from xueshi.policies.papers import ANNUAL

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


def can_print(actor: Actor, account: YearAccount, kind: str = ANNUAL) -> Decision:
    """Whether a certificate is offered for a year; the reason is the pack's when it is not earned (ANN-07, ANN-11)."""
    if account.person.user_id != actor.user.pk and not actor.has(Power.CERTIFICATES):
        return deny(_OUT_OF_REACH)
    if not ledger.can_see_account(actor, account):
        return deny(_OUT_OF_REACH)
    year = registry.pack(account.portal).year(account.year)
    paper = next((one for one in year.certificates if one.key == kind), None)
    if paper is None:
        return deny("该年度没有这种证书")
    if not paper.earned(passed=account.reached, sums=account.sums):
        return deny(paper.refused or year.annual.refused)
    return ALLOW


def can_print_for_others(actor: Actor) -> Decision:
    """Whoever works with 电子证书 for a body."""
    return ALLOW if actor.is_administrator and actor.has(Power.CERTIFICATES) else deny("没有电子证书的权限")
