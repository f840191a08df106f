"""What every request passes: portals by host, closed views, lifetimes, headers, hats, frame, homes, password."""

import base64
import json
import re
from datetime import timedelta

import pytest
from altcha import v1 as altcha
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, path

from tests import small_world
from tests.declarations import world as lived
from tests.portal.conftest import CAPTCHA, Visitor, visitor
from tests.small_world import PASSWORD, SmallWorld
from xueshi.accounts.models import User
from xueshi.config.management.commands.routes import walk
from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn
from xueshi.organisations import services as bodies
from xueshi.organisations.models import Membership
from xueshi.organisations.states import Hat, MembershipState, Power
from xueshi.portal.guard import LARGEST, WrittenWhileReading, read_only
from xueshi.portal.middleware import PortalMiddleware
from xueshi.ui.routes import route

pytestmark = pytest.mark.django_db
HOME_QUERIES = 12
WANTED = {
    "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
    "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Cache-Control", "X-Request-Id",
}  # fmt: skip


@pytest.mark.req("SYS-16", "SS-11")
@pytest.mark.parametrize(
    ("host", "status", "text"),
    [
        ("weihai.localhost", 200, "威海市专业技术人员继续教育服务平台"),
        ("shandong.localhost", 200, "山东省专业技术人员继续教育公共服务平台"),
        ("liaocheng.localhost", 200, "聊城市专业技术人员继续教育公共服务平台"),
        ("fujian.localhost", 200, "福建省继续教育公共服务平台"),
        ("localhost", 200, "请选择所在地区的平台"),
        ("unknown.localhost", 400, ""),
        ("evil.example", 400, ""),
    ],
)
def test_the_host_chooses_the_portal(host: str, status: int, text: str) -> None:
    answer = Client(HTTP_HOST=host).get("/")
    assert answer.status_code == status
    assert text in answer.content.decode()
    assert set(answer.headers) >= WANTED


@pytest.mark.req("ID-01", "ID-02", "ID-03", "ID-06", "ID-12", "ID-13")
def test_the_sign_in_box_of_the_city(weihai: Visitor) -> None:
    page = weihai.get("/").content.decode()
    types = re.findall(r'name="user_type" value="(\w+)"', page)
    assert types == ["professional", "employer", "department", "bureau"]
    words = "用户登录 身份证 请输入证件号 请输入密码 验证码 记住密码 忘记登录密码？ 登录 注册"
    assert [word for word in words.split() if word not in page] == []
    asked = weihai.client.post("/", {"choose": "1", "user_type": "employer"}).content.decode()
    assert "管理员身份证" in asked
    assert 'placeholder="请输入管理员证件号"' in asked
    assert 'href="/recovery/"' in page
    assert weihai.get("/recovery/").status_code == 200


def _packed(proof: object) -> str:
    return base64.b64encode(json.dumps(proof).encode()).decode()


@pytest.mark.req("AX-08")
def test_a_proof_of_work_opens_too(weihai: Visitor, world: SmallWorld) -> None:
    weihai.get("/")
    task = weihai.client.get("/proof/login/").json()
    found = altcha.solve_challenge(task["challenge"], task["salt"], task["algorithm"], task["maxnumber"], 0)
    assert found is not None
    solved = {key: task[key] for key in ("algorithm", "challenge", "salt", "signature")} | {"number": found.number}
    proof = _packed(solved)
    assert weihai.sign_in(world.person.user, altcha=proof, captcha="").status_code == 302
    weihai.client.post("/sign-out/")
    assert weihai.sign_in(world.person.user, altcha=proof, captcha="").status_code == 422


_ODD = (5, 1.5, True, None, "", "?", "\ud800", "a\0b", [], ["x"], {}, {"x": 1}, 10**400)


@pytest.mark.req("B5", "IN-02")
def test_a_proof_of_any_other_shape_is_a_wrong_answer(weihai: Visitor, world: SmallWorld) -> None:
    weihai.get("/")
    task = weihai.client.get("/proof/login/").json()
    proof = {key: task[key] for key in ("algorithm", "challenge", "salt", "signature")} | {"number": 1}
    odd = [_packed(proof | {name: value}) for name in proof for value in _ODD]
    odd += [_packed({name: proof[name] for name in proof if name != left_out}) for left_out in proof]
    odd += [_packed(value) for value in _ODD]
    odd += ["a\0b", "甲", "%%%", base64.b64encode(b"\xff\xfe[").decode(), "W1tb" * 400]
    said = [weihai.client.post("/", {"altcha": one}) for one in odd]
    assert {(one.status_code, "验证码错误" in one.content.decode()) for one in said} == {(422, True)}


@pytest.mark.req("AZ-06")
def test_every_view_says_who_may_call_it() -> None:
    undeclared = [one.pattern for one in walk(get_resolver()) if not one.declared]
    assert undeclared == []


@pytest.mark.req("A2", "SS-06")
def test_without_a_session_every_closed_page_leads_to_the_front(weihai: Visitor) -> None:
    closed = [one for one in walk(get_resolver()) if not one.public and "<" not in one.pattern]
    assert len(closed) >= 10
    for one in closed:
        answer = weihai.get(one.pattern) if "GET" in one.methods else weihai.client.post(one.pattern)
        assert (one.pattern, answer.status_code) == (one.pattern, 302)
        assert answer.headers["Location"].startswith("/?")
        assert set(answer.headers) >= WANTED


@pytest.mark.req("E12", "H5")
def test_a_body_larger_than_any_form_is_refused_unread(weihai: Visitor) -> None:
    for length in (LARGEST + 1, 10**40):
        answer = weihai.client.post("/verify/", {"number": "", "proof": ""}, CONTENT_LENGTH=str(length))
        assert (answer.status_code, "上传的内容超过限制" in answer.content.decode()) == (413, True)
        assert set(answer.headers) >= WANTED
    assert weihai.client.post("/verify/", {"number": "", "proof": ""}).status_code == 422


_PARTS = "".join(
    f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
    for name, value in {"identifier": "+2AA-", "password": "x", "captcha": CAPTCHA, "picture": "x"}.items()
)
_KINDS = {
    "multipart/form-data; boundary=b": f"{_PARTS}--b--\r\n",
    "application/x-www-form-urlencoded": "identifier=%2B2AA-&captcha=x",
    "text/plain": "x",
}


@pytest.mark.req("E12", "IN-02")
@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("charset", ["utf-7", "hex", "idna", "undefined", "gbk", "no-such", '"utf-16"', "''"])
def test_another_charset_than_ours_is_refused(weihai: Visitor, world: SmallWorld, kind: str, charset: str) -> None:
    for method, url in (("POST", "/"), ("GET", "/verify/"), ("POST", "/password/"), ("POST", "/none/")):
        answer = weihai.client.generic(method, url, _KINDS[kind], content_type=f"{kind}; charset={charset}")
        assert (answer.status_code, "请求有误" in answer.content.decode()) == (400, True)
        assert set(answer.headers) >= WANTED


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=UTF-8", '; charset="utf-8"'])
def test_our_charset_may_be_named(weihai: Visitor, world: SmallWorld, kind: str, charset: str) -> None:
    answer = weihai.client.generic("POST", "/", _KINDS[kind], content_type=f"{kind}{charset}")
    assert (answer.status_code, "验证码错误" in answer.content.decode()) == (422, True)


@pytest.mark.req("B9", "IN-02")
@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "device", "account"])
def test_a_cookie_with_a_nul_is_none(weihai: Visitor, world: SmallWorld, name: str) -> None:
    told = weihai.client.get("/", headers={"Cookie": f'{name}="\\000aaaaaaaaaaaa"'})
    assert (told.status_code, bool(told.cookies["sessionid"].value)) == (200, True)
    assert (
        weihai.client.get("/home/", headers={"Cookie": f'{name}="a\\000"'}).headers["Location"] == "/?next=%2Fhome%2F"
    )
    assert weihai.sign_in(world.person.user).status_code == 302
    mine = f'sessionid={weihai.client.cookies["sessionid"].value}; other="\\000"'
    assert Client(HTTP_HOST="weihai.localhost").get("/home/", headers={"Cookie": mine}).status_code == 200


@pytest.mark.req("SS-06", "SS-09", "E12")
@pytest.mark.parametrize("path", ["/home/", "/password/", "/nowhere/", "/declarations/999999/", "/static/none.css"])
def test_headers_and_no_store_on_every_answer(weihai: Visitor, world: SmallWorld, path: str) -> None:
    weihai.sign_in(world.person.user)
    answer = weihai.get(path)
    assert set(answer.headers) >= WANTED
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.req("SS-04")
def test_an_unsafe_request_without_the_token_does_nothing(world: SmallWorld) -> None:
    browser = Client(HTTP_HOST="weihai.localhost", enforce_csrf_checks=True)
    answer = browser.post("/", {"identifier": world.person.user.document_number, "password": PASSWORD})
    assert answer.status_code == 403
    assert browser.get("/home/").status_code == 302


@pytest.mark.req("SS-03", "B9")
@pytest.mark.parametrize(("who", "minutes"), [("person", 30), ("employer_admin", 15)])
def test_an_idle_session_ends(weihai: Visitor, world: SmallWorld, who: str, minutes: int) -> None:
    kind = "professional" if who == "person" else "employer"
    weihai.sign_in(getattr(world, who).user, user_type=kind)
    with clock.shifted(timedelta(minutes=minutes - 1)):
        assert weihai.get("/home/").status_code == 200
    with clock.shifted(timedelta(minutes=2 * minutes, seconds=-30)):
        assert weihai.get("/home/").status_code == 302


@pytest.mark.req("SS-03", "B9")
def test_a_busy_session_ends_after_twelve_hours(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.person.user)
    for quarter in range(1, 48):
        with clock.shifted(timedelta(minutes=15 * quarter)):
            assert weihai.get("/password/").status_code == 200
    with clock.shifted(timedelta(hours=12, minutes=1)):
        assert weihai.get("/password/").status_code == 302


@pytest.mark.req("A11")
def test_a_hat_taken_away_is_gone_at_the_next_request(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.employer_admin.user, user_type="employer")
    assert weihai.get("/home/").status_code == 200
    Membership.objects.filter(user=world.employer_admin.user).update(
        state=MembershipState.ENDED, ended_at=clock.now(), is_super=False
    )
    assert weihai.get("/home/").status_code == 302


@pytest.mark.req("P3")
def test_a_session_of_one_portal_is_nobody_on_another(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.person.user)
    other = visitor("fujian")
    other.client.cookies = weihai.client.cookies
    assert other.get("/home/").status_code == 302


@pytest.mark.req("ID-37")
def test_several_hats_and_only_ones_own(weihai: Visitor, world: SmallWorld) -> None:
    employed = world.person.membership
    second = small_world.hat(world.person.user, world.branch, Hat.ADMINISTRATOR)
    weihai.sign_in(world.person.user, user_type="professional")
    assert "切换身份（2）" in weihai.get("/home/").content.decode()
    before = weihai.client.cookies["sessionid"].value
    assert weihai.client.post("/hats/", {"hat": second.pk}).status_code == 302
    assert weihai.client.cookies["sessionid"].value != before
    assert world.branch.name in weihai.get("/home/").content.decode()
    assert world.stranger_admin.membership is not None
    assert weihai.client.post("/hats/", {"hat": world.stranger_admin.membership.pk}).status_code == 404
    assert world.branch.name in weihai.get("/home/").content.decode()
    assert employed is not None


def _nav(visitor: Visitor) -> list[str]:
    page = visitor.get("/home/").content.decode()
    side = page.split('x-side"')[1].split("</nav>")[0]
    return re.findall(r"<span>([^<]+)</span>", side)


@pytest.mark.req("SYS-09")
def test_the_menu_follows_role_and_powers(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.person.user)
    assert _nav(weihai)[0] == "首页"
    assert "学时审批" not in _nav(weihai)
    role = bodies.create_role(world.employer, "登记员", frozenset({Power.RECORDS}))
    clerk = small_world.user("小管")
    hat = small_world.hat(clerk, world.employer, Hat.ADMINISTRATOR)
    Membership.objects.filter(pk=hat.pk).update(role=role)
    limited, full = visitor("weihai"), visitor("weihai")
    limited.sign_in(clerk, user_type="employer")
    full.sign_in(world.employer_admin.user, user_type="employer")
    assert "学时审批" in _nav(full)
    assert "学时审批" not in _nav(limited)
    assert limited.get("/declarations/review/").status_code == 403
    crumbs = full.get("/registrations/people/").content.decode().split('class="x-crumbs"')[1].split("</nav>")[0]
    assert [word for word in ("审核账户", "审核注册人员") if word not in crumbs] == []


@pytest.mark.req("DSH-01")
def test_what_waits_is_counted_at_the_next_page(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.employer_admin.user, user_type="employer")
    assert "暂无待办事项" in weihai.get("/password/").content.decode()
    lived.handed_in(world.person)
    page = weihai.get("/password/").content.decode()
    assert re.search(r"待办事项.{0,40}<b>1</b>", page, re.DOTALL)
    assert "暂无待办事项" not in page


@pytest.mark.req("DSH-02")
def test_nothing_to_do_is_said(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.employer_admin.user, user_type="employer")
    assert "暂无待办事项" in weihai.get("/home/").content.decode()


@pytest.mark.parametrize("who", ["employer", "department", "city"])
def test_every_module_of_a_home_opens(weihai: Visitor, world: SmallWorld, who: str) -> None:
    kind = {"city": "bureau"}.get(who, who)
    weihai.sign_in(getattr(world, f"{who}_admin").user, user_type=kind)
    page = weihai.get("/home/").content.decode()
    links = re.findall(r'<a href="([^"]+)"', page.split('aria-label="功能入口"')[1].split("</nav>")[0])
    assert len(links) >= 4
    assert [(link, weihai.get(link).status_code) for link in links] == [(link, 200) for link in links]


def test_an_account_without_a_hat_is_told_what_to_do_next(fujian: Visitor) -> None:
    fujian.sign_in(small_world.user("无单位"))
    page = fujian.get("/home/").content.decode()
    assert "您还没有加入任何单位" in page
    assert "加入用人单位" in page


def test_the_persons_home_stays_within_its_queries(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.person.user)
    weihai.get("/home/")
    with CaptureQueriesContext(connection) as asked:
        assert weihai.get("/home/").status_code == 200
    assert len(asked) <= HOME_QUERIES


@pytest.mark.req("ID-18", "ID-19", "ID-20")
def test_the_password_is_changed_and_other_sessions_end(weihai: Visitor, world: SmallWorld) -> None:
    person, elsewhere = world.person.user, visitor("weihai")
    weihai.sign_in(person)
    elsewhere.sign_in(person)
    dropped = weihai.get("/home/").content.decode().split('class="x-dropmenu"')[1].split("</ul>")[0]
    assert re.search(r'href="/password/">.*修改密码', dropped)
    assert person.document_number not in weihai.get("/password/").content.decode()
    assert person.masked_document in weihai.get("/password/").content.decode()
    new = "青山绿水-2026-海风"
    wrong = weihai.client.post("/password/", {"current": "not-this-one", "new": new, "again": new})
    assert (wrong.status_code, User.objects.get(pk=person.pk).check_password(PASSWORD)) == (422, True)
    weak = weihai.client.post("/password/", {"current": PASSWORD, "new": "short", "again": "short"})
    assert (weak.status_code, User.objects.get(pk=person.pk).check_password(PASSWORD)) == (422, True)
    assert weihai.client.post("/password/", {"current": PASSWORD, "new": new, "again": new}).status_code == 302
    assert weihai.get("/home/").status_code == 200
    assert elsewhere.get("/home/").status_code == 302
    assert visitor("weihai").sign_in(person, new).status_code == 302


@pytest.mark.req("B1")
def test_guessing_the_current_password_is_limited(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.person.user)
    form = {"current": "not-this-one", "new": "青山绿水-2026-海风", "again": "青山绿水-2026-海风"}
    said = [weihai.client.post("/password/", form).content.decode() for _try in range(21)]
    assert "原密码" in said[0]
    assert "登录过于频繁，请稍后再试" in said[20]


@pytest.mark.req("SS-05", "E4")
def test_a_reading_page_cannot_write(world: SmallWorld) -> None:
    with read_only(), pytest.raises(WrittenWhileReading), transaction.atomic():
        User.objects.filter(pk=world.person.user.pk).update(name="改名")
    world.person.user.refresh_from_db()
    assert world.person.user.name == "王志远"


@route(public=True)
def _late(request: HttpRequest) -> HttpResponse:
    raise MovedOn("已由张敏于 09:12 处理")


urlpatterns = [path("late/", _late), *get_resolver("xueshi.config.urls").url_patterns]


@pytest.fixture
def late(settings: pytest.FixtureRequest) -> Visitor:
    settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]  # pytest-django's settings
    return visitor("weihai")


@pytest.mark.req("E12")
def test_a_refusal_is_a_page_or_an_alert(late: Visitor) -> None:
    page = late.get("/late/")
    part = late.client.get("/late/", headers={"HX-Request": "true"})
    assert (page.status_code, part.status_code) == (409, 409)
    assert "已由张敏于 09:12 处理" in page.content.decode()
    assert page.headers["X-Request-Id"] in page.content.decode()
    assert part.content.decode().lstrip().startswith('<div class="x-flash error" role="alert">')
    assert part.headers["HX-Retarget"] == "#main"


def test_the_source_is_the_peer_unless_a_proxy_is_trusted(settings: pytest.FixtureRequest) -> None:
    from xueshi.audit import services as audit  # noqa: PLC0415 - read as the middleware leaves it

    request = RequestFactory().get("/", HTTP_HOST="weihai.localhost", HTTP_X_FORWARDED_FOR="9.9.9.9, 8.8.8.8")
    PortalMiddleware(lambda _request: HttpResponse(""))(request)
    assert audit.source.get() == "127.0.0.1"
    settings.TRUSTED_PROXY = True  # type: ignore[attr-defined]  # pytest-django's settings
    PortalMiddleware(lambda _request: HttpResponse(""))(request)
    assert audit.source.get() == "8.8.8.8"
