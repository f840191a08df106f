"""The second factor: bound, asked for at every way in, counted once; recovery codes; proofs that grow old."""

import re
from datetime import timedelta

import pytest
from django.conf import Settings
from django.urls import reverse

from tests import small_world
from tests.portal import factors
from tests.portal.conftest import Visitor, visitor
from tests.small_world import SmallWorld
from xueshi.accounts import devices
from xueshi.accounts.models import RecoveryCode, SecondFactor
from xueshi.audit.models import AuditEntry
from xueshi.kernel import clock
from xueshi.organisations.states import Hat

pytestmark = pytest.mark.django_db
STEP = "/second-step/"
AGO = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _for_administrators(settings: Settings) -> None:
    settings.SECOND_FACTOR = "administrators"


def at_home(who: Visitor) -> bool:
    return who.get("/home/").status_code == 200


@pytest.mark.req("B7")
def test_an_administrator_binds_one_before_anything_else(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(world.employer_admin.user, user_type="employer")
    assert weihai.get("/home/").headers["Location"] == f"{STEP}?next=%2Fhome%2F"
    page = weihai.get(f"{STEP}?next=/declarations/review/")
    assert "data:image/svg+xml" in page.content.decode()
    assert "退出登录" in page.content.decode()
    key = factors.key_on(page)
    assert factors.key_on(weihai.get(STEP)) == key
    wrong = weihai.client.post(STEP, {"code": "000000"})
    assert (wrong.status_code, SecondFactor.objects.count()) == (422, 0)
    before = factors.id_of(weihai.client)
    done = weihai.client.post(STEP, {"code": factors.code(key), "next": "/declarations/review/"})
    codes = re.findall(r"<code>([0-9a-f-]{19})</code>", done.content.decode())
    assert (done.status_code, len(set(codes))) == (200, 10)
    assert 'href="/declarations/review/"' in done.content.decode()
    assert factors.id_of(weihai.client) != before
    assert at_home(weihai)
    held = SecondFactor.objects.get(pk=world.employer_admin.user.pk)
    assert held.secret == key
    assert all(one.digest not in codes for one in RecoveryCode.objects.all())
    assert AuditEntry.objects.filter(action="account.factor_bound").count() == 1


@pytest.mark.req("B7")
def test_after_the_password_the_code_and_each_code_once(weihai: Visitor, world: SmallWorld) -> None:
    person, shown = factors.bound(world.employer_admin.user), factors.code()
    weihai.sign_in(person, user_type="employer", next="/password/")
    assert not devices.known(person)
    assert weihai.get("/password/").headers["Location"] == f"{STEP}?next=%2Fpassword%2F"
    assert not at_home(weihai)
    wrong = weihai.client.post(STEP, {"code": "123", "next": "/password/"})
    assert (wrong.status_code, 'name="next" value="/password/"' in wrong.content.decode()) == (422, True)
    assert weihai.client.post(STEP, {"code": shown, "next": "/password/"}).headers["Location"] == "/password/"
    assert at_home(weihai)
    assert len(devices.known(person)) == 1
    other = visitor("weihai")
    other.sign_in(person, user_type="employer")
    assert other.client.post(STEP, {"code": shown}).status_code == 422
    assert not at_home(other)


@pytest.mark.req("B7")
def test_full_width_digits_and_blanks_are_read(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(factors.bound(world.employer_admin.user), user_type="employer")
    shown = factors.code()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in shown[:3]) + " " + shown[3:]
    assert weihai.client.post(STEP, {"code": wide}).status_code == 302
    assert at_home(weihai)


@pytest.mark.req("B7")
def test_a_recovery_code_stands_in_once(weihai: Visitor, world: SmallWorld) -> None:
    person = world.employer_admin.user
    weihai.sign_in(person, user_type="employer")
    done = weihai.client.post(STEP, {"code": factors.code(factors.key_on(weihai.get(STEP)))})
    one = re.findall(r"<code>([0-9a-f-]{19})</code>", done.content.decode())[0]
    outcomes = []
    for _time in range(2):
        browser = visitor("weihai")
        browser.sign_in(person, user_type="employer")
        browser.client.post(STEP, {"code": one.upper()})
        outcomes.append(at_home(browser))
    assert outcomes == [True, False]
    assert "还有 <b>9</b> 个恢复码" in weihai.get("/account/factor/").content.decode()


@pytest.mark.req("B7")
def test_guessing_codes_is_limited(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(factors.bound(world.employer_admin.user), user_type="employer")
    said = [weihai.client.post(STEP, {"code": f"{number:06}"}).status_code for number in range(11)]
    assert said == [422] * 10 + [429]
    assert weihai.client.post(STEP, {"code": factors.code()}).status_code == 429
    assert not at_home(weihai)


@pytest.mark.req("B7")
def test_a_hat_with_authority_asks_a_person_who_came_in_without(weihai: Visitor, world: SmallWorld) -> None:
    second = small_world.hat(world.person.user, world.branch, Hat.ADMINISTRATOR)
    weihai.sign_in(world.person.user, user_type="professional")
    assert at_home(weihai)
    weihai.client.post("/hats/", {"hat": second.pk})
    assert weihai.get("/registrations/people/").headers["Location"].startswith(STEP)
    assert weihai.client.post("/reviews/decide/", {"verdict": "pass"}).headers["Location"].startswith(STEP)


@pytest.mark.req("B7")
def test_who_bound_one_by_choice_is_asked_too_and_nobody_where_it_is_off(
    weihai: Visitor, world: SmallWorld, settings: Settings
) -> None:
    weihai.sign_in(factors.bound(world.person.user), user_type="professional")
    assert weihai.get("/home/").headers["Location"].startswith(STEP)
    settings.SECOND_FACTOR = "off"
    assert at_home(weihai)
    assert weihai.get("/account/factor/").status_code == 404
    assert "两步验证" not in weihai.get("/account/").content.decode()


@pytest.mark.req("A13")
def test_binding_and_unbinding_ask_for_a_fresh_proof(weihai: Visitor, world: SmallWorld) -> None:
    person, elsewhere = world.person.user, visitor("weihai")
    weihai.sign_in(person, user_type="professional")
    elsewhere.sign_in(person, user_type="professional")
    with clock.shifted(timedelta(minutes=11)):
        assert weihai.get("/account/factor/").headers["Location"] == "/prove/?next=%2Faccount%2Ffactor%2F"
        assert weihai.client.post("/account/factor/", {"code": "1"}).headers["Location"].startswith("/prove/")
        wrong = weihai.client.post("/prove/", {"password": "not-this-one"})
        assert (wrong.status_code, "密码不正确" in wrong.content.decode()) == (422, True)
        proved = weihai.client.post("/prove/", {"password": small_world.PASSWORD, "next": "/account/factor/"})
        assert proved.headers["Location"] == "/account/factor/"
        key = factors.key_on(weihai.get("/account/factor/"))
        assert weihai.client.post("/account/factor/", {"code": factors.code(key)}).status_code == 200
        assert elsewhere.get("/home/").status_code == 302
        assert "已开启" in weihai.get("/account/").content.decode()
    with clock.shifted(timedelta(minutes=22)):
        asked = weihai.get("/prove/?next=/account/factor/").content.decode()
        assert 'name="code"' in asked
        assert weihai.client.post("/prove/", {"code": factors.code(key)}).headers["Location"] == "/home/"
        assert weihai.client.post("/account/factor/", {"remove": "1"}).headers["Location"] == "/account/"
        assert at_home(weihai)
    assert (SecondFactor.objects.count(), RecoveryCode.objects.count()) == (0, 0)


def test_an_administrator_who_unbinds_owes_it_again(weihai: Visitor, world: SmallWorld) -> None:
    weihai.sign_in(factors.bound(world.employer_admin.user), user_type="employer")
    weihai.client.post(STEP, {"code": factors.code()})
    weihai.client.post("/account/factor/", {"remove": "1"})
    assert weihai.get("/home/").headers["Location"].startswith(STEP)
    assert reverse("portal:sign_out") in weihai.get(STEP).content.decode()
    assert weihai.client.post("/sign-out/").headers["Location"] == "/"
    assert weihai.get(STEP).headers["Location"].startswith("/?")
