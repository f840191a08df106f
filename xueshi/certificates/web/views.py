"""Printing a certificate, reading one's own, and the public check."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from xueshi.certificates import selectors, services, signing
from xueshi.certificates.selectors import Found
from xueshi.certificates.web import shown
from xueshi.certificates.web.forms import FileForm, NumberForm, OfflineForm
from xueshi.files import services as files
from xueshi.policies.requests import actor_of
from xueshi.ui.routes import route


@route("POST", object_kind="ledger.yearaccount")
def issue(request: HttpRequest, account_id: int) -> HttpResponse:
    """打印学时证明: issue the paper, or find the one that stands, and open it (ANN-08)."""
    certificate = services.issue(actor_of(request), account_id)
    return redirect("certificates:pdf", pk=certificate.pk)


@route("POST", object_kind="ledger.yearaccount")
def issue_kind(request: HttpRequest, account_id: int, kind: str) -> HttpResponse:
    """打印结业证书, or whatever other certificate the year's rules name (ANN-11)."""
    certificate = services.issue(actor_of(request), account_id, kind)
    return redirect("certificates:pdf", pk=certificate.pk)


@route(object_kind="certificates.certificate")
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed paper."""
    certificate = selectors.certificate_for(actor_of(request), pk)
    response = HttpResponse(files.read(certificate.file), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{certificate.number}.pdf") or ""
    return _unkept(response)


@route(object_kind="certificates.certificate")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a certificate states, whether it stands, and when it was checked."""
    certificate = selectors.certificate_for(actor_of(request), pk)
    own = certificate.account.person.user_id == actor_of(request).user.pk
    context = shown.detail(certificate) | (shown.checks(certificate) if own else {})
    return _unkept(render(request, "certificates/detail.html", context))


@route("GET", "POST", public=True)
def verify(request: HttpRequest) -> HttpResponse:
    """The public check by number, with the holder's name or the code (ANN-10, PR-10)."""
    if request.method != "POST":
        return _page(request, NumberForm(), FileForm())
    services.admit_lookup()
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _page(request, form, FileForm(), status=422)
    found = selectors.by_number(form.cleaned_data["number"], form.cleaned_data["proof"])
    return _answer(request, found, form)


@route("POST", public=True)
def verify_file(request: HttpRequest) -> HttpResponse:
    """The public check by the paper itself (ANN-10)."""
    services.admit_lookup()
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, NumberForm(), form, status=422)
    return _answer(request, selectors.by_file(form.cleaned_data["file"]))


@route(public=True)
def verify_link(request: HttpRequest, text: str) -> HttpResponse:
    """What a phone opens after reading the QR code: the public code, or the signed payload."""
    services.admit_lookup()
    return _answer(request, selectors.by_link(text))


@route("GET", "POST", public=True)
def verify_offline(request: HttpRequest) -> HttpResponse:
    """What a QR code itself says, by its signature alone: the register is not asked, and nothing is logged."""
    if request.method != "POST":
        return _offline(request, OfflineForm())
    services.admit_lookup()
    form = OfflineForm(request.POST)
    if not form.is_valid():
        return _offline(request, form, status=422)
    try:
        payload = signing.open_payload(form.cleaned_data["text"])
    except signing.NotOurs:
        form.add_error("text", "签名不符：内容不完整、经过改动，或不是本平台签发的证书")
        return _offline(request, form, status=422)
    return _offline(request, OfflineForm(), shown.offline(payload))


@route(public=True)
def qr_key(request: HttpRequest) -> HttpResponse:
    """The public key that checks QR codes without a network."""
    return _unkept(HttpResponse(signing.qr_key().pem, content_type="application/x-pem-file"))


def _answer(request: HttpRequest, found: Found | None, form: NumberForm | None = None) -> HttpResponse:
    """The certificate, or the one miss that says nothing about why."""
    if found is None:
        return _page(request, form or NumberForm(), FileForm(), status=404)
    services.trace_lookup(found)
    return _unkept(render(request, "certificates/found.html", shown.published(found)))


def _offline(
    request: HttpRequest, form: OfflineForm, found: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    return _unkept(render(request, "certificates/offline.html", {"form": form, **(found or {})}, status=status))


def _page(request: HttpRequest, number_form: NumberForm, file_form: FileForm, status: int = 200) -> HttpResponse:
    context = {"number_form": number_form, "file_form": file_form, "missed": status == 404}
    return _unkept(render(request, "certificates/verify.html", context, status=status))


def _unkept(response: HttpResponse) -> HttpResponse:
    """Neither browsers nor search engines keep these pages (C10, C11)."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["X-Content-Type-Options"] = "nosniff"
    return response
