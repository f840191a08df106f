"""忘记密码 in three steps, on every portal; a reset that an administrator started."""

import html
import re
from datetime import timedelta

import pytest
from django.conf import Settings
from django.http import HttpResponse

from tests import small_world
from tests.browsers import browser
from tests.portal.conftest import CAPTCHA, Visitor, visitor
from tests.small_world import SmallWorld
from xueshi.accounts import recovering
from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState
from xueshi.audit.models import AuditEntry
from xueshi.audit.services import By
from xueshi.kernel import clock
from xueshi.kernel.errors import RuleBroken
from xueshi.notifications import services as notifications
from xueshi.notifications.models import Delivery

pytestmark = pytest.mark.django_db
PORTALS = ("weihai", "shandong", "liaocheng", "fujian")
FRESH = "Fresh-Mountain-2027"
EMAIL = "wang@example.cn"
SENT = "如所填信息与注册时一致，验证码已发送至"
NO_MATCH = "验证码错误或已失效，请核对所填信息后重新获取"


def text(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


def picture(page: HttpResponse) -> str:
    found = re.search(r'name="picture" value="([^"]+)"', page.content.decode())
    return found[1] if found else ""


def ask(guest: Visitor, **typed: str) -> HttpResponse:
    """Open ①, type, answer the picture, press 获取验证码."""
    page = guest.get("/recovery/")
    whole = {"document_type": "resident", "method": "sms", "captcha": CAPTCHA, "picture": picture(page), **typed}
    return guest.client.post("/recovery/", {**whole, "send_code": "1"})


def go_on(guest: Visitor, **typed: str) -> HttpResponse:
    """Press 下一步 of ①."""
    return guest.client.post("/recovery/", {"document_type": "resident", "method": "sms", "go": "next", **typed})


def code() -> str:
    """What arrived last."""
    notifications.deliver_due()
    found = re.search(r"验证码为 (\d{6})", Delivery.objects.order_by("-pk")[0].text)
    assert found is not None
    return found[1]


def set_new(guest: Visitor, new: str = FRESH, again: str = "") -> HttpResponse:
    return guest.client.post("/recovery/password/", {"new": new, "again": again or new})


def pair(user: User) -> dict[str, str]:
    return {"document_number": user.document_number, "phone": user.phone}


@pytest.fixture
def person(world: SmallWorld) -> User:
    user = world.person.user
    user.email = EMAIL
    user.save(update_fields=["email"])
    return user


@pytest.mark.req("ID-14", "ID-15", "ID-17")
@pytest.mark.parametrize("portal", PORTALS)
def test_step_one_asks_as_the_manual_prints(db: None, portal: str) -> None:
    page = text(visitor(portal).get("/recovery/"))
    for label in ("证件类型", "证件号", "验证方式", "邮箱", "手机号", "验证码", "获取验证码", "下一步", "忘记密码"):
        assert label in page
    steps = re.findall(r'x-step-no"[^>]*>(\d)</span><span>([^<]+)', page)
    assert steps == [("1", "安全认证"), ("2", "密码修改"), ("3", "完成")]
    assert re.search(r"注意.{0,12}：.*单位管理员", page)


@pytest.mark.req("ID-15")
def test_every_empty_field_is_refused_and_what_was_typed_stays(weihai: Visitor, person: User) -> None:
    whole = {**pair(person), "code": "123456"}
    for name, label in {"document_number": "证件号", "phone": "手机号", "code": "收到的验证码"}.items():
        answer = go_on(weihai, **{**whole, name: ""})
        assert (answer.status_code, f"请填写{label}" in text(answer)) == (422, True)
        kept = next(value for key, value in whole.items() if key != name)
        assert f'value="{kept}"' in text(answer)
    for name in ("document_type", "method"):
        assert go_on(weihai, **{**whole, name: ""}).status_code == 422
    assert "请填写邮箱" in text(go_on(weihai, **{**whole, "method": "mail"}))


@pytest.mark.req("ID-14", "ID-16")
@pytest.mark.parametrize("portal", PORTALS)
def test_the_right_pair_leads_through_the_three_steps(portal: str) -> None:
    world = small_world.build(portal)
    user, guest = world.person.user, visitor(portal)
    inside = browser(user, world.person.membership, portal)
    assert inside.get("/home/").status_code == 200
    asked = ask(guest, **pair(user))
    assert (asked.status_code, SENT in text(asked)) == (200, True)
    assert user.phone in text(asked)  # what was typed stays
    assert go_on(guest, **pair(user), code=code()).headers["Location"] == "/recovery/password/"
    second = text(guest.get("/recovery/password/"))
    assert "新密码" in second
    assert re.search(r'<li class="now" aria-current="step">.*?密码修改', second, re.DOTALL)
    assert set_new(guest).headers["Location"] == "/recovery/done/"
    third = text(guest.get("/recovery/done/"))
    assert "密码修改成功" in third
    assert re.search(r'<li class="now" aria-current="step">.*?完成', third, re.DOTALL)
    assert inside.get("/home/").status_code == 302  # every old session is over
    kind = {} if portal == "fujian" else {"user_type": "professional"}
    assert visitor(portal).sign_in(user, **kind).status_code == 422
    assert visitor(portal).sign_in(user, FRESH, **kind).headers["Location"] == "/home/"


@pytest.mark.req("ID-16")
def test_by_mail_too_and_the_phone_is_told(weihai: Visitor, person: User) -> None:
    typed = {"document_number": person.document_number, "method": "mail", "email": f" {EMAIL.upper()}"}
    ask(weihai, **typed)
    assert go_on(weihai, **typed, code=code()).status_code == 302
    set_new(weihai)
    notifications.deliver_due()
    told = Delivery.objects.filter(text__isnull=False).order_by("pk")
    assert {one.recipient for one in told if "密码" in one.text and "重新设置" in one.text} == {EMAIL, person.phone}
    assert AuditEntry.objects.filter(action="account.password_recovered", object_id=str(person.pk)).count() == 1


@pytest.mark.req("ID-16")
def test_a_wrong_pair_is_answered_alike_and_sends_nothing(weihai: Visitor, person: User, world: SmallWorld) -> None:
    wrong = {"document_number": person.document_number, "phone": world.colleague.user.phone}
    right = text(ask(visitor("weihai"), **pair(person)))
    answer = ask(weihai, **wrong)
    notifications.deliver_due()
    assert [one.recipient for one in Delivery.objects.all()] == [person.phone]
    assert (answer.status_code, SENT in text(answer), SENT in right) == (200, True, True)
    refused = go_on(weihai, **wrong, code="123456")
    assert (refused.status_code, NO_MATCH in text(refused)) == (422, True)
    assert weihai.get("/recovery/password/").headers["Location"] == "/recovery/"


def test_full_width_and_blanks_are_mended(weihai: Visitor, person: User) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in person.document_number)
    typed = {"document_number": f" {wide} ", "phone": f"{person.phone[:3]} {person.phone[3:7]} {person.phone[7:]}"}
    ask(weihai, **typed)
    spaced = " ".join(code())
    assert go_on(weihai, **typed, code=spaced).status_code == 302


def test_a_number_that_cannot_be_is_named_beside_its_field(weihai: Visitor, db: None) -> None:
    answer = ask(weihai, document_number="370602199001012214", phone="12345")
    assert (answer.status_code, "校验位不正确" in text(answer)) == (422, True)
    answer = ask(weihai, document_number="370602199001012215", phone="12345")
    assert (answer.status_code, "请输入 11 位手机号" in text(answer)) == (422, True)
    assert Delivery.objects.count() == 0


def test_no_code_without_the_challenge_and_one_answer_for_one_recipient(weihai: Visitor, person: User) -> None:
    for wrong in ({"captcha": "WRNG"}, {"picture": "a\0b"}):
        refused = ask(weihai, **pair(person), **wrong)
        assert (refused.status_code, "请重新录入正确的验证码" in text(refused)) == (422, True)
    assert weihai.client.post("/recovery/", {**pair(person), "method": "sms", "send_code": "1"}).status_code == 422
    notifications.deliver_due()
    assert Delivery.objects.count() == 0
    assert ask(weihai, **pair(person)).status_code == 200
    with clock.shifted(timedelta(seconds=61)):
        assert ask(weihai, **pair(person), captcha="").status_code == 200


def test_a_second_code_within_a_minute_is_refused_with_the_wait(weihai: Visitor, person: User) -> None:
    ask(weihai, **pair(person))
    answer = ask(weihai, **pair(person))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert "秒后再试" in text(answer)
    assert person.document_number in text(answer)


def test_step_two_is_closed_to_strangers_late_comers_and_twice(weihai: Visitor, person: User) -> None:
    def closed(answer: HttpResponse) -> bool:
        """The first step, with the reason why the second is over."""
        drawn = answer.status_code == 409 and "安全认证已过期，密码没有修改" in text(answer)
        return drawn and bool(answer.context["form"]["document_number"])

    assert weihai.get("/recovery/password/").headers["Location"] == "/recovery/"
    assert closed(set_new(weihai))
    ask(weihai, **pair(person))
    go_on(weihai, **pair(person), code=code())
    with clock.shifted(timedelta(minutes=16)):
        assert closed(set_new(weihai))
    kept = dict(weihai.client.cookies)
    assert set_new(weihai).headers["Location"] == "/recovery/done/"
    weihai.client.cookies.update(kept)  # the old session id is worth nothing
    assert closed(set_new(weihai, "Another-Mountain-1"))
    person.refresh_from_db()
    assert person.check_password(FRESH)


def test_the_new_password_obeys_the_rules(weihai: Visitor, person: User) -> None:
    ask(weihai, **pair(person))
    go_on(weihai, **pair(person), code=code())
    assert "两次输入的新密码不一致" in text(set_new(weihai, FRESH, "Other-Mountain-2027"))
    answer = set_new(weihai, "short")
    assert (answer.status_code, "密码至少 10 个字符" in text(answer)) == (422, True)
    assert "密码不能由本人的姓名、证件号" in text(set_new(weihai, person.phone + "a"))
    person.refresh_from_db()
    assert person.check_password(small_world.PASSWORD)
    assert set_new(weihai).status_code == 302


def test_an_account_that_may_not_sign_in_gets_no_code(weihai: Visitor, person: User) -> None:
    User.objects.filter(pk=person.pk).update(state=AccountState.DISABLED)
    assert SENT in text(ask(weihai, **pair(person)))
    notifications.deliver_due()
    assert Delivery.objects.count() == 0


def test_a_recovered_account_is_not_frozen_any_more() -> None:
    world = small_world.build("fujian")
    user, guest = world.person.user, visitor("fujian")
    for _ in range(6):
        guest.sign_in(user, "wrong-password-1")
    assert visitor("fujian").sign_in(user).status_code == 429
    ask(guest, **pair(user))
    go_on(guest, **pair(user), code=code())
    set_new(guest)
    assert visitor("fujian").sign_in(user, FRESH).headers["Location"] == "/home/"


def test_where_nothing_can_be_sent_only_the_advice_stands(weihai: Visitor, settings: Settings, db: None) -> None:
    settings.MESSAGING = {"sms": {"adapter": "none"}, "mail": {"adapter": "none"}}
    page = text(weihai.get("/recovery/"))
    assert "单位管理员" in page
    assert "document_number" not in page
    settings.MESSAGING = {"sms": {"adapter": "none"}, "mail": {"adapter": "stand-in"}}
    page = text(weihai.get("/recovery/"))
    assert ('name="email"' in page, 'name="phone"' in page) == (True, False)


def test_the_outbox_of_development_shows_codes_of_its_own_portal(
    weihai: Visitor, person: User, settings: Settings
) -> None:
    ask(weihai, **pair(person))
    digits = code()
    page = text(weihai.get("/outbox/"))
    assert (digits in page, person.phone in page) == (True, False)
    assert 'href="/outbox/"' in text(weihai.get("/recovery/"))
    assert digits not in text(visitor("fujian").get("/outbox/"))
    settings.PRODUCTION = True
    assert weihai.get("/outbox/").status_code == 404
    assert "/outbox/" not in text(weihai.get("/recovery/"))


def started(user: User, portal: str = "weihai") -> str:
    recovering.start_reset(user, by=By(None), portal=portal)
    notifications.deliver_due()
    found = re.search(r"重置码 ([0-9A-Z-]+)", Delivery.objects.order_by("-pk")[0].text)
    assert found is not None
    return found[1]


def use(guest: Visitor, secret: str, new: str = FRESH) -> HttpResponse:
    return guest.client.post("/recovery/reset/", {"secret": secret, "new": new, "again": new})


def test_a_reset_works_once_and_ends_every_session(weihai: Visitor, person: User, world: SmallWorld) -> None:
    inside = browser(person, world.person.membership)
    secret = started(person)
    assert inside.get("/home/").status_code == 200
    assert use(weihai, secret, "short").status_code == 422
    assert use(weihai, f" {secret.lower()} ").headers["Location"] == "/recovery/done/"
    assert inside.get("/home/").status_code == 302
    again = use(weihai, secret, "Another-Mountain-1")
    assert (again.status_code, "重置码错误或已失效" in text(again)) == (422, True)
    person.refresh_from_db()
    assert person.check_password(FRESH)


def test_a_reset_is_late_after_a_day_and_a_newer_one_ends_it(weihai: Visitor, person: User) -> None:
    first, second = started(person), started(person)
    assert use(weihai, first).status_code == 422
    with clock.shifted(timedelta(hours=24, seconds=1)):
        assert use(weihai, second).status_code == 422
    assert use(visitor("fujian"), second).status_code == 422
    assert use(weihai, second).status_code == 302


def test_guessing_secrets_is_limited(weihai: Visitor, person: User) -> None:
    secret = started(person)
    assert {use(weihai, "AAAA-BBBB-CCCC-DDDD").status_code for _ in range(20)} == {422}
    assert use(weihai, secret).status_code in {422, 429}
    person.refresh_from_db()
    assert person.check_password(small_world.PASSWORD)


def test_nobody_is_reset_who_cannot_be_reached(person: User) -> None:
    person.phone = person.email = ""
    with pytest.raises(RuleBroken, match="没有登记"):
        recovering.start_reset(person, by=By(None), portal="weihai")
