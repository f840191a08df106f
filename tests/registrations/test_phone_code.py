"""福建: 获取短信验证码 on the account form (ID-28)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import Settings

from tests.registrations import forms
from tests.registrations.forms import PASSWORD, Form
from tests.registrations.test_fujian import ACCOUNT, tree
from xueshi.accounts.models import User
from xueshi.kernel import clock
from xueshi.notifications import services as notifications
from xueshi.notifications.models import Delivery

__all__ = ["tree"]

type Visit = Callable[..., Form]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tree")]
WRONG = "短信验证码错误或已失效，请重新获取"


@pytest.fixture
def form(visit: Visit) -> Form:
    return visit("account", portal="fujian")


def wrong(typed: dict[str, str]) -> dict[str, str]:
    return typed | {"sms_code": f"{(int(typed['sms_code']) + 1) % 10**6:06}"}


def accounts() -> int:
    return User.objects.filter(login_name="linxiaoyan").count()


@pytest.mark.req("ID-28")
def test_a_wrong_code_is_refused_beside_its_field_and_the_right_one_accepted(form: Form) -> None:
    assert "获取短信验证码" in form.text
    typed = form.with_code(ACCOUNT)
    assert "短信验证码已发送至 139******34" in form.text
    form.send(wrong(typed))
    assert (form.page.status_code, form.errors) == (422, {"sms_code": [WRONG]})
    assert (accounts(), f'value="{ACCOUNT["login_name"]}"' in form.text) == (0, True)
    form.send(typed)
    assert "注册成功" in form.done()
    assert accounts() == 1


@pytest.mark.req("ID-28")
def test_the_button_judges_nothing_and_keeps_everything(form: Form) -> None:
    form.with_code({"phone": ACCOUNT["phone"], "login_name": "x", "password": PASSWORD, "agreement": "on"})
    assert form.errors == {}
    kept = form.text
    for value in (ACCOUNT["phone"], "x", PASSWORD):
        assert f'value="{value}"' in kept
    assert re.search(r'name="agreement"[^>]*checked', kept)
    assert 'name="captcha"' not in kept  # answered for this phone


@pytest.mark.req("ID-28")
@pytest.mark.parametrize("phone", ["", "12345"])
def test_no_code_without_a_phone(form: Form, phone: str) -> None:
    form.send(ACCOUNT | {"phone": phone}, send_code="1")
    assert (form.page.status_code, list(form.errors)) == (422, ["phone"])
    assert Delivery.objects.count() == 0


def test_no_code_without_the_challenge(form: Form) -> None:
    form.send(ACCOUNT | {"captcha": "WRNG"}, send_code="1")
    assert (form.page.status_code, "请重新录入正确的验证码" in form.text) == (422, True)
    notifications.deliver_due()
    assert Delivery.objects.count() == 0


@pytest.mark.req("ID-28")
def test_a_code_tried_six_times(form: Form) -> None:
    typed = form.with_code(ACCOUNT)
    for _ in range(5):
        form.send(wrong(typed))
        assert form.errors == {"sms_code": [WRONG]}
    form.send(typed)
    assert (form.errors, accounts()) == ({"sms_code": [WRONG]}, 0)


@pytest.mark.req("ID-28")
def test_a_code_asked_for_ten_times(form: Form) -> None:
    sent = 0
    for turn in range(12):
        with clock.shifted(timedelta(minutes=20 * turn)):
            form.send(ACCOUNT, send_code="1")
            sent += form.page.status_code == 200
    assert sent == 10
    assert (form.page.status_code, "今日获取次数已达上限" in form.text) == (429, True)
    form.send(ACCOUNT, send_code="1")
    assert form.page.status_code == 429
    assert int(form.page.headers["Retry-After"]) >= 1


@pytest.mark.req("ID-28")
def test_full_width_digits_and_spaces(form: Form) -> None:
    typed = form.with_code(ACCOUNT | {"phone": "１３９ 0591 1234"})
    wide = " ".join(chr(ord(sign) + 0xFEE0) for sign in typed["sms_code"])
    form.send(typed | {"sms_code": wide, "phone": "+86 139-0591-1234"})
    form.done()
    assert User.objects.get(login_name="linxiaoyan").phone == "13905911234"


def test_a_code_of_one_phone_opens_no_account_for_another(form: Form) -> None:
    typed = form.with_code(ACCOUNT)
    form.send(typed | {"phone": "13905919999"})
    assert (form.errors, accounts()) == ({"sms_code": [WRONG]}, 0)


def test_a_code_that_was_right_holds_when_something_else_is_refused(form: Form) -> None:
    typed = form.with_code(ACCOUNT)
    form.send(typed | {"password": "1234567890"})
    assert list(form.errors) == ["password"]
    form.send(typed)
    assert "注册成功" in form.done()


def test_a_phone_already_used_is_nobodys_identity(form: Form, visit: Visit) -> None:
    """Numbers are handed on and shared: whoever holds the phone may open an account of their own (decision 0011)."""
    form.send(form.with_code(ACCOUNT))
    form.done()
    other = visit("account", portal="fujian")
    typed = ACCOUNT | {"login_name": "another_one", "document_number": forms.number(303, area="350102")}
    with clock.shifted(timedelta(seconds=61)):
        other.send(other.with_code(typed))
    other.done()
    assert User.objects.filter(phone_index=User.objects.get(login_name="linxiaoyan").phone_index).count() == 2


def test_without_a_sender_no_code_is_asked(visit: Visit, settings: Settings) -> None:
    settings.MESSAGING = {"sms": {"adapter": "none"}, "mail": {"adapter": "none"}}
    form = visit("account", portal="fujian")
    assert "sms_code" not in form.page.context["form"].fields
    form.send(ACCOUNT)
    assert "注册成功" in form.done()
