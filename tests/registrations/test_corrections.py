"""A refused registrant comes back to what was entered, with the reason, and hands it in again."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from tests import small_world as make
from tests.browsers import browser
from tests.registrations import forms
from tests.registrations.conftest import SignIn
from tests.registrations.forms import CAPTCHA, PASSWORD, Form, enters, host
from tests.small_world import SmallWorld
from xueshi.accounts.models import User
from xueshi.kernel import clock
from xueshi.organisations.models import Membership
from xueshi.organisations.states import MembershipState, OrganisationState
from xueshi.registrations import services as registrations
from xueshi.registrations.models import Consent, EarlierRound, Registration
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import CaseState
from xueshi.ui.lists import ListState

type Visit = Callable[..., Form]

NUMBER = forms.number(601)
REVIEWED = "/registrations/people/?tab=reviewed"
REASON = "职称证书扫描件看不清楚，请重新上传"


def register(visit: Visit, world: SmallWorld, **changes: object) -> Registration:
    form = visit("professional")
    form.send(forms.person(NUMBER, **({"employer": str(world.employer.pk)} | changes)))
    form.done()
    return Registration.objects.latest("pk")


def decide(
    sign_in: SignIn, actor: object, registration: Registration, verdict: str = "fail", concerns: str = ""
) -> None:
    registration.refresh_from_db()
    case = registration.case
    order = {"row": f"{case.pk}:{case.version}", "verdict": verdict, "comment": REASON, "concerns": concerns}
    answer = sign_in(actor).post("/reviews/decide/", order)  # type: ignore[arg-type]
    assert answer.status_code == 302
    registration.refresh_from_db()


def anew(visit: Visit, world: SmallWorld, employer: str = "", **changes: object) -> Registration:
    """The refused registration corrected and handed in again."""
    form, _page = come_back(NUMBER, "professional")
    form.send(forms.person(NUMBER, employer=employer or str(world.employer.pk), **changes))
    form.done()
    return Registration.objects.latest("pk")


def reviewed(sign_in: SignIn, actor: object) -> ListState[ReviewCase]:
    listed: ListState[ReviewCase] = sign_in(actor).get(REVIEWED).context["list"]  # type: ignore[arg-type]
    return listed


@pytest.mark.req("REV-06", "ORG-39")
def test_what_was_taken_back_after_a_correction_leaves_the_reviewed(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    decide(sign_in, world.employer_admin, register(visit, world))
    assert len(reviewed(sign_in, world.employer_admin).rows) == 1
    row = anew(visit, world)
    registrations.take_back(row.user, [row])
    assert list(reviewed(sign_in, world.employer_admin).rows) == []


@pytest.mark.req("REV-06", "REV-01")
def test_a_removed_record_that_is_decided_anew_is_listed_anew(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    first = register(visit, world)
    decide(sign_in, world.employer_admin, first)
    assert sign_in(world.employer_admin).post(f"/reviews/{first.case_id}/remove/").status_code == 302
    row = anew(visit, world)
    decide(sign_in, world.employer_admin, row, "pass")
    assert [case.pk for case in reviewed(sign_in, world.employer_admin).rows] == [row.case_id]


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("REV-06")
def test_the_last_round_is_the_result_wherever_the_database_keeps_it(visit: Visit, sign_in: SignIn) -> None:
    """A vacuum lets the step of the second round stand before that of the first."""
    world = make.build()
    decide(sign_in, world.employer_admin, register(visit, world))
    for verdict in ("", "pass"):
        if verdict:
            decide(sign_in, world.employer_admin, anew(visit, world), verdict)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM reviews_reviewstep")
    [drawn] = reviewed(sign_in, world.employer_admin).drawn
    assert str(drawn["cells"][-1][1]) == "通过"


@pytest.mark.req("REV-06", "REV-10")
def test_a_desk_that_refused_reads_nothing_of_what_was_handed_in_elsewhere(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    first = register(visit, world, certificate_number="OLD-1")
    decide(sign_in, world.employer_admin, first)
    anew(visit, world, str(world.stranger.pk), certificate_number="NEW-2", name="陈霞改", phone="13711112222")
    desk = sign_in(world.employer_admin)
    for address in (REVIEWED, f"/registrations/{first.case_id}/"):
        text = desk.get(address).content.decode()
        assert ("NEW-2" in text, "陈霞改" in text, "137****2222" in text) == (False, False, False), address
        assert ("OLD-1" in text, "陈霞" in text) == (True, True), address


def sign_in_box(
    identifier: str, password: str = PASSWORD, user_type: str = "professional", portal: str = "weihai"
) -> tuple[Client, HttpResponse]:
    """Somebody at the sign-in box of 威海, or of another portal."""
    client = Client(HTTP_HOST=f"{portal}.localhost")
    found = re.search(r'name="picture" value="([^"]+)"', client.get("/").content.decode())
    typed = {"identifier": identifier, "password": password, "user_type": user_type, "captcha": CAPTCHA}
    return client, client.post("/", typed | {"picture": found[1] if found else ""})


def come_back(identifier: str, kind: str, **how: str) -> tuple[Form, str]:
    """Sign in as refused, read the reason, press 修改后重新提交; the form and the page with the reason."""
    client, answer = sign_in_box(identifier, **how)
    assert (answer.status_code, answer["Location"]) == (302, "/register/")
    page = html.unescape(client.get("/register/").content.decode())
    assert f'href="/register/{kind}/?again=1"' in page
    form = Form(client, kind, "weihai")
    form.url = f"/register/{kind}/?again=1"
    form.look()
    return form, page


@pytest.mark.req("PRO-13", "REV-12")
def test_a_refused_person_finds_the_reason_and_what_was_entered(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    first = register(visit, world)
    decide(sign_in, world.employer_admin, first, concerns="title_certificate")
    before, users = first.answers, User.objects.count()
    form, page = come_back(NUMBER, "professional")
    for words in (REASON, "职称证书扫描件：", world.employer.name, "专业技术人员注册", "修改后重新提交"):
        assert words in page
    shown = form.page.context["form"]
    assert [shown[key].value() for key in ("name", "school", "document_number", "phone", "email", "employer")] == [
        "陈霞", "山东大学", NUMBER, "13963112345", "chenxia@example.cn", str(world.employer.pk),
    ]  # fmt: skip
    [kept] = shown.fields["title_certificate"].widget.kept
    assert (kept.name, form.client.get(kept.url).status_code) == ("title.png", 200)
    assert not any(shown[box].value() for box in ("undertaking", "agreement", "sensitive"))
    assert (REASON in form.text, PASSWORD in form.text) == (True, False)
    typed = forms.person(NUMBER, employer=str(world.employer.pk), school="山东建筑大学", title_certificate="")
    form.send(typed | {"title_certificate__keep": kept.key})
    form.done()
    again = Registration.objects.get()
    assert (again.pk, again.round, again.case.round, again.case.state, again.case.desk) == (
        first.pk, 2, 2, CaseState.PENDING, world.employer,
    )  # fmt: skip
    assert again.membership.state == MembershipState.PENDING
    assert (again.answers["school"], EarlierRound.objects.get().answers) == ("山东建筑大学", before)
    assert sorted(Consent.objects.values_list("round", flat=True)) == [1, 1, 1, 2, 2, 2]
    assert [each.round for each in again.files.order_by("round")] == [1, 2]
    assert User.objects.count() == users
    opened = sign_in(world.employer_admin).get(f"/registrations/people/?case={again.case.pk}", **host("weihai"))
    assert [(row.label, row.before, row.after) for row in opened.context["changes"]] == [
        ("毕业院校", "山东大学", "山东建筑大学")
    ]
    drawn = opened.content.decode()
    assert ("<del>山东大学</del>" in drawn, "<ins>山东建筑大学</ins>" in drawn) == (True, True)
    seen = sign_in(world.employer_admin).get(f"/registrations/{again.case.pk}/")
    assert [scan.name for scan in seen.context["scans"]] == ["title.png"]
    assert not enters(NUMBER)
    decide(sign_in, world.employer_admin, again, "pass")
    assert (again.case.state, enters(NUMBER)) == (CaseState.APPROVED, True)


@pytest.mark.req("PRO-13")
def test_only_the_right_password_leads_there_and_only_for_half_an_hour(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    decide(sign_in, world.employer_admin, register(visit, world))
    for how in ({"password": "not-the-password-9"}, {"user_type": "employer"}):
        client, answer = sign_in_box(NUMBER, **how)
        assert answer.status_code == 422
        assert client.get("/register/")["Location"] == "/register/professional/"
        empty = client.get("/register/professional/?again=1").context["form"]
        assert [empty[key].value() for key in ("name", "document_number")] == [None, None]
    client, _answer = sign_in_box(NUMBER)
    assert client.get("/home/").status_code == 302
    with clock.shifted(timedelta(minutes=31)):
        assert client.get("/register/")["Location"] == "/register/professional/"
        assert client.get("/register/professional/?again=1").context["form"]["name"].value() is None


@pytest.mark.req("PRO-13")
def test_elsewhere_it_is_a_new_registration_that_the_first_desk_does_not_see(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    first = register(visit, world)
    decide(sign_in, world.employer_admin, first)
    form, _page = come_back(NUMBER, "professional")
    form.send(forms.person(NUMBER, employer=str(world.stranger.pk)))
    form.done()
    second = Registration.objects.latest("pk")
    assert (Registration.objects.count(), second.round, second.case.desk) == (2, 1, world.stranger)
    first.refresh_from_db()
    assert (first.case.state, first.case.round) == (CaseState.REJECTED, 1)
    assert sign_in(world.employer_admin).get(f"/registrations/{second.case.pk}/").status_code == 404
    assert sign_in(world.stranger_admin).get(f"/registrations/{second.case.pk}/").status_code == 200


@pytest.mark.parametrize("kind", ["employer", "department"])
@pytest.mark.req("PRO-13", "ORG-16", "ORG-25")
def test_a_refused_body_is_corrected_likewise(world: SmallWorld, visit: Visit, sign_in: SignIn, kind: str) -> None:
    form = visit(kind)
    unit = forms.unit(superior=str(world.city.pk))
    form.send(unit)
    form.send(forms.manager(NUMBER))
    form.done()
    first = Registration.objects.get()
    old = first.organisation
    decide(sign_in, world.city_admin, first, concerns="address")
    form, page = come_back(NUMBER, kind, user_type=kind)
    assert "单位地址：" in page
    assert form.page.context["place"] == 1
    shown = form.page.context["form"]
    assert (shown["unit_name"].value(), shown["address"].value()) == (unit["unit_name"], unit["address"])
    [kept] = shown.fields["licence"].widget.kept
    form.send(unit | {"licence": "", "licence__keep": kept.key, "address": "威海市环翠区世昌大道 2 号"})
    assert form.page.context["form"]["real_name"].value() == "刘洋"
    form.send(forms.manager(NUMBER))
    form.done()
    again = Registration.objects.get()
    assert (again.round, again.case.round, again.case.desk) == (2, 2, world.city)
    old.refresh_from_db()
    assert (again.organisation.address, old.state) == ("威海市环翠区世昌大道 2 号", OrganisationState.REJECTED)
    decide(sign_in, world.city_admin, again, "pass")
    again.organisation.refresh_from_db()
    assert (again.organisation.state, enters(NUMBER, user_type=kind)) == (OrganisationState.ACTIVE, True)


@pytest.mark.req("PRO-03", "ID-37")
def test_an_existing_user_corrects_with_the_password_they_have(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    admin = world.employer_admin.user
    known = {"existing": "on", "name": admin.name, "password": make.PASSWORD, "password_again": "", "phone": ""}
    form = visit("professional")
    form.send(forms.person(admin.document_number, employer=str(world.department.pk), email="") | known)
    form.done()
    decide(sign_in, world.department_admin, Registration.objects.get())
    form, _page = come_back(admin.document_number, "professional", password=make.PASSWORD)
    shown = form.page.context["form"]
    assert (shown["existing"].value(), shown["document_number"].value()) == ("on", admin.document_number)
    assert admin.phone not in form.text
    form.send(forms.person(admin.document_number, employer=str(world.department.pk), email="") | known)
    form.done()
    assert (Registration.objects.get().round, User.objects.filter(name=admin.name).count()) == (2, 1)


@pytest.mark.req("PRO-13")
def test_what_a_stranger_made_of_the_number_since_shows_nothing_of_the_first(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    decide(sign_in, world.employer_admin, register(visit, world))
    form = visit("employer")
    form.send(forms.unit())
    stolen = "Somebody-Elses-2026"
    form.send(forms.manager(NUMBER, password=stolen, password_again=stolen))
    form.done()
    decide(sign_in, world.city_admin, Registration.objects.latest("pk"))
    _client, answer = sign_in_box(NUMBER, stolen)
    assert answer.status_code == 422
    form, page = come_back(NUMBER, "employer", password=stolen, user_type="employer")
    assert "山东大学" not in page + form.text


@pytest.mark.req("PRO-13", "REV-12")
def test_a_person_with_an_account_finds_the_reason_when_signed_in(db: None, sign_in: SignIn) -> None:
    world = make.build("fujian")
    user = make.user("林晓燕")
    typed = forms.person(user.document_number, employer=str(world.employer.pk))
    form = Form(browser(user, portal="fujian"), "professional", "fujian")
    form.send(typed)
    form.done()
    client = browser(user, portal="fujian")
    assert "注册信息已经提交审核，请耐心等待" in client.get("/home/").content.decode()
    decide(sign_in, world.employer_admin, Registration.objects.get(), concerns="school")
    home = html.unescape(client.get("/home/").content.decode())
    assert (REASON in home, "查看原因并修改" in home, "待审核" in home) == (True, True, False)
    page = html.unescape(client.get("/register/").content.decode())
    assert REASON in page
    assert "毕业院校：" in page
    form.client, form.page = client, client.get("/register/professional/?again=1")
    assert form.page.context["form"]["school"].value() == "山东大学"
    form.send(typed | {"school": "福州大学", "title_certificate": forms.picture()})
    form.done()
    assert (Registration.objects.get().round, Membership.objects.filter(user=user).count()) == (2, 2)
    other = browser(make.user("别人"), portal="fujian")
    assert other.get("/register/")["Location"] == "/register/employer/"
    assert other.get("/register/professional/?again=1").context["form"]["school"].value() is None


def test_a_corrected_form_sent_twice_makes_one_round(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    first = register(visit, world)
    decide(sign_in, world.employer_admin, first)
    form, _page = come_back(NUMBER, "professional")
    other_tab, _page = come_back(NUMBER, "professional")
    form.send(forms.person(NUMBER, employer=str(world.employer.pk)))
    twin = form.client.post(form.url, form.sent | {"title_certificate": forms.picture()}, **host("weihai"))
    assert twin["Location"] == form.page["Location"]
    other_tab.send(forms.person(NUMBER, employer=str(world.employer.pk)))
    assert other_tab.errors == {"document_number": ["该证件号已提交注册，正在等待审核，请勿重复提交"]}
    assert (Registration.objects.get().round, EarlierRound.objects.count()) == (2, 1)
