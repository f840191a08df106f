"""重置密码: an administrator has somebody sent a secret, and sees no more than that it was sent (B8)."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from xueshi.accounts import recovering
from xueshi.kernel.errors import RuleBroken, TooMany
from xueshi.notifications.states import Channel
from xueshi.organisations import permissions, selectors, services
from xueshi.organisations.models import Membership
from xueshi.organisations.states import Power
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.portal.web.forms import way_on
from xueshi.ui import parts
from xueshi.ui.routes import route

_POWERS = (Power.REVIEW_ACCOUNTS.value, Power.SUBORDINATES.value, Power.ADMINISTRATORS.value)
_WAYS = {Channel.SMS: "短信", Channel.MAIL: "邮件"}


@route("GET", "POST", powers=_POWERS, object_kind="organisations.membership")
def reset_password(request: PortalRequest, membership_id: int) -> HttpResponse:
    """Who it is and what will happen; confirmed by a POST."""
    actor = actor_of(request)
    hat = selectors.hat_seen(actor, membership_id)
    permissions.can_reset(actor, hat).require()
    if request.method != "POST":
        return _page(request, hat)
    try:
        way = services.reset_password(actor, membership_id)
    except (RuleBroken, TooMany) as refused:
        return _page(request, hat, refused)
    messages.success(request, f"重置码已通过{_WAYS[way.channel]}发送给{hat.user.name}（{way.masked}）")
    return redirect(way_on(request))


def _page(request: PortalRequest, hat: Membership, refused: RuleBroken | TooMany | None = None) -> HttpResponse:
    way = recovering.way_to(hat.user)
    context = {
        "pairs": _pairs(hat, f"{_WAYS[way.channel]} {way.masked}" if way is not None else ""),
        "problem": refused.message if refused is not None else "" if way is not None else recovering.UNREACHABLE,
        "sendable": way is not None,
        "hours": recovering.RESET_LIFE // timedelta(hours=1),
        "back": way_on(request),
    }
    answer = render(request, "portal/reset.html", context, status=refused.status if refused is not None else 200)
    if isinstance(refused, TooMany):
        answer.headers["Retry-After"] = str(refused.retry_after)
    return answer


def _pairs(hat: Membership, way: str) -> list[parts.Pair]:
    return [
        parts.Pair(label="姓名", value=hat.user.name, strong=True),
        parts.Pair(label="证件号", value=hat.user.listed_document),
        parts.Pair(label="所在单位", value=hat.organisation.name),
        parts.Pair(label="身份", value=hat.called),
        parts.Pair(label="发送方式", value=way),
    ]
