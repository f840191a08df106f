"""One's own account: data and password on one page, real name, sessions and devices; the learning site."""

import re

import pytest
from django.conf import Settings
from django.urls import reverse

from tests import small_world
from tests.portal.conftest import Visitor, visitor
from tests.small_world import PASSWORD, SmallWorld
from xueshi.accounts import devices, real_name, sessions
from xueshi.accounts.models import IdentityProof, User
from xueshi.audit.models import AuditEntry
from xueshi.audit.services import By
from xueshi.policies import registry

pytestmark = pytest.mark.django_db
NEW = "青山绿水-2026-海风"


@pytest.fixture
def person(db: None) -> User:
    made = small_world.build("fujian").person.user
    User.objects.filter(pk=made.pk).update(login_name="wangzhiyuan", email="wang@example.cn")
    made.refresh_from_db()
    return made


@pytest.mark.req("ID-34", "ID-20")
def test_own_data_and_the_password_stand_on_one_page(fujian: Visitor, person: User) -> None:
    fujian.sign_in(person)
    home = fujian.get("/home/").content.decode()
    assert re.search(r'href="/account/"[^>]*>.*账号信息', home)
    page = fujian.get("/account/").content.decode()
    shown = ("王志远", "wangzhiyuan", person.masked_document, person.masked_phone, "原密码", "确认新密码", "修改密码")
    assert [word for word in shown if word not in page] == []
    assert person.document_number not in page
    wrong = fujian.client.post("/account/", {"current": "not-this-one", "new": NEW, "again": NEW})
    assert (wrong.status_code, "原密码不正确" in wrong.content.decode()) == (422, True)
    assert fujian.client.post("/account/", {"current": PASSWORD, "new": NEW, "again": NEW}).status_code == 302
    assert visitor("fujian").sign_in(person, NEW).status_code == 302


@pytest.mark.req("ID-29", "SYS-14")
@pytest.mark.parametrize("forged", ["login_name", "document_number", "document_type", "name"])
def test_number_and_account_are_read_only_and_forged_edits_are_refused(
    fujian: Visitor, person: User, forged: str
) -> None:
    fujian.sign_in(person)
    page = fujian.get("/account/").content.decode()
    assert page.count("注册后不能修改") == 2
    assert not re.search(r'<(input|select)[^>]*name="(login_name|document_number|document_type|name)"', page)
    typed = {"current": PASSWORD, "new": NEW, "again": NEW, forged: "370602199001012218"}
    answer = fujian.client.post("/account/", typed)
    assert (answer.status_code, "注册后不能在此修改" in answer.content.decode()) == (422, True)
    now = User.objects.get(pk=person.pk)
    assert (now.login_name, now.document_number, now.name) == (person.login_name, person.document_number, person.name)
    assert now.check_password(PASSWORD)


@pytest.mark.req("ID-33")
def test_the_real_name_is_confirmed_by_a_service(fujian: Visitor, person: User) -> None:
    fujian.sign_in(person)
    assert re.search(r'href="/account/identity/"[^>]*>.*?<span>实名认证</span>', fujian.get("/home/").content.decode())
    page = fujian.get("/account/identity/").content.decode()
    assert ("未认证" in page, "立即认证" in page) == (True, True)
    assert fujian.client.post("/account/identity/").status_code == 302
    page = fujian.get("/account/identity/").content.decode()
    assert ("已认证" in page, "未认证" in page, "实名核验服务" in page) == (True, False, True)
    User.objects.filter(pk=person.pk).update(name="王志强")
    assert "未认证" in fujian.get("/account/identity/").content.decode()
    assert AuditEntry.objects.filter(action="account.identity_proved").count() == 1


@pytest.mark.req("ID-33")
def test_a_mismatch_is_said_and_asked_five_times_a_day(fujian: Visitor, person: User) -> None:
    User.objects.filter(pk=person.pk).update(name="王不符")
    fujian.sign_in(person)
    said = [fujian.client.post("/account/identity/") for _try in range(6)]
    assert [one.status_code for one in said] == [422] * 5 + [429]
    assert real_name.MISMATCH in said[0].content.decode()
    assert "未认证" in fujian.get("/account/identity/").content.decode()
    assert not IdentityProof.objects.exists()


@pytest.mark.req("ID-33")
def test_a_reviewer_confirms_it_and_one_oneself_does_not(fujian: Visitor, person: User, settings: Settings) -> None:
    settings.REAL_NAME = ""
    fujian.sign_in(person)
    page = fujian.get("/account/identity/").content.decode()
    assert ("立即认证" in page, "审核通过即完成实名认证" in page) == (False, True)
    assert fujian.client.post("/account/identity/").status_code == 422
    real_name.confirm_by_review(person, by=By(person.pk))
    assert real_name.proof_of(person) is None
    real_name.confirm_by_review(person, by=By(small_world.user("审核员").pk))
    assert "所在单位或主管部门审核确认" in fujian.get("/account/identity/").content.decode()


@pytest.mark.req("ID-20")
def test_the_password_hangs_under_the_name_or_the_unit() -> None:
    for portal, under_unit in (("weihai", False), ("shandong", True)):
        world = small_world.build(portal)
        browser = visitor(portal)
        browser.sign_in(world.employer_admin.user, user_type="employer")
        page = browser.get("/home/").content.decode()
        drop = page.split('<details class="x-drop" data-menu><summary>')[-1]
        summary, items = drop.split("</summary>")[0], drop.split("</ul>")[0]
        assert (world.employer.name in summary) is under_unit
        assert re.search(r'href="/password/">.*修改密码', items)


@pytest.mark.req("ID-21")
def test_the_profile_module_leads_to_the_change_of_password(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.person.user)
    profile = weihai.get(reverse("people:profile")).content.decode()
    link = re.search(r'class="btn" href="([^"]+)"[^>]*>.*?修改密码', profile)
    assert link is not None
    assert weihai.client.post(link[1], {"current": PASSWORD, "new": NEW, "again": NEW}).status_code == 302
    assert visitor("weihai").sign_in(world.person.user, NEW).status_code == 302


@pytest.mark.req("B9", "B3")
def test_sessions_and_devices_are_listed_and_ended(weihai: Visitor, world: SmallWorld) -> None:
    person, elsewhere, third = world.person.user, visitor("weihai"), visitor("weihai")
    elsewhere.client.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"
    for one in (weihai, elsewhere, third):
        one.sign_in(person)
    page = weihai.get("/account/devices/").content.decode()
    assert "Firefox（Windows）" in page
    assert page.count("本次登录") == 1
    mine = {one.label: one for one in sessions.listed(person)}
    ended = weihai.client.post("/account/devices/", {"session": mine["Firefox（Windows）"].pk})
    assert ended.headers["Location"] == "/account/devices/"
    assert elsewhere.get("/home/").status_code == 302
    assert third.get("/home/").status_code == 200
    weihai.client.post("/account/devices/", {"device": devices.known(person)[0].pk})
    assert len(devices.known(person)) == 2
    weihai.client.post("/account/devices/", {"others": "1"})
    assert (third.get("/home/").status_code, weihai.get("/home/").status_code) == (302, 200)
    assert devices.known(person) == []
    assert len(sessions.listed(person)) == 1


@pytest.mark.req("B9", "A3")
def test_nobody_ends_the_sessions_of_others(weihai: Visitor, world: SmallWorld) -> None:
    other = visitor("weihai")
    other.sign_in(world.colleague.user)
    weihai.sign_in(world.person.user)
    session, device = sessions.listed(world.colleague.user)[0], devices.known(world.colleague.user)[0]
    for typed in ({"session": session.pk}, {"device": device.pk}, {"session": 10**17}, {"session": "x"}, {}):
        assert weihai.client.post("/account/devices/", typed).status_code == 404
    assert other.get("/home/").status_code == 200
    assert len(devices.known(world.colleague.user)) == 1


LEARNING = ("公需科目网络学习平台", "专业科目网络学习平台（非出版专业）")


@pytest.mark.req("ID-25")
@pytest.mark.parametrize("way", ["portal", "site", "menu"])
def test_three_ways_lead_to_the_same_personal_centre(weihai: Visitor, world: SmallWorld, way: str) -> None:
    person = world.person.user
    if way == "portal":
        weihai.sign_in(person)
        site = weihai.get("/learning/")
    else:
        front = weihai.get("/").content.decode()
        menu = front.split("继续教育 ")[1].split("</ul>")[0]
        assert [label for label in LEARNING if label not in menu] == []
        entry = re.findall(r'href="(/learning/\w+/)"', menu)[0] if way == "menu" else "/learning/"
        top = weihai.get(entry).content.decode().split("</header>")[0]
        sign_in = re.search(r'href="([^"]+)">登录</a>', top)
        assert sign_in is not None
        assert sign_in[1] == "/?next=%2Flearning%2Fcentre%2F"
        assert weihai.sign_in(person, next="/learning/centre/").headers["Location"] == "/learning/centre/"
        site = weihai.get(entry)
    assert 'href="/learning/centre/"' in site.content.decode().split("</header>")[0]
    page = weihai.get("/learning/centre/").content.decode()
    assert [
        word for word in ("个人中心", "王志远", world.employer.name, "总学时", "还没有课程") if word not in page
    ] == []
    assert person.document_number not in page


@pytest.mark.req("ID-26")
def test_the_module_of_the_back_office_opens_the_site_for_the_same_person(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.person.user)
    home = weihai.get("/home/").content.decode()
    address = re.search(r'href="([^"]+)"[^>]*>(?:(?!</a>).)*继续教育网络学习', home, re.DOTALL)
    assert address is not None
    page = weihai.get(address[1]).content.decode()
    assert "王志远，您已登录" in page
    assert "王志远" in weihai.get("/learning/centre/").content.decode()


def test_the_learning_site_has_two_platforms_and_asks_for_sign_in(weihai: Visitor, db: None) -> None:
    assert weihai.get("/learning/centre/").headers["Location"] == "/?next=%2Flearning%2Fcentre%2F"
    assert weihai.get("/learning/public/").status_code == 200
    assert weihai.get("/learning/nothing/").status_code == 404
    assert registry.pack("weihai").enabled("learning")
