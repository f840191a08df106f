"""Homes and menus: modules in the printed order, figures that follow what happens, words of the region."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tests import small_world as make
from tests.browsers import browser, signed_in
from tests.declarations import world as lived
from tests.registrations import forms
from xueshi.kernel import clock
from xueshi.ledger import services as ledger
from xueshi.ledger.services import Posting
from xueshi.organisations import services as bodies
from xueshi.organisations.states import MembershipState, OrganisationKind
from xueshi.policies import registry
from xueshi.policies.access import MenuItem, Menus
from xueshi.policies.answers import Period
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import Verdict

pytestmark = pytest.mark.django_db

PORTALS = ("weihai", "shandong", "liaocheng", "fujian")
ROLES = [(portal, role) for portal in PORTALS for role in Menus.model_fields if registry.pack(portal).menu(role)]
ITS_OWN_HEADING = frozenset({"portal:home", "people:profile"})
"""Pages that the manuals head otherwise than their menu entry."""


def home(client: Client) -> str:
    return client.get("/home/").content.decode()


def figure(page: str, label: str) -> int:
    found = re.search(rf'<span class="x-note">{label}</span><b[^>]*>(?:<a[^>]*>)?(\d+)', page)
    assert found is not None, label
    return int(found[1])


@pytest.mark.req("DSH-03", "DSH-04", "SYS-04", "SYS-07")
def test_the_years_completion_of_ones_own_people() -> None:
    world = make.build("shandong")
    employer = signed_in(world.employer_admin)
    page = home(employer)
    assert "<b>0</b> 位已完成，<b>2</b> 位未完成" in page
    year = clock.year()
    for subject, hours in (("professional", 60), ("public", 30)):
        one = Posting(
            world.record.pk, world.employer.portal, year, subject, "on_the_job", Decimal(hours), "test", hours
        )
        ledger.post_many([one], by=make.NOBODY)
    page = home(employer)
    assert "<b>1</b> 位已完成，<b>1</b> 位未完成" in page
    headings = re.findall(r"<th[^>]*>(?:<a[^>]*>)?([^<]+)", page.split('<section class="card x-list"')[1])
    printed = "序号 认证年度 姓名 身份证 完成公需课学时(分) 完成必需课学时(分) 完成总学时(分) 认定结果 操作"
    assert headings == printed.split()
    number = world.person.user.document_number
    assert number not in page
    assert f"{number[:10]}…{number[-4:]}" in page
    record = re.search(r'href="(/years/\d+/)"[^>]*>学习记录', page)
    assert record is not None
    assert employer.get(record[1]).status_code == 200
    assert "10条/页" in page
    part = employer.get("/home/?size=20", headers={"HX-Target": "list-home-people"}).content.decode()
    assert "<html" not in part
    assert "20条/页" in part
    assert "20条/页" in employer.get("/home/?size=20").content.decode()
    assert "王志远" not in home(signed_in(world.stranger_admin))


def applies(world: make.SmallWorld, name: str) -> None:
    """Somebody with an account asks to join the employer."""
    person = make.user(name)
    form = forms.Form(browser(person, None, "fujian"), "professional", "fujian")
    asked = set(form.page.context["form"].fields)
    answers = forms.person(person.document_number, employer=str(world.employer.pk)).items()
    form.send({key: value for key, value in answers if key in asked})
    form.done()


@pytest.mark.req("DSH-08")
def test_the_workbench_counts_who_awaits_review(settings: object) -> None:
    settings.TEST_CAPTCHA = forms.CAPTCHA  # type: ignore[attr-defined]  # pytest-django's settings
    world = make.build("fujian")
    employer, label = signed_in(world.employer_admin), "待审核的专技人员人数"
    for name in ("林晓燕", "陈志明"):
        applies(world, name)
    assert figure(home(employer), label) == 2
    case = ReviewCase.objects.order_by("pk")[0]
    employer.post("/reviews/decide/", {"row": f"{case.pk}:{case.version}", "verdict": "pass"})
    assert figure(home(employer), label) == 1


@pytest.mark.req("DSH-09", "DSH-11")
def test_the_workbench_counts_declarants() -> None:
    world = make.build("fujian")
    employer = signed_in(world.employer_admin)
    assert (figure(home(employer), "学时申报人员"), figure(home(employer), "待跟踪的学时申报人数")) == (0, 0)
    first = lived.handed_in(world.person)
    lived.handed_in(world.colleague)
    assert (figure(home(employer), "学时申报人员"), figure(home(employer), "待跟踪的学时申报人数")) == (2, 2)
    lived.decided(world.employer_admin, first, Verdict.FAIL, "请补传证明")
    assert (figure(home(employer), "学时申报人员"), figure(home(employer), "待跟踪的学时申报人数")) == (2, 1)
    assert figure(home(signed_in(world.stranger_admin)), "学时申报人员") == 0


@pytest.mark.req("DSH-09")
def test_one_s_own_year_at_another_unit_is_no_figure_of_the_body_one_administers() -> None:
    world = make.build()
    lived.handed_in(make.employed(world.stranger_admin.user, world.employer)[0])
    figures = [figure(home(signed_in(who)), "学时申报人员") for who in (world.stranger_admin, world.employer_admin)]
    listed = [
        signed_in(who).get("/personnel/").context["list"].total for who in (world.stranger_admin, world.city_admin)
    ]
    assert (figures, listed) == ([0, 1], [0, 3])


@pytest.mark.req("DSH-11")
def test_what_waits_for_an_earlier_year_is_followed_up_too() -> None:
    world, year = make.build("fujian"), clock.year() - 1
    lived.handed_in(world.person, year=year, period=Period(date(year, 5, 11), date(year, 5, 13)))
    page = signed_in(world.employer_admin).get("/home/")
    text = page.content.decode()
    counted = [figure(text, label) for label in ("学时申报人员", "待跟踪的学时申报人数")]
    assert ([item.count for item in page.context["shell"].todo.items], counted) == ([1], [0, 1])


@pytest.mark.req("DSH-04")
@pytest.mark.parametrize("later", [0, 1])
def test_a_year_that_still_runs_is_not_red(later: int) -> None:
    with clock.shifted(timedelta(days=366 * later)):
        page = home(signed_in(make.build("shandong").employer_admin))
    assert set(re.findall(r'x-state ([^"]*)">不通过', page)) == {"idle"}


@pytest.mark.req("DSH-15")
def test_the_workbench_counts_completed_years() -> None:
    world = make.build("fujian")
    employer, year = signed_in(world.employer_admin), clock.year()
    row = rf'<td class="first">{year}</td>.*?<td[^>]*>(\d+)</td><td[^>]*>(\d+)</td>'
    assert re.findall(row, home(employer)) == [("0", "0")]
    for subject, hours in (("professional", 60), ("public", 30)):
        one = Posting(
            world.record.pk, world.employer.portal, year, subject, "on_the_job", Decimal(hours), "test", hours
        )
        ledger.post_many([one], by=make.NOBODY)
    assert re.findall(row, home(employer)) == [("0", "1")]


def worn_by_whom(portal: str, role: str) -> Client:
    """A browser of somebody in this role: the super administrator of a body, a person, an account with no unit yet."""
    world = make.build(portal)
    if role == "account":
        return browser(make.user("许文豪"), None, portal)
    if role == "base":
        base = make.body(OrganisationKind.BASE, "测试区继续教育基地", world.district, portal)
        return signed_in(make.administrator("基地管理员", base))
    names = {"professional": "person", "employer": "employer_admin", "department": "department_admin"}
    return signed_in(getattr(world, names.get(role, "city_admin")))


def leaves(items: Iterable[MenuItem]) -> Iterator[MenuItem]:
    """The entries that lead to a page."""
    for item in items:
        yield from leaves(item.children) if item.children else (item,)


@pytest.mark.parametrize(("portal", "role"), ROLES)
def test_every_entry_of_a_menu_opens_the_page_it_names(portal: str, role: str) -> None:
    client = worn_by_whom(portal, role)
    entries = list(leaves(registry.pack(portal).menu(role)))
    side = home(client).split('x-side"')[1].split("</nav>")[0]
    assert re.findall(r'href="(/[^"#?]*)"', side) == [reverse(entry.url) for entry in entries]
    for entry in entries:
        page = client.get(reverse(entry.url), follow=True)
        assert page.status_code == 200, entry.label
        headings = re.findall(r"<h1[^>]*>\s*([^<]+?)\s*<", page.content.decode())
        assert len(headings) == 1, entry.label
        assert entry.url in ITS_OWN_HEADING or headings == [entry.label]


@pytest.mark.parametrize("portal", PORTALS)
@pytest.mark.parametrize("who", ["employer_admin", "department_admin", "city_admin"])
def test_tiles_keep_the_printed_order(portal: str, who: str) -> None:
    actor = getattr(make.build(portal), who)
    tiles = home(signed_in(actor)).split('aria-label="功能入口"')[1].split("</nav>")[0]
    shown = [item.label for item in registry.pack(portal).menu(actor.role_key)]
    labels = re.findall(r"<h3>(?:<a[^>]*>)?([^<]+)", tiles)
    assert labels == [label for label in shown[1:] if label in labels]
    assert len(labels) >= 2


@pytest.mark.req("SYS-09")
def test_the_breadcrumb_names_every_branch() -> None:
    page = signed_in(make.build("shandong").employer_admin).get("/registrations/people/").content.decode()
    crumbs = re.findall(r">([^<>]+)</(?:a|span)>", page.split('class="x-crumbs"')[1].split("</nav>")[0])
    assert crumbs == ["账户管理", "注册审核管理", "专业技术人员注册审核"]


@pytest.mark.req("SYS-17")
def test_the_word_for_hours_is_the_regions() -> None:
    worlds = {portal: make.build(portal) for portal in ("shandong", "weihai", "fujian")}
    menus = {portal: home(signed_in(world.employer_admin)) for portal, world in worlds.items()}
    hours = (clock.today().year, "professional", "other", Decimal(8), "test")
    ledger.post_many(
        [Posting(one.record.pk, key, *hours, one.record.pk) for key, one in worlds.items()], by=make.NOBODY
    )
    years = {portal: signed_in(world.person).get("/years/").content.decode() for portal, world in worlds.items()}
    assert "完成公需课学时（分）" in years["weihai"]
    assert ("学时（分）" in years["fujian"], "学时" in years["fujian"]) == (False, True)
    assert "学时（分）审核" in menus["shandong"]
    assert "学时（分）" not in menus["weihai"].split('x-side"')[1].split("</nav>")[0]
    assert "学时审批" in menus["weihai"]
    assert "完成公需课学时" in menus["weihai"]


@pytest.mark.req("SYS-22")
def test_who_loses_the_hat_loses_the_session_with_the_next_click() -> None:
    world = make.build()
    browser = signed_in(world.employer_admin)
    assert browser.get("/declarations/review/").status_code == 200
    assert world.employer_admin.membership is not None
    bodies.set_hat_state(world.employer_admin.membership, MembershipState.ENDED, by=make.NOBODY)
    assert browser.get("/declarations/review/").status_code in {302, 403}
    assert browser.get("/registrations/people/").status_code in {302, 403}


@pytest.mark.req("SYS-23", "SYS-24")
def test_evidence_opens_for_its_reader_and_is_absent_for_others() -> None:
    world = make.build()
    made = lived.handed_in(world.person)
    page, image = f"/declarations/{made.pk}/", f"/declarations/{made.pk}/evidence/1/"
    reader, stranger = signed_in(world.employer_admin), signed_in(world.stranger_admin)
    detail = reader.get(f"/declarations/review/?case={made.case_id}").content.decode()
    assert image in detail
    assert reader.get(image)["Content-Type"] == "image/png"
    assert [stranger.get(path).status_code for path in (page, image)] == [404, 404]
    assert "王志远" not in stranger.get("/declarations/review/").content.decode()
    assert [signed_in(world.colleague).get(path).status_code for path in (page, image)] == [404, 404]
