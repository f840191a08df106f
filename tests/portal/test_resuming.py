"""A session that ended, or a token that was lost, in the middle of a form: nothing typed is lost."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client

from tests import small_world as make
from tests.declarations.forms import filled, image
from tests.portal.conftest import Visitor, visitor
from tests.registrations import forms
from tests.small_world import SmallWorld
from xueshi.declarations.models import Declaration
from xueshi.kernel import clock
from xueshi.organisations.models import Organisation
from xueshi.registrations.models import Registration

LATER = timedelta(hours=3)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
SECRETS = {"csrfmiddlewaretoken", "password", "password_again", "captcha", "picture"}


def hidden(page: str) -> dict[str, str]:
    return {html.unescape(name): html.unescape(value) for name, value in _HIDDEN.findall(page)}


def expired_declaration(one: Visitor, world: SmallWorld) -> str:
    """王志远 signs in, fills a declaration in, is away for three hours, presses 保存; where that leads."""
    assert one.sign_in(world.person.user).status_code == 302
    with clock.shifted(LATER):
        answer = one.client.post("/declarations/new/", filled(do="save", key="long-form", evidence=image()))
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_declaration_comes_back_after_signing_in_again(world: SmallWorld, weihai: Visitor) -> None:
    assert expired_declaration(weihai, world) == "/?expired=1&next=%2Fresume%2F"
    assert Declaration.objects.count() == 0
    assert "数控机床" not in str(dict(weihai.client.session))
    with clock.shifted(LATER):
        assert "您填写的内容已保留" in weihai.get("/?expired=1&next=%2Fresume%2F").content.decode()
        answer = weihai.sign_in(world.person.user, next="/resume/")
        assert answer["Location"] == "/resume/"
        page = weihai.get("/resume/").content.decode()
        for words in ("您填写的内容都已保留", "附件请重新选择", 'action="/declarations/new/"'):
            assert words in page
        given = hidden(page)
        assert (given["class_name"], given["hours"]) == ("数控机床安全操作与维护", "24")
        assert not SECRETS & (set(given) - {"csrfmiddlewaretoken"})
        assert weihai.client.post("/declarations/new/", given).status_code == 302
    saved = Declaration.objects.get()
    assert (saved.person.user, saved.answers["class_name"]) == (world.person.user, "数控机床安全操作与维护")


def test_it_opens_for_its_owner_only_and_for_an_hour(world: SmallWorld, weihai: Visitor) -> None:
    expired_declaration(weihai, world)
    with clock.shifted(LATER):
        weihai.sign_in(world.colleague.user, next="/resume/")
        assert weihai.get("/resume/")["Location"] == "/home/"
    weihai = visitor("weihai")
    expired_declaration(weihai, world)
    with clock.shifted(LATER + timedelta(minutes=61)):
        weihai.sign_in(world.person.user, next="/resume/")
        assert weihai.get("/resume/")["Location"] == "/home/"
    assert Declaration.objects.count() == 0


def test_the_device_remembers_whose_form_it_was_when_the_session_is_gone(world: SmallWorld, weihai: Visitor) -> None:
    weihai.sign_in(world.person.user)
    del weihai.client.cookies["sessionid"]
    answer = weihai.client.post("/declarations/new/", filled(do="save"))
    assert answer["Location"] == "/?expired=1&next=%2Fresume%2F"
    weihai.sign_in(world.person.user, next="/resume/")
    assert hidden(weihai.get("/resume/").content.decode())["class_name"] == "数控机床安全操作与维护"
    nobody = visitor("weihai")
    assert nobody.client.post("/declarations/new/", filled())["Location"] == "/?expired=1"


def test_passwords_are_never_kept(world: SmallWorld, weihai: Visitor) -> None:
    weihai.sign_in(world.person.user)
    with clock.shifted(LATER):
        typed = {"current": make.PASSWORD, "new": "Another-Pass-2026", "again": "Another-Pass-2026"}
        assert weihai.client.post("/password/", typed)["Location"] == "/?expired=1"


@pytest.mark.req("ORG-18", "ORG-19")
def test_a_unit_registered_from_an_account_comes_back_too(db: None) -> None:
    world = make.build("fujian")
    one, user = visitor("fujian"), make.user("林国强")
    one.sign_in(user, user_type="account")
    form = forms.Form(one.client, "employer", "fujian")
    typed = {
        "unit_name": "福州闽江软件有限公司", "code": "91371000MA3C0EXA7F", "area": "350102", "unit_nature": "private",
        "superior": str(world.district.pk), "unit_level": "none", "head": "林国强", "unit_telephone": "0591-87651234",
        "address": "福州市鼓楼区五四路 1 号",
    }  # fmt: skip
    with clock.shifted(LATER):
        form.send(typed)
        assert form.page["Location"] == "/?expired=1&next=%2Fresume%2F"
        one.sign_in(user, user_type="account", next="/resume/")
        given = hidden(one.get("/resume/").content.decode())
        form.page = one.client.post("/register/employer/", given)
        assert "系统提醒" in form.done()
    assert Organisation.objects.get(name="福州闽江软件有限公司").head == "林国强"


def lost_token(origin: str) -> tuple[Client, int, str]:
    """A visitor whose cookies were cleared sends a registration from a page of ``origin``."""
    client = Client(enforce_csrf_checks=True, HTTP_HOST="weihai.localhost")
    form = forms.Form(client, "professional")
    typed = forms.person(forms.number(701), employer="0", title_certificate=forms.picture()) | form.hidden
    client.cookies.clear()
    answer = client.post("/register/professional/", typed | {"go": "enter"}, HTTP_ORIGIN=origin)
    assert Registration.objects.count() == 0
    return client, answer.status_code, answer.content.decode()


@pytest.mark.req("PRO-02")
def test_a_visitor_whose_token_is_gone_goes_on_where_they_were(world: SmallWorld) -> None:
    client, status, page = lost_token("http://weihai.localhost")
    given = hidden(page)
    assert (status, given["name"], given["phone"]) == (403, "陈霞", "13963112345")
    assert forms.PASSWORD not in page
    again = client.post("/register/professional/", given, HTTP_ORIGIN="http://weihai.localhost")
    shown = again.context["form"]
    assert (again.status_code, shown["name"].value(), shown["school"].value()) == (422, "陈霞", "山东大学")
    assert "password" in shown.errors


def test_another_site_is_given_nothing_to_send_on(world: SmallWorld) -> None:
    for origin in ("http://evil.example", "null", "http://fujian.localhost"):
        _client, status, page = lost_token(origin)
        assert (status, hidden(page), "陈霞" in page) == (403, {}, False)
