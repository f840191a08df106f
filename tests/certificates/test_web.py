"""The pages: printing for the holder, checking for anyone."""

import re
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from tests import small_world as make
from tests.certificates.test_services import passed, post
from xueshi.certificates import services
from xueshi.certificates.models import Certificate, LookupLog
from xueshi.certificates.states import LookupWay
from xueshi.certificates.web import views
from xueshi.files import services as files
from xueshi.kernel.errors import NotAllowed, NotFound
from xueshi.ledger import services as ledger
from xueshi.organisations.actors import Actor
from xueshi.ui.routes import access_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "weihai.localhost"})


def by(actor: Actor | None, method: str = "get") -> HttpRequest:
    request: HttpRequest = getattr(RequestFactory(), method)("/")
    request.actor = actor  # type: ignore[attr-defined]  # the portal's middleware sets it
    return request


def without_token(answer: HttpResponse) -> bytes:
    """The page without what differs in every answer."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", answer.content)


@pytest.mark.req("ANN-08", "ANN-12")
def test_printing_opens_the_paper_in_the_browser() -> None:
    world, account = passed()
    answer = views.issue(by(world.person, "post"), account.pk)
    certificate = Certificate.objects.get()
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, f"/certificates/{certificate.pk}/pdf")
    paper = views.pdf(by(world.person), certificate.pk)
    assert paper["Content-Type"] == "application/pdf"
    assert paper["Content-Disposition"] == f'inline; filename="{certificate.number}.pdf"'
    assert (paper["Cache-Control"], paper["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert paper.getvalue() == files.read(certificate.file)  # type: ignore[attr-defined]  # a plain response


def test_a_get_prints_nothing() -> None:
    world, account = passed()
    assert views.issue(by(world.person), account.pk).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert Certificate.objects.count() == 0


@pytest.mark.req("ANN-07", "AZ-01")
def test_strangers_and_years_not_passed_print_nothing() -> None:
    world, account = passed()
    certificate = services.issue(world.person, account.pk)
    for actor in (world.stranger_admin, world.colleague, None):
        for view, key in ((views.pdf, certificate.pk), (views.detail, certificate.pk)):
            with pytest.raises(NotFound):
                view(by(actor), key)
        with pytest.raises(NotFound):
            views.issue(by(actor, "post"), account.pk)
    ledger.reverse("test", [1], by=make.NOBODY)
    with pytest.raises(NotAllowed):
        views.issue(by(world.person, "post"), account.pk)
    assert Certificate.objects.count() == 1


def test_the_holder_sees_state_and_checks() -> None:
    world, account = passed()
    certificate = services.issue(world.person, account.pk)
    LookupLog.objects.create(certificate=certificate, at=certificate.issued_at, way=LookupWay.QR)
    page = views.detail(by(world.person), certificate.pk).getvalue().decode()  # type: ignore[attr-defined]  # as above
    for words in (certificate.number, "有效", "扫描二维码", world.person.user.masked_document, "96"):
        assert words in page
    assert world.person.user.document_number not in page


@pytest.mark.req("ANN-10")
def test_anyone_checks_by_number_and_name_without_signing_in(client: Client) -> None:
    world, account = passed()
    certificate = services.issue(world.person, account.pk)
    assert client.get("/verify/").status_code == HTTPStatus.OK
    answer = client.post("/verify/", {"number": certificate.number, "proof": "王志远"})
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.OK
    for words in ("有效", certificate.number, "王*远", "2026", "30", "66", "96", "通过", certificate.figures.issuer):
        assert words in page
    assert LookupLog.objects.get().way == LookupWay.NUMBER


@pytest.mark.req("PR-10", "C10")
def test_the_public_page_shows_the_least_and_is_neither_kept_nor_indexed(client: Client) -> None:
    world, account = passed()
    certificate = services.issue(world.person, account.pk)
    holder = world.person.user
    answer = client.get(f"/verify/{certificate.code}")
    page = answer.content.decode()
    for secret in (
        "王志远",
        holder.document_number,
        holder.masked_document,
        holder.phone,
        world.employer.name,
        certificate.code,
    ):
        assert secret not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert answer["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex, nofollow">' in page


@pytest.mark.req("ANN-10", "LR-09")
def test_the_paper_itself_is_checked_and_an_altered_byte_refused(client: Client) -> None:
    world, account = passed()
    paper = files.read(services.issue(world.person, account.pk).file)
    good = client.post("/verify/file/", {"file": SimpleUploadedFile("证书.pdf", paper)})
    assert (good.status_code, "现为有效" in good.content.decode()) == (HTTPStatus.OK, True)
    altered = paper[:-20] + bytes([paper[-20] ^ 1]) + paper[-19:]
    bad = client.post("/verify/file/", {"file": SimpleUploadedFile("证书.pdf", altered)})
    assert (bad.status_code, "没有查到" in bad.content.decode()) == (HTTPStatus.NOT_FOUND, True)
    large = client.post("/verify/file/", {"file": SimpleUploadedFile("证书.pdf", b"%PDF-" + b"0" * (4 << 20))})
    assert (large.status_code, "超过 4 MB" in large.content.decode()) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    assert LookupLog.objects.count() == 1


@pytest.mark.req("LR-09", "F4")
def test_revocation_is_public_at_once(client: Client) -> None:
    world, account = passed()
    certificate = services.issue(world.person, account.pk)
    ledger.reverse("test", [2], by=make.NOBODY)
    page = client.get(f"/verify/{certificate.code}").content.decode()
    assert "现已撤销" in page
    assert "总学时由 96 变为 30" in page


def test_a_superseded_paper_names_its_successor(client: Client) -> None:
    world, account = passed()
    old = services.issue(world.person, account.pk)
    post(world, 3, "4", "professional")
    new = services.issue(world.person, account.pk)
    page = client.get(f"/verify/{old.code}").content.decode()
    assert "现已被新版本替换" in page
    assert f"新版本证书编号：{new.number}" in page


@pytest.mark.req("PR-10")
def test_every_miss_is_the_same(client: Client) -> None:
    world, account = passed()
    certificate = services.issue(world.person, account.pk)
    links = [f"/verify/{'A' * 16}", "/verify/x", f"/verify/{certificate.number}"]
    pages = {without_token(client.get(link)) for link in links}
    assert len(pages) == 1
    assert client.get("/verify/%00").status_code == 404
    typed = [
        (certificate.number, "李四"),
        ("CE37100020261999999990", "王志远"),
        ("x", "x"),
        (certificate.number, "A" * 16),
    ]
    answers = [client.post("/verify/", {"number": number, "proof": proof}) for number, proof in typed]
    assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}
    bare = {without_token(answer).replace(number.encode(), b"").replace(proof.encode(), b"")
            for answer, (number, proof) in zip(answers, typed, strict=True) if number != "x"}  # fmt: skip
    assert len(bare) == 1
    assert LookupLog.objects.count() == 0


@pytest.mark.req("PR-10", "F5")
def test_a_source_checks_at_most_thirty_times_a_minute(client: Client) -> None:
    world, account = passed()
    certificate = services.issue(world.person, account.pk)
    for _ in range(30):
        assert client.get("/verify/AAAAAAAAAAAAAAAA").status_code == HTTPStatus.NOT_FOUND
    for ask in (
        lambda: client.get(f"/verify/{certificate.code}"),
        lambda: client.post("/verify/", {"number": certificate.number, "proof": "王志远"}),
        lambda: client.post("/verify/file/", {}),
    ):
        answer = ask()
        assert (answer.status_code, "查验过于频繁" in answer.content.decode()) == (HTTPStatus.TOO_MANY_REQUESTS, True)
        assert 1 <= int(answer["Retry-After"]) <= 60
    assert LookupLog.objects.count() == 0


def test_the_public_key_is_published(client: Client) -> None:
    assert client.get("/verify/key.pem").content.startswith(b"-----BEGIN PUBLIC KEY-----")


@pytest.mark.req("AZ-06")
def test_only_the_check_is_public() -> None:
    names = (
        "issue", "issue_kind", "pdf", "detail", "verify", "verify_file", "verify_link", "verify_offline", "qr_key",
    )  # fmt: skip
    declared = {name: access_of(getattr(views, name)) for name in names}
    assert {name for name, access in declared.items() if access and access.public} == {
        "verify", "verify_file", "verify_link", "verify_offline", "qr_key",
    }  # fmt: skip
    assert all(declared.values())


@pytest.mark.req("E1")
@pytest.mark.parametrize("typed", ["\0", "\u202e王", "王" * 61, "<script>", "' OR 1=1 --", "😀", ""])
def test_nothing_typed_breaks_the_form(client: Client, typed: str) -> None:
    for fields in ({"number": typed, "proof": typed}, {"number": "CE37100020261000048214", "proof": typed}):
        answer = client.post("/verify/", fields)
        assert answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
        assert b"<script>" not in answer.content.split(b"</head>")[1].split(b"<form")[1]
