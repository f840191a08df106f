"""年度完成情况 and 继续历程."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xueshi.kernel import clock
from xueshi.ledger import selectors
from xueshi.ledger.web import lists, shown
from xueshi.policies import registry
from xueshi.policies.requests import actor_of, pack_of
from xueshi.ui.lists import show_list
from xueshi.ui.routes import route


@route()
def years(request: HttpRequest) -> HttpResponse:
    """One row per year with its result (ANN-01, ANN-02)."""
    pack = pack_of(request)
    page = lists.years(pack, clock.year())
    return show_list(request, page, {"refused": pack.year(clock.year()).annual.refused})


@route(object_kind="ledger.yearaccount")
def year(request: HttpRequest, pk: int) -> HttpResponse:
    """The verdict condition by condition, and every entry behind it (ANN-03)."""
    actor = actor_of(request)
    account = selectors.account_for(actor, pk)
    entries = list(selectors.entries(account))
    pack = registry.pack(account.portal)
    own = account.person.user_id == actor.user.pk
    context = {
        "title": f"{account.year} {pack.word('annual.title')}",
        "account": account,
        "name": "" if own else account.person.user.name,
        "state": shown.result(account),
        "bars": shown.bars(account),
        "missing": shown.missing(account),
        "history": shown.history(account, entries, selectors.sources_of(entries)),
        "history_title": pack.word("annual.history"),
        "refused": shown.rules_of(account).annual.refused,
        "print_url": lists.printing(account) if own else None,
        "print_word": pack.word("buttons.print_certificate"),
    }
    return render(request, "ledger/year.html", context)
