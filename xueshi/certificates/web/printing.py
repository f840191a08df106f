"""The certificates of one's people: the list, and printing many of them at once."""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from xueshi.certificates import batches, selectors
from xueshi.certificates.models import PrintRun
from xueshi.certificates.tasks import print_run
from xueshi.certificates.web import lists
from xueshi.certificates.web.forms import PrintingForm
from xueshi.files import services as files
from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.organisations.states import Power
from xueshi.policies.requests import actor_of, pack_of
from xueshi.ui import again
from xueshi.ui.lists import show_list
from xueshi.ui.routes import route

PRINTING = (Power.CERTIFICATES.value,)


@route(powers=PRINTING)
def people(request: HttpRequest) -> HttpResponse:
    """电子证书查询打印 and 电子证书查询验证 (ANN-13, ANN-14, ANN-15)."""
    actor = actor_of(request)
    page = lists.people(actor, pack_of(request), clock.year())
    return show_list(request, page, {"runs": selectors.recent_print_runs(actor)})


@route("POST", powers=PRINTING, object_kind="ledger.yearaccount")
def freeze(request: HttpRequest) -> HttpResponse:
    """批量打印 / 全部打印: keep what was chosen and ask how to print it."""
    actor = actor_of(request)
    try:
        made = batches.freeze(actor, lists.chosen(actor, request.POST))
    except signing.BadSignature:
        raise NotFound from None
    except RuleBroken as broken:
        again.keep_sent(request, again.Sent(frozenset(request.POST.getlist("row"))))
        return again.told(request, broken.message, "certificates:people", status=broken.status)
    return redirect("certificates:print_run", token=made.token)


@route("GET", "POST", powers=PRINTING, object_kind="certificates.printrun")
def run(request: HttpRequest, token: str) -> HttpResponse:
    """The question how to print, the progress and the file, all at one address."""
    actor = actor_of(request)
    held = selectors.print_run_for(actor, token)
    papers = pack_of(request).year(clock.year()).certificates
    form = PrintingForm(request.POST if request.method == "POST" else None, papers=papers)
    if request.method != "POST" or held.started_at is not None:
        return _page(request, held, form)
    if not form.is_valid():
        return _page(request, held, form, status=422)
    try:
        started, ours = batches.start(actor, token, form.wanted)
    except RuleBroken as broken:
        form.add_error(None, broken.message)
        return _page(request, held, form, status=broken.status)
    if ours:
        _set_going(started)
    return redirect("certificates:print_run", token=token)


@route(powers=PRINTING, object_kind="certificates.printrun")
def file(request: HttpRequest, token: str) -> HttpResponse:
    """The printed file, for the day that it lasts and for whoever had it printed."""
    held = selectors.print_run_for(actor_of(request), token)
    if held.result is None or held.expires_at is None or held.expires_at <= clock.now():
        raise NotFound
    answer = HttpResponse(files.read(held.result), content_type=held.result.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, held.result.name) or ""
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _set_going(started: PrintRun) -> None:
    if started.total <= batches.AT_ONCE:
        batches.work(started.pk)
    else:
        print_run.defer(run_id=started.pk)


def _page(request: HttpRequest, held: PrintRun, form: PrintingForm, status: int = 200) -> HttpResponse:
    lasts = held.result is not None and held.expires_at is not None and held.expires_at > clock.now()
    context = {"run": held, "form": form, "printed": len(held.papers), "lasts": lasts}
    return render(request, "certificates/print_run.html", context, status=status)
