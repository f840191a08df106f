"""关闭审核权限 and its reverse: a superior takes a unit's right to review hours and reviews meanwhile (AMB-27)."""

from django.db import transaction

from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.kernel.text import clean
from xueshi.organisations import services as organisations
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import Power
from xueshi.registrations import permissions, selectors
from xueshi.reviews import services as reviews

MAX_REASON = 300


@transaction.atomic
def close_review(actor: Actor, organisation_id: int, reason: str) -> int:
    """Close a direct subordinate's right; what waits there moves to the actor's body. Returns how many cases moved.

    Raises ``NotFound`` for anything but a direct subordinate, ``RuleBroken`` without a reason or when it is closed.
    """
    said = _said(reason)
    if not said:
        raise RuleBroken("请填写关闭审核权限的原因", "reason")
    unit = _locked(actor, organisation_id)
    if unit.review_closed or actor.organisation is None:
        raise RuleBroken("该单位的审核权限已经关闭")
    by, stand_in = reviews.acting(actor), organisations.reviewing_body(actor.organisation)
    moved = reviews.move_up(Power.REVIEW_HOURS, unit, stand_in, by=by, comment=said)
    organisations.set_review_closed(unit, closed=True, reason=said, by=by)
    return moved


@transaction.atomic
def open_review(actor: Actor, organisation_id: int, reason: str = "") -> int:
    """Give the right back; what still waits elsewhere in place of the unit returns. Returns how many cases did."""
    said = _said(reason)
    unit = _locked(actor, organisation_id)
    if not unit.review_closed:
        raise RuleBroken("该单位的审核权限没有关闭")
    by = reviews.acting(actor)
    moved = reviews.bring_back(Power.REVIEW_HOURS, unit, by=by, comment=said)
    organisations.set_review_closed(unit, closed=False, reason=said, by=by)
    return moved


def _said(reason: str) -> str:
    said = clean(reason, field="reason")
    if len(said) > MAX_REASON:
        message = f"原因不能超过 {MAX_REASON} 字"
        raise RuleBroken(message, "reason")
    return said


def _locked(actor: Actor, organisation_id: int) -> Organisation:
    """The unit under its lock, which waits for whoever is handing something in there."""
    known = selectors.closable(actor, organisation_id)
    unit = organisations.locked(known.pk)
    if not permissions.can_close_review(actor, unit):
        raise NotFound
    return unit
