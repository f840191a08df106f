"""年度完成情况 and 继续历程: one's own years, and those of whom one may see."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from xueshi.kernel import clock
from xueshi.ledger import selectors
from xueshi.ledger.models import YearAccount
from xueshi.ledger.web import days, lists, shown
from xueshi.ledger.web.shown import Explained
from xueshi.organisations import permissions
from xueshi.organisations.actors import Actor
from xueshi.policies import registry
from xueshi.policies.requests import actor_of, pack_of
from xueshi.policies.verdicts import verdict
from xueshi.ui.lists import show_list
from xueshi.ui.routes import route


@route()
def years(request: HttpRequest) -> HttpResponse:
    """One row per year with its result (ANN-01, ANN-02)."""
    pack, year, day = pack_of(request), clock.year(), days.asked(request.GET)
    page = lists.Years(pack, year, day, actor=actor_of(request)).page()
    context = {"refused": pack.year(year).annual.refused, "day": day, "sheet": reverse("ledger:sheet")}
    if pack.enabled("adjustments"):
        context["events"] = reverse("adjustments:mine")
    return show_list(request, page, context)


@route(object_kind="people.professional")
def person_years(request: HttpRequest, pk: int) -> HttpResponse:
    """The same of somebody whose hours one may see."""
    actor, day = actor_of(request), days.asked(request.GET)
    person = selectors.person_for(actor, pk)
    pack = registry.pack(person.employment.organisation.portal)
    page = lists.Years(pack, clock.year(), day, person, actor).page()
    context = {"name": person.user.name, "day": day, "sheet": reverse("ledger:person_sheet", args=[pk])}
    if permissions.can_reset(actor, person.employment):
        context["reset"] = reverse("portal:reset_password", args=[person.employment_id])
    return show_list(request, page, context)


@route(object_kind="ledger.yearaccount")
def year(request: HttpRequest, pk: int) -> HttpResponse:
    """The verdict line by line with what is missing and until when, and everything behind it (ANN-03)."""
    actor = actor_of(request)
    account = selectors.account_for(actor, pk)
    day, form = days.asked(request.GET), days.DayForm(request.GET)
    refused = form.is_bound and not form.is_valid()
    context = {"form": form} | _verdict(account, day) | _history(account, day) | _around(actor, account, day)
    return render(request, "ledger/year.html", context, status=422 if refused else 200)


def _verdict(account: YearAccount, day: Any) -> dict[str, Any]:
    explained = shown.kept(account)
    if day is not None or not explained.lines:
        explained = shown.at(selectors.standings([account], days.end_of(day))[account.pk])
    of_year = shown.rules_of(account)
    return {
        "state": verdict(of_year, account.year, passed=explained.passed, waived=explained.waived, on=day),
        "explained": explained,
        "bars": shown.bars(of_year, explained),
        "conditions": shown.conditions(of_year, account.year, explained, day),
        "deadline": shown.deadline(account, explained, day or clock.today()),
        "events": _events(explained),
        "rule_title": of_year.title,
        "rule_source": of_year.requirement.source,
        "refused": of_year.annual.refused,
    }


def _events(explained: Explained) -> list[dict[str, str]]:
    sources = selectors.sources_of(explained.events)
    found = [(one, sources.get((one.source_kind, one.source_id))) for one in explained.events]
    return [{"label": one.label, "url": source.url if source else ""} for one, source in found]


def _history(account: YearAccount, day: Any) -> dict[str, Any]:
    entries = list(selectors.entries(account, days.end_of(day)))
    waiting = selectors.uncounted(account) if day is None else []
    return {
        "history": shown.history(account, entries, selectors.sources_of(entries), waiting),
        "history_title": registry.pack(account.portal).word("annual.history"),
    }


def _around(actor: Actor, account: YearAccount, day: Any) -> dict[str, Any]:
    pack, own = registry.pack(account.portal), account.person.user_id == actor.user.pk
    return {
        "title": f"{account.year} {pack.word('annual.title')}",
        "account": account,
        "day": day,
        "name": "" if own else account.person.user.name,
        "all_years": reverse("ledger:years") if own else reverse("ledger:person_years", args=[account.person_id]),
        "prints": _prints(account) if own and day is None else [],
    }


def _prints(account: YearAccount) -> list[tuple[str, str]]:
    """The certificates that the year has earned: what their buttons say and where they lead."""
    offered = ((paper.button, lists.printing(account, paper.key)) for paper in shown.rules_of(account).certificates)
    return [(label, url) for label, url in offered if url is not None]
