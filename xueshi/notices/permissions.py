"""Who writes notices. Reading a published one needs no permission."""

from django.db.models import Q

from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.notices.models import Notice
from xueshi.notices.states import NoticeState
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power


def can_write(actor: Actor) -> Decision:
    """An administrator of a bureau with the power over the portal's contents."""
    if actor.organisation is not None and actor.is_administrator and actor.has(Power.CONTENT):
        return ALLOW
    return deny("只有人社部门的管理员可以发布通知公告")


def can_manage(actor: Actor, notice: Notice) -> Decision:
    """A writer, for what their own bureau wrote."""
    if can_write(actor) and actor.organisation is not None and notice.organisation_id == actor.organisation.pk:
        return ALLOW
    return deny("不在您的管辖范围内")


def managed_by(actor: Actor) -> Q:
    """The notices ``can_manage`` would allow."""
    if actor.organisation is None or not can_write(actor):
        return Q(pk__in=[])
    return Q(organisation_id=actor.organisation.pk)


def readable_on(portal: str) -> Q:
    """What the public of one portal reads."""
    return Q(portal=portal, state=NoticeState.PUBLISHED)
