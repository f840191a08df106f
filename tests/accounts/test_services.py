"""Accounts: one person one account, limits that parallel tries do not outrun, challenges answered once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import Settings
from django.db import connection

from tests import small_world
from xueshi.accounts import challenges, devices, limits, services
from xueshi.accounts.challenges import Answer, Place
from xueshi.accounts.devices import Visit
from xueshi.accounts.limits import Limit
from xueshi.accounts.models import Throttle, User
from xueshi.accounts.services import AccountDraft, Credentials, WrongCredentials
from xueshi.accounts.states import AccountState
from xueshi.kernel import clock, identity
from xueshi.kernel.errors import RuleBroken, TooMany

THREE = Limit("three", 3, timedelta(hours=1))
NUMBER = identity.complete_resident("37060219900101221")
GOOD = "青山绿水-2026-海风"


def draft(number: str = NUMBER, name: str = "王志远", password: str = GOOD) -> AccountDraft:
    return AccountDraft(name, "resident", number, password, phone="13912345612")


@pytest.mark.django_db
@pytest.mark.req("AC-14", "B11")
def test_every_spelling_is_one_account() -> None:
    number = next(
        full for tail in range(100, 200) if (full := identity.complete_resident(f"37060219900101{tail}"))[-1] == "X"
    )
    first = services.sign_up(draft(number))
    for spelling in (number.lower(), f"  {number} ", "".join(chr(ord(one) + 0xFEE0) for one in number)):
        assert services.sign_up(draft(spelling)).pk == first.pk
    for wrong in (f"{number[:6]} {number[6:]}", number[:17] + "0", "370602199013012215"):
        with pytest.raises(RuleBroken):
            services.sign_up(draft(wrong))
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_number_in_use_is_refused_and_nothing_changes() -> None:
    user = services.sign_up(draft())
    User.objects.filter(pk=user.pk).update(state=AccountState.ACTIVE)
    with pytest.raises(RuleBroken) as refused:
        services.sign_up(draft(name="别人", password="另外一个很长的密码呀"))
    assert refused.value.field == "document_number"
    user.refresh_from_db()
    assert (user.name, user.check_password(GOOD)) == ("王志远", True)


@pytest.mark.django_db
@pytest.mark.req("AC-09")
def test_passwords_are_argon2id(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert services.sign_up(draft()).password.startswith("argon2$argon2id$")


@pytest.mark.django_db
@pytest.mark.req("B1")
def test_an_existing_user_is_verified_by_the_same_door() -> None:
    user = small_world.user("王志远")
    found = services.verify_existing("resident", user.document_number, small_world.PASSWORD)
    assert found.pk == user.pk
    with pytest.raises(WrongCredentials):
        services.verify_existing("passport", user.document_number, small_world.PASSWORD)
    for _try in range(20):
        with pytest.raises((WrongCredentials, TooMany)):
            services.verify_existing("resident", user.document_number, "wrong-password-1")
    with pytest.raises(TooMany):
        services.verify_existing("resident", user.document_number, small_world.PASSWORD)


@pytest.mark.django_db
@pytest.mark.req("AC-02")
def test_one_source_over_many_accounts_is_stopped() -> None:
    outcomes = []
    for number in range(35):
        try:
            services.verify_credentials(Credentials(f"nobody-{number}", "wrong-password-1", "10.1.1.1"))
        except TooMany:
            outcomes.append("stopped")
        except WrongCredentials:
            outcomes.append("looked at")
    assert outcomes == ["looked at"] * 30 + ["stopped"] * 5


@pytest.mark.django_db
def test_a_right_password_does_not_use_up_its_source() -> None:
    user = small_world.user("王志远")
    for _try in range(18):
        services.verify_credentials(Credentials(user.document_number, small_world.PASSWORD, "10.1.1.2"))
    assert Throttle.objects.get(key__startswith="login-source").count == 0


@pytest.mark.django_db
@pytest.mark.req("B3")
def test_a_mark_is_of_one_account_and_dies_with_the_password() -> None:
    user, other = small_world.user("甲"), small_world.user("乙")
    mark = devices.remember(user, Visit("10.0.0.1", "Chrome"))
    assert devices.recognise(user, mark) is not None
    assert devices.remember(user, Visit("10.0.0.2", "Chrome"), mark) == mark
    assert devices.recognise(other, mark) is None
    assert devices.recognise(user, mark[:-1] + "x") is None
    services.change_password(user, small_world.PASSWORD, GOOD)
    assert devices.recognise(user, mark) is None
    assert devices.known(user) == []


@pytest.mark.django_db
@pytest.mark.req("B3")
def test_a_window_counts_and_ends() -> None:
    assert [limits.spend(THREE, "a").allowed for _try in range(4)] == [True, True, True, False]
    assert limits.spend(THREE, "b").allowed
    with clock.shifted(timedelta(hours=1, seconds=1)):
        assert limits.spend(THREE, "a").count == 1
    assert not Throttle.objects.filter(key__contains=":a").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B3")
def test_parallel_tries_gain_nothing() -> None:
    together = Barrier(8)

    def once(_number: int) -> bool:
        try:
            together.wait(10)
            return limits.spend(THREE, "same").allowed
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        allowed = list(threads.map(once, range(8)))
    assert allowed.count(True) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("AC-12")
def test_eight_registrations_of_one_number_make_one_account() -> None:
    together = Barrier(8)

    def once(_number: int) -> int:
        try:
            together.wait(10)
            return services.sign_up(draft()).pk
        except RuleBroken:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(once, range(8))) - {0}
    assert (len(made), User.objects.count()) == (1, 1)


@pytest.mark.django_db
@pytest.mark.req("AC-04")
def test_a_picture_counts_for_its_session_purpose_and_once(settings: Settings) -> None:
    settings.TEST_CAPTCHA = "K7PM"
    here = Place("session-1", "login")
    picture = challenges.new_picture(here)
    right = Answer(picture_id=picture, text=" k7pm ")
    assert not challenges.passes(Place("session-2", "login"), right)
    assert not challenges.passes(Place("session-1", "register"), right)
    assert challenges.passes(here, right)
    assert not challenges.passes(here, right)
    assert not challenges.passes(here, Answer())
    assert not challenges.passes(here, Answer(proof="rubbish"))
