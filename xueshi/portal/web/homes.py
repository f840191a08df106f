"""The home of each role: a person's year, an administrator's modules, an account's next step."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from xueshi.certificates import selectors as certificates
from xueshi.declarations import selectors as declarations
from xueshi.declarations.models import Declaration
from xueshi.declarations.permissions import can_declare_again as may_declare_again
from xueshi.declarations.permissions import can_edit as may_edit
from xueshi.declarations.web import shown
from xueshi.kernel import clock
from xueshi.ledger import selectors as ledger
from xueshi.ledger.models import YearAccount
from xueshi.notices import selectors as notices
from xueshi.organisations.actors import Actor
from xueshi.policies.packs import Pack
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.policies.years import YearRules
from xueshi.portal.web import workbench
from xueshi.registrations import selectors as registrations
from xueshi.registrations.web import corrections
from xueshi.ui import parts
from xueshi.ui.drawing import shown as shown_as

ZERO = Decimal(0)
RECENT = 3


def home(request: PortalRequest) -> HttpResponse:
    """The home of the hat that is worn."""
    who = actor_of(request)
    if who.is_professional:
        return render(request, "portal/professional.html", _professional(request, who))
    if who.is_administrator:
        return _workbench(request)
    return render(request, "portal/account.html", _account(request, who))


def _account(request: PortalRequest, who: Actor) -> dict[str, Any]:
    """Where somebody without a hat stands: refused, waiting for a desk, or with everything still before them."""
    refused = registrations.refused_of(who.user.pk, request.pack.key)
    return {
        "refused": refused,
        "said": corrections.rejection(refused) if refused is not None else None,
        "waiting": registrations.waiting_hats(who.user.pk, request.pack.key),
        "next_steps": [one for one in workbench.modules(request) if not one.current],
    }


def _workbench(request: PortalRequest) -> HttpResponse:
    context = workbench.page(request)
    region = context["list"].page.region if "list" in context else ""
    is_part = bool(region) and request.headers.get("HX-Target") == region
    answer = render(request, "ui/parts/list_region.html" if is_part else "portal/modules.html", context)
    answer.headers["Vary"] = "HX-Request, HX-Target"
    return answer


def _professional(request: PortalRequest, who: Actor) -> dict[str, Any]:
    year = clock.year()
    rules = request.pack.year(year)
    bars = _bars(rules, ledger.own_account(who, year), declarations.pending_hours(who, year))
    return {
        "year": year,
        "bars": bars,
        "missing": [bar for bar in bars if bar.need is not None and not bar.done],
        "pending": bars[-1].pending,
        "recent": [_row(who, row, request.pack) for row in declarations.recent(who)],
        "certificates": list(certificates.own_certificates(who)[:RECENT]),
        "news": notices.recent_for(who, RECENT),
        "progress": request.pack.word("declaration.progress"),
        "pack": request.pack,
    }


def _row(who: Actor, row: Declaration, pack: Pack) -> dict[str, Any]:
    return {
        "url": reverse("declarations:detail", args=[row.pk]),
        "form": shown.form_label(row),
        "line": row.answers.get("class_name") or row.answers.get("title") or row.number,
        "hours": row.hours_declared,
        "desk": shown.handler(row),
        "state": shown.state(row, pack),
        "refusal": shown.refusal(row),
        "edit": reverse("declarations:edit", args=[row.pk]) if may_edit(who, row).allowed else "",
        "again": f"{reverse('declarations:new')}?again={row.pk}" if may_declare_again(who, row).allowed else "",
    }


def _bars(rules: YearRules, account: YearAccount | None, pending: Mapping[str, Decimal]) -> list[parts.YearBar]:
    bars = []
    for subject in rules.subjects:
        have = getattr(account, f"{subject.key}_hours", ZERO) if account is not None else ZERO
        need = rules.requirement.minimum(subject.key) or None
        bars.append(_bar(subject.title, have, need, pending.get(subject.key, ZERO)))
    total = account.total_hours if account is not None else ZERO
    bars.append(_bar("总学时", total, rules.requirement.total, sum(pending.values(), ZERO)))
    return bars


def _bar(label: str, have: Decimal, need: Decimal | None, pending: Decimal) -> parts.YearBar:
    state = None
    if need is not None and have >= need:
        state = parts.State("已完成", "ok")
    elif pending:
        state = parts.State(f"审核中 {shown_as(pending)}", "wait")
    return parts.YearBar(label=label, have=have, need=need, pending=pending, state=state)
