"""Signing in: the words of each refusal, the same answer for known and unknown, limits, freeze, hats."""

import re
from datetime import timedelta

import pytest
from django.utils.html import strip_tags

from tests import small_world
from tests.portal.conftest import Visitor, visitor
from tests.small_world import SmallWorld
from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState
from xueshi.audit.models import AuditEntry
from xueshi.kernel import clock
from xueshi.organisations.models import Membership
from xueshi.organisations.states import Hat, MembershipState

pytestmark = pytest.mark.django_db
WRONG = "账户号或密码错误，请重新录入您的账户、密码"
WRONG_CAPTCHA = "验证码错误，请重新录入正确的验证码"


def signed_in(visitor: Visitor) -> bool:
    return visitor.get("/home/").status_code == 200


@pytest.mark.req("ID-04", "ID-23")
def test_a_professional_comes_in_with_the_number(weihai: Visitor, world: SmallWorld) -> None:
    assert weihai.sign_in(world.person.user, user_type="professional").headers["Location"] == "/home/"
    page = weihai.get("/home/").content.decode()
    assert "您好！王志远" in strip_tags(page)
    assert "专业技术人员" in page


@pytest.mark.req("ID-04")
def test_a_body_comes_in_by_its_administrators_number_and_not_by_its_code(weihai: Visitor, world: SmallWorld) -> None:
    assert visitor("weihai").sign_in(world.employer_admin.user, user_type="employer").status_code == 302
    assert weihai.sign_in("91371000MA3C7K9X0T", user_type="employer").status_code == 422
    assert not signed_in(weihai)


@pytest.mark.req("ID-06", "ID-08")
def test_a_wrong_captcha_is_named(weihai: Visitor, world: SmallWorld) -> None:
    answer = weihai.sign_in(world.person.user, captcha="AAAA")
    page = answer.content.decode()
    assert (answer.status_code, WRONG_CAPTCHA in page, WRONG in page) == (422, True, False)
    assert f'value="{world.person.user.document_number}"' in page
    assert small_world.PASSWORD not in page
    assert not signed_in(weihai)


@pytest.mark.req("ID-06", "IN-02")
@pytest.mark.parametrize("picture", ["\0", "a\0b", "a" * 45, "图", ""])
def test_a_picture_that_cannot_be_ours_is_a_wrong_answer(weihai: Visitor, world: SmallWorld, picture: str) -> None:
    answer = weihai.sign_in(world.person.user, picture=picture)
    assert (answer.status_code, WRONG_CAPTCHA in answer.content.decode()) == (422, True)
    assert not signed_in(weihai)


@pytest.mark.req("ID-05", "IN-02")
@pytest.mark.parametrize("sign", ["\0", "\u200b", "\u202e"])
def test_a_hidden_sign_in_the_account_is_said_beside_it(db: None, sign: str) -> None:
    small_world.build("fujian")
    answer = visitor("fujian").sign_in(f"wang{sign}zhiyuan")
    page = answer.content.decode()
    assert (answer.status_code, f'value="wang{sign}zhiyuan"' in page) == (422, True)
    assert re.search(r'id="identifier_error" role="alert">含有不可见字符或控制字符', page)


@pytest.mark.parametrize("field", ["password", "code", "user_type", "document_type", "captcha", "altcha", "next"])
def test_a_nul_anywhere_else_is_refused_too(weihai: Visitor, world: SmallWorld, field: str) -> None:
    answer = weihai.sign_in(world.person.user, **{"password": "wrong-password-1", field: "a\0b"})
    assert answer.status_code == 422


@pytest.mark.req("ID-06", "AC-04")
def test_a_captcha_is_used_once(weihai: Visitor, world: SmallWorld) -> None:
    page = weihai.get("/").content.decode()
    picture = re.search(r'name="picture" value="([^"]+)"', page)
    assert picture is not None
    assert weihai.sign_in(world.person.user, "wrong-password-1", picture=picture[1]).status_code == 422
    answer = weihai.sign_in(world.person.user, picture=picture[1])
    assert WRONG_CAPTCHA in answer.content.decode()
    assert not signed_in(weihai)


@pytest.mark.req("ID-06", "AC-04")
def test_a_captcha_of_another_session_or_late_counts_nothing(weihai: Visitor, world: SmallWorld) -> None:
    page = visitor("weihai").get("/").content.decode()
    foreign = re.search(r'name="picture" value="([^"]+)"', page)
    assert foreign is not None
    assert WRONG_CAPTCHA in weihai.sign_in(world.person.user, picture=foreign[1]).content.decode()
    own = re.search(r'name="picture" value="([^"]+)"', weihai.get("/").content.decode())
    assert own is not None
    with clock.shifted(timedelta(minutes=6)):
        assert WRONG_CAPTCHA in weihai.sign_in(world.person.user, picture=own[1]).content.decode()


@pytest.mark.req("ID-07")
def test_a_redrawn_picture_ends_the_old_text(
    weihai: Visitor, world: SmallWorld, settings: pytest.FixtureRequest
) -> None:
    picture = re.search(r'name="picture" value="([^"]+)"', weihai.get("/").content.decode())
    assert picture is not None
    settings.TEST_CAPTCHA = "NEWT"  # type: ignore[attr-defined]  # pytest-django's settings
    drawn = weihai.get(f"/captcha/login/{picture[1]}.png")
    assert (drawn.status_code, drawn.headers["Content-Type"], drawn.content[:4]) == (200, "image/png", b"\x89PNG")
    assert WRONG_CAPTCHA in weihai.sign_in(world.person.user, picture=picture[1]).content.decode()


@pytest.mark.req("ID-09", "AC-01")
def test_unknown_and_wrong_are_the_same_answer(world: SmallWorld) -> None:
    other = small_world.identity.complete_resident("37060219910101999"[:17])
    pages = []
    for number in (world.person.user.document_number, other):
        answer = visitor("weihai").sign_in(number, "wrong-password-1", user_type="professional")
        body = answer.content.decode().replace(number, "NUMBER")
        body = re.sub(r'(csrfmiddlewaretoken" value=|picture" value=|/captcha/login/)"?[^">]+', "", body)
        pages.append((answer.status_code, WRONG in body, sorted(answer.headers), body))
    assert pages[0] == pages[1]
    assert pages[0][:2] == (422, True)


@pytest.mark.req("ID-09")
def test_each_portal_says_it_in_its_words(db: None) -> None:
    small_world.build("shandong")
    page = visitor("shandong").sign_in("37060219910101999X", "wrong-password-1").content.decode()
    assert "账号或密码错误，请重新录入您的账户、密码登录或进行密码找回" in page


@pytest.mark.req("ID-10", "ID-11")
@pytest.mark.parametrize(
    ("user_type", "words"),
    [
        ("professional", "此帐号还未被审核，请主动联系用人单位管理员催其审核。"),
        ("employer", "此帐号还未被审核，请主动联系上级部门管理员（上级主管部门或同级人社部门）催其审核。"),
    ],
)
def test_an_unreviewed_account_is_told_whom_to_remind(
    weihai: Visitor, world: SmallWorld, user_type: str, words: str
) -> None:
    person = small_world.user("新人")
    User.objects.filter(pk=person.pk).update(state=AccountState.PENDING)
    hat = Hat.PROFESSIONAL if user_type == "professional" else Hat.ADMINISTRATOR
    made = small_world.hat(person, world.employer, hat)
    Membership.objects.filter(pk=made.pk).update(state=MembershipState.PENDING)
    assert words in weihai.sign_in(person, user_type=user_type).content.decode()
    assert not signed_in(weihai)


@pytest.mark.req("ID-10", "ID-35")
@pytest.mark.parametrize("state", [AccountState.PENDING, AccountState.ACTIVE])
def test_what_waits_on_another_portal_is_not_spoken_of_here(
    weihai: Visitor, world: SmallWorld, state: AccountState
) -> None:
    elsewhere = small_world.build("shandong").person
    assert elsewhere.membership is not None
    Membership.objects.filter(pk=elsewhere.membership.pk).update(state=MembershipState.PENDING)
    User.objects.filter(pk=elsewhere.user.pk).update(state=state)
    here = weihai.sign_in(elsewhere.user, user_type="professional").content.decode()
    assert (WRONG in here, "还未被审核" in here) == (True, False)
    there = visitor("shandong").sign_in(elsewhere.user, user_type="professional").content.decode()
    assert "此账号还未被审核" in there
    assert not signed_in(weihai)


@pytest.mark.req("ID-35")
def test_another_user_type_or_a_disabled_account_is_the_combined_error(weihai: Visitor, world: SmallWorld) -> None:
    assert WRONG in weihai.sign_in(world.person.user, user_type="bureau").content.decode()
    Membership.objects.filter(user=world.employer_admin.user).update(
        state=MembershipState.ENDED, ended_at=clock.now(), is_super=False
    )
    assert WRONG in weihai.sign_in(world.employer_admin.user, user_type="employer").content.decode()
    User.objects.filter(pk=world.person.user.pk).update(state=AccountState.DISABLED)
    assert WRONG in weihai.sign_in(world.person.user, user_type="professional").content.decode()
    assert not signed_in(weihai)


@pytest.mark.req("ID-36")
def test_a_bureau_signs_in_under_its_own(weihai: Visitor, world: SmallWorld) -> None:
    clerk = world.district_admin
    weihai.sign_in(clerk.user, user_type="bureau")
    assert "测试区人力资源和社会保障局" in weihai.get("/home/").content.decode()


@pytest.mark.req("ID-05")
def test_name_or_number_where_the_pack_knows_both(db: None) -> None:
    world = small_world.build("fujian")
    User.objects.filter(pk=world.person.user.pk).update(login_name="wangzhiyuan")
    for typed in ("wangzhiyuan", world.person.user.document_number):
        browser = visitor("fujian")
        assert browser.sign_in(typed).status_code == 302
        assert signed_in(browser)
    assert visitor("weihai").sign_in("wangzhiyuan").status_code == 422


@pytest.mark.req("ID-30", "ID-31", "SYS-11")
def test_six_wrong_passwords_freeze_for_two_hours(db: None) -> None:
    person = small_world.build("fujian").person.user
    browser = visitor("fujian")
    said = [browser.sign_in(person, "wrong-password-1").content.decode() for _try in range(6)]
    assert "账号或密码错误，请重新录入" in said[0]
    assert "再输错" not in said[0]
    assert "再输错 4 次，帐号将临时冻结 2 小时" in said[1]
    assert "帐号已临时冻结，2 小时后方可再次登录" in said[5]
    seventh = browser.sign_in(person)
    assert (seventh.status_code, "临时冻结" in seventh.content.decode()) == (429, True)
    with clock.shifted(timedelta(hours=1, minutes=59)):
        assert browser.sign_in(person).status_code == 429
    with clock.shifted(timedelta(hours=2, minutes=1)):
        assert browser.sign_in(person).status_code == 302


@pytest.mark.req("AC-02", "AC-03", "AC-07")
def test_strangers_run_into_the_limit_and_the_known_device_does_not(world: SmallWorld) -> None:
    person, home = world.person.user, visitor("weihai")
    assert home.sign_in(person).status_code == 302
    answers = []
    for number in range(25):
        stranger = visitor("weihai")
        stranger.client.defaults |= {"REMOTE_ADDR": f"10.0.0.{number}", "HTTP_X_FORWARDED_FOR": "1.2.3.4"}
        answers.append(stranger.sign_in(person, "wrong-password-1").status_code)
    assert answers.count(422) == 19  # the owner's own first visit was a stranger's too
    assert answers[-1] == 429
    home.client.post("/sign-out/")
    assert home.sign_in(person).status_code == 302


@pytest.mark.req("SS-01", "SS-10")
def test_a_new_session_id_and_a_safe_way_on(weihai: Visitor, world: SmallWorld) -> None:
    weihai.get("/")
    before = weihai.client.cookies["sessionid"].value
    answer = weihai.sign_in(world.person.user, next="//evil.example/")
    assert answer.headers["Location"] == "/home/"
    assert weihai.client.cookies["sessionid"].value != before
    weihai.client.post("/sign-out/")
    assert weihai.sign_in(world.person.user, next="/password/").headers["Location"] == "/password/"
    assert AuditEntry.objects.filter(action="account.signed_in").count() == 2


@pytest.mark.req("ID-12")
def test_the_account_is_remembered_and_the_password_never(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.person.user, remember="on")
    weihai.client.post("/sign-out/")
    page = weihai.get("/").content.decode()
    assert f'value="{world.person.user.document_number}"' in page
    assert all(world.person.user.document_number not in one.value for one in weihai.client.cookies.values())


@pytest.mark.req("ID-22", "C11")
def test_signing_out_returns_to_the_front_page(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.person.user)
    answer = weihai.client.post("/sign-out/")
    assert (answer.headers["Location"], answer.headers["Clear-Site-Data"]) == ("/", '"cache", "storage"')
    assert weihai.get("/home/").headers["Location"] == "/?next=%2Fhome%2F"
