"""The learning site: its front, a page per kind of subject, and the person's own centre (ID-25, ID-26).

It has no accounts of its own: whoever is signed in on the portal is signed in here.
"""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound
from xueshi.ledger import selectors as ledger
from xueshi.people import selectors as people
from xueshi.policies.packs import Link, Pack
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.ui import parts
from xueshi.ui.routes import route

ZERO = Decimal(0)


@route(public=True)
def home(request: PortalRequest) -> HttpResponse:
    """The front of the learning site."""
    return render(request, "learning/home.html", _frame(request))


@route(public=True)
def subject(request: PortalRequest, subject: str) -> HttpResponse:
    """One platform of the menu 继续教育: 公需科目, or 专业科目（非出版专业）."""
    frame = _frame(request)
    found = next((one for one in frame["platforms"] if one.url == request.path), None)
    if found is None:
        raise NotFound
    return render(request, "learning/subject.html", frame | {"platform": found})


@route()
def centre(request: PortalRequest) -> HttpResponse:
    """个人中心: who one is, this year's hours, one's courses."""
    actor, year = actor_of(request), clock.year()
    held = ledger.own_account(actor, year)
    rules = request.pack.year(year)
    bars = [
        _bar(one.title, getattr(held, f"{one.key}_hours", ZERO), rules.requirement.minimum(one.key) or None)
        for one in rules.subjects
    ]
    bars.append(_bar("总学时", held.total_hours if held is not None else ZERO, rules.requirement.total))
    return render(
        request, "learning/centre.html", _frame(request) | {"year": year, "bars": bars, "pairs": _who(request)}
    )


def _frame(request: PortalRequest) -> dict[str, Any]:
    """What stands around every page of the site; ``NotFound`` where the portal has no learning site."""
    if not request.pack.enabled("learning"):
        raise NotFound
    return {
        "site": f"{request.pack.portal.short_title}继续教育网络学习平台",
        "platforms": _platforms(request.pack),
        "sign_in": f"{reverse('portal:front')}?{urlencode({'next': reverse('learning:centre')})}",
    }


def _platforms(pack: Pack) -> tuple[Link, ...]:
    """The entries of the menu 继续教育 on the portal's front page."""
    own = reverse("learning:home")
    return tuple(one for link in pack.portal.links for one in link.children if one.url.startswith(own))


def _bar(label: str, have: Decimal, need: Decimal | None) -> parts.YearBar:
    done = need is not None and have >= need
    return parts.YearBar(label=label, have=have, need=need, state=parts.State("已完成", "ok") if done else None)


def _who(request: PortalRequest) -> list[parts.Pair]:
    user = actor_of(request).user
    record = people.professional_of(user.pk)
    pairs = [
        parts.Pair(label="姓名", value=user.name, strong=True),
        parts.Pair(label="证件号码", value=user.masked_document),
        parts.Pair(label="手机号码", value=user.masked_phone),
    ]
    if record is not None:
        pairs.append(parts.Pair(label="所在单位", value=record.employment.organisation.name))
    return pairs
