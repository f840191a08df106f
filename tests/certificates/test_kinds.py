"""The certificate of one subject beside that of the year: conditions, words, numbers, and what each states."""

import pytest
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.certificates.test_rendering import text_of
from tests.certificates.test_services import passed, post
from xueshi.certificates import rules, selectors, services
from xueshi.certificates.models import Certificate
from xueshi.files import services as files
from xueshi.ledger import services as ledger
from xueshi.policies import registry

pytestmark = pytest.mark.django_db
REFUSED = "公需科目学时未达到要求时，该年度公需科目结业证书无法打印"


@pytest.mark.parametrize(("portal", "below", "rest"), [("weihai", "19.5", "0.5"), ("fujian", "29.5", "0.5")])
def test_the_public_certificate_needs_the_packs_public_hours_and_nothing_else(
    portal: str, below: str, rest: str
) -> None:
    world = make.build(portal)
    account = post(world, 1, below, "public")
    browser, address = signed_in(world.person), f"/certificates/years/{account.pk}/print/public/"
    refused = browser.post(address)
    assert (refused.status_code, REFUSED in refused.content.decode()) == (403, True)
    assert Certificate.objects.count() == 0

    post(world, 2, rest, "public")
    printed = browser.get(browser.post(address)["Location"])
    text, paper = text_of(printed.getvalue()), Certificate.objects.get()
    words = registry.pack(portal).year(2026).certificate_of("public")
    hours = str(int(words.hours))
    for item in ("".join(words.title.split()), "姓名王志远", f"{hours}学时，准予结业", words.issuer, paper.number):
        assert item in text
    assert "专业课" not in text
    number = rules.parse_number(paper.number)
    assert (paper.kind, number.kind, number.region) == ("public", 2, words.number.area)
    assert browser.post(f"/certificates/years/{account.pk}/print/").status_code == 403


@pytest.mark.req("ANN-10")
def test_it_states_its_subject_alone_and_lives_apart_from_the_annual_one() -> None:
    world, account = passed()
    annual, public = services.issue(world.person, account.pk), services.issue(world.person, account.pk, "public")
    assert public.figures.hours == (("公需课学时", 30),)
    assert services.issue(world.employer_admin, account.pk, "public") == public
    page = signed_in(world.person).get(f"/verify/{public.code}").content.decode()
    assert ("公需课学时" in page, "专业课学时" in page, "总学时" in page) == (True, False, False)
    assert ("公需科目结业证书" in page, "公需科目结业" in page) == (True, True)
    scanned = selectors.by_link(services.paper_of(public).qr_text.rsplit("/", 1)[1])
    assert scanned is not None
    assert scanned.published.number == public.number

    ledger.reverse("test", [2], by=make.NOBODY)
    for one in (annual, public):
        one.refresh_from_db()
    assert (annual.state, public.state) == ("revoked", "valid")
    ledger.reverse("test", [1], by=make.NOBODY)
    public.refresh_from_db()
    assert public.state == "revoked"
    assert selectors.overstated() == []


def test_a_kind_that_the_year_does_not_know_is_refused() -> None:
    world, account = passed()
    browser = signed_in(world.person)
    assert browser.post(f"/certificates/years/{account.pk}/print/golden/").status_code == 403
    assert Certificate.objects.count() == 0


@pytest.mark.req("LR-09")
def test_each_edition_says_what_it_changed_and_the_old_one_names_the_new() -> None:
    world, account = passed()
    first = services.issue(world.person, account.pk)
    world.person.user.name = "王致远"
    world.person.user.save(update_fields=["name"])
    visitor = Client(HTTP_HOST="weihai.localhost")
    assert "姓名已更正" in visitor.get(f"/verify/{first.code}").content.decode()

    second = services.issue(world.person, account.pk)
    page = visitor.get(f"/verify/{first.code}").content.decode()
    for words in ("现已被新版本替换", "姓名已更正", f"新版本证书编号：{second.number}"):
        assert words in page
    assert ("王致远" in page, "王志远" in page) == (False, False)
    assert "王致远" in text_of(files.read(second.file))

    ledger.reverse("test", [2], by=make.NOBODY)
    post(world, 7, "62", "professional")
    third = services.issue(world.person, account.pk)
    page = visitor.get(f"/verify/{second.code}").content.decode()
    for words in ("现已撤销", "总学时由 96 变为 92", f"新版本证书编号：{third.number}"):
        assert words in page
    detail = signed_in(world.person).get(f"/certificates/{third.pk}/").content.decode()
    assert [f"第 {place} 版" in detail for place in (1, 2, 3)] == [True, True, True]


def test_a_paper_drawn_again_is_the_paper_that_was_issued() -> None:
    world, account = passed()
    paper = services.issue(world.person, account.pk)
    again = services.rendering.render_pdf([services.paper_of(Certificate.objects.get())], paper.issued_at)
    assert text_of(again) == text_of(files.read(paper.file))
