"""Codes: one live per recipient and purpose, five tries, one success, bound to session and purpose; sending limits."""

import re
from datetime import timedelta

import pytest
from django.conf import Settings
from django.db import IntegrityError, connection, transaction

from xueshi.accounts import codes
from xueshi.accounts.codes import Claim, Recipient, WrongCode
from xueshi.accounts.models import OneTimeCode
from xueshi.audit.models import AuditEntry
from xueshi.kernel import clock
from xueshi.kernel.errors import RuleBroken, TooMany
from xueshi.notifications import services as notifications
from xueshi.notifications.models import Delivery, Message
from xueshi.notifications.states import Channel

pytestmark = pytest.mark.django_db
PHONE = "13912345678"


def claim(phone: str = PHONE, purpose: str = "register", session: str = "mine") -> Claim:
    return Claim(Recipient.read(Channel.SMS, phone), purpose, session)


def sent(one: Claim, source: str = "10.0.0.1") -> str:
    """Ask for a code and read it where it arrived."""
    codes.send(one, portal="weihai", source=source)
    notifications.deliver_due()
    found = re.search(r"\d{6}", Delivery.objects.order_by("-pk")[0].text)
    assert found is not None
    return found[0]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def refused(one: Claim, typed: str) -> bool:
    try:
        codes.redeem(one, typed)
    except WrongCode:
        return True
    return False


def test_a_code_works_once() -> None:
    code = sent(claim())
    assert re.fullmatch(r"[0-9]{6}", code)
    codes.redeem(claim(), code)
    assert refused(claim(), code)


def test_full_width_digits_and_blanks_are_mended() -> None:
    code = sent(claim("１３９ 1234－5678".replace("－", "-")))
    wide = " ".join(chr(ord(sign) + 0xFEE0) for sign in code)
    codes.redeem(claim(), f" {wide} ")


def test_five_wrong_tries_end_it_and_the_sixth_is_too_late() -> None:
    code = sent(claim())
    assert all(refused(claim(), other_than(code)) for _ in range(5))
    assert refused(claim(), code)


def test_four_wrong_tries_do_not() -> None:
    code = sent(claim())
    assert all(refused(claim(), other_than(code)) for _ in range(4))
    codes.redeem(claim(), code)


def test_it_lives_five_minutes() -> None:
    code = sent(claim())
    with clock.shifted(timedelta(minutes=5, seconds=1)):
        assert refused(claim(), code)
    with clock.shifted(timedelta(minutes=4, seconds=50)):
        codes.redeem(claim(), code)


def test_a_new_one_ends_the_old_one() -> None:
    first = sent(claim())
    with clock.shifted(timedelta(seconds=61)):
        second = sent(claim())
        assert first == second or refused(claim(), first)
        codes.redeem(claim(), second)


def test_one_live_code_is_a_rule_of_the_database() -> None:
    sent(claim())
    row = OneTimeCode.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="code_one_live"), transaction.atomic():
        row.save()


def test_only_a_digest_is_kept() -> None:
    code = sent(claim())
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM accounts_onetimecode c")
        row = cursor.fetchone()[0]
    assert code not in re.sub(r"T[\d:.]+", "", row)
    assert PHONE not in row


def test_mail_takes_codes_too() -> None:
    one = Claim(Recipient.read(Channel.MAIL, " Wang.Zhiyuan＠Example.cn "), "recovery", "mine")
    assert one.recipient.value == "wang.zhiyuan@example.cn"
    codes.redeem(one, sent(one))
    with pytest.raises(RuleBroken, match="请输入正确的邮箱"):
        Recipient.read(Channel.MAIL, "王@", field="email")


@pytest.mark.parametrize(
    ("steps", "words"), [(1, "秒后再试"), (5, "一小时内"), (10, "今日")], ids=["minute", "hour", "day"]
)
def test_one_recipient_is_sent_no_more_than_the_limits(steps: int, words: str) -> None:
    pause = {1: timedelta(seconds=59), 5: timedelta(seconds=61), 10: timedelta(minutes=20)}[steps]
    elapsed = timedelta()
    for place in range(steps):
        with clock.shifted(elapsed):
            codes.send(claim(), portal="weihai", source=f"10.0.0.{place}")
        elapsed += pause
    with clock.shifted(elapsed), pytest.raises(TooMany, match=words) as refusal:
        codes.send(claim(), portal="weihai", source="10.0.1.1")
    assert refusal.value.retry_after >= 1
    assert Message.objects.count() == steps


def test_one_source_is_sent_twenty_an_hour() -> None:
    for place in range(20):
        codes.send(claim(f"139000000{place:02}"), portal="weihai", source="10.0.0.1")
    with pytest.raises(TooMany):
        codes.send(claim("13900000099"), portal="weihai", source="10.0.0.1")
    codes.send(claim("13900000099"), portal="weihai", source="10.0.0.2")
    assert Message.objects.count() == 21


def test_the_site_stops_at_its_budget_and_alarms(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.CODES_PER_DAY = 5
    for place in range(5):
        codes.send(claim(f"1390000000{place}"), portal="weihai", source="")
    with pytest.raises(TooMany, match="今日上限"):
        codes.send(claim("13900000009"), portal="weihai", source="")
    alarms = AuditEntry.objects.filter(action="security.code_budget").order_by("sequence")
    assert [entry.details["spent"] for entry in alarms] == [4, 5]
    assert sum("budget" in record.getMessage() for record in caplog.records) == 2


def test_a_hollow_one_sends_nothing_and_no_digits_fit_it() -> None:
    codes.send(claim(), portal="weihai", source="", hollow=True)
    notifications.deliver_due()
    assert Delivery.objects.count() == 0
    row = OneTimeCode.objects.get()
    OneTimeCode.objects.filter(pk=row.pk).update(digest=claim().digest("123456"))
    assert refused(claim(), "123456")


def test_counted_ones_stay_a_day() -> None:
    sent(claim())
    assert codes.sweep() == 0
    with clock.shifted(timedelta(days=1, minutes=1)):
        assert codes.sweep() == 1
