"""AC-01, AC-05, AC-06, AC-11: codes and resets give nothing away, and no more than the limits."""

import html
import logging
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.conf import Settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import small_world
from tests.browsers import browser
from tests.checks.races.contest import accidents, together
from tests.checks.report import Outcome, Tell
from tests.registrations import forms
from xueshi.accounts import codes, recovering
from xueshi.accounts.codes import Claim, Recipient, WrongCode
from xueshi.accounts.models import OneTimeCode, PasswordReset, User
from xueshi.audit.services import By
from xueshi.kernel import clock
from xueshi.kernel.errors import TooMany
from xueshi.notifications import services as notifications
from xueshi.notifications.models import Delivery
from xueshi.notifications.states import Channel

EACH = 34
"""Known and unknown numbers each, for every place that might tell them apart."""
CAPTCHA = "K7PM"
_TOKENS = re.compile(r'(csrfmiddlewaretoken|picture|carried)" value="[^"]*"|/captcha/recovery/[^"]*|\d{3}\*+\d{2}')


def _phone(order: int) -> str:
    return f"138{order:08}"


def _number(order: int) -> str:
    return forms.number(order % 1000, born="19880101")


def _known(order: int) -> dict[str, str]:
    user = small_world.user(f"甲{order}")
    return {"document_number": user.document_number, "phone": user.phone}


def _unknown(order: int) -> dict[str, str]:
    return {"document_number": _number(order), "phone": _phone(order)}


class Seen:
    """What one kind of visitor is answered: everything but tokens and what they typed themselves; and the times."""

    def __init__(self) -> None:
        self.answers: set[tuple[int, str, str, str]] = set()
        self.times: list[float] = []

    def add(self, answer: HttpResponse, took: float, statements: Sequence[str], typed: dict[str, str]) -> None:
        body = _TOKENS.sub("", html.unescape(answer.content.decode()))
        for value in typed.values():
            body = body.replace(value, "")
        kept = {name: value for name, value in answer.headers.items() if name not in {"X-Request-Id", "Content-Length"}}
        kept = {name: _TOKENS.sub("", value) for name, value in kept.items()}
        shapes = [re.sub(r"\d+|'[^']*'", "", one)[:60] for one in statements if "clock_timestamp" not in one]
        self.answers.add((answer.status_code, str(kept), body, "\n".join(shapes)))
        self.times.append(took)

    @property
    def median(self) -> float:
        return statistics.median(self.times) * 1000


def _asked(order: int, typed: dict[str, str], path: str, more: dict[str, str], seen: Seen) -> Client:
    """One visitor of one address of their own asks once."""
    client = Client(HTTP_HOST="fujian.localhost", REMOTE_ADDR=f"10.{order >> 8 & 255}.{order & 255}.1")
    page = client.get(path).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(carried|step|picture)" value="([^"]*)"', page))
    whole = {"captcha": CAPTCHA, **{name: html.unescape(value) for name, value in hidden.items()}, **more, **typed}
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as held:
        answer = client.post(path, whole)
    seen.add(answer, time.perf_counter() - began, [one["sql"] for one in held.captured_queries], typed)
    return client


def _guessed(client: Client, typed: dict[str, str], more: dict[str, str], seen: Seen) -> None:
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as held:
        answer = client.post("/recovery/", {**more, **typed, "code": "000000"})
    seen.add(answer, time.perf_counter() - began, [one["sql"] for one in held.captured_queries], typed)


@pytest.mark.django_db
@pytest.mark.req("AC-01")
def test_nobody_learns_who_has_an_account(settings: Settings, tell: Tell) -> None:
    settings.TEST_CAPTCHA = CAPTCHA
    small_world.build("fujian")
    recover = {"document_type": "resident", "method": "sms"}
    places = {name: (Seen(), Seen()) for name in ("recovery request", "recovery code", "registration request")}
    for order in range(EACH):
        for side, made in enumerate((_known, _unknown)):
            typed = made(order)
            client = _asked(
                2 * order + side, typed, "/recovery/", recover | {"send_code": "1"}, places["recovery request"][side]
            )
            _guessed(client, typed, recover, places["recovery code"][side])
            OneTimeCode.objects.all().delete()
            _asked(
                2 * order + side, typed, "/register/account/", {"send_code": "1"}, places["registration request"][side]
            )
    bad = [name for name, (known, unknown) in places.items() if known.answers != unknown.answers]
    control = places["recovery request"][0].answers != places["registration request"][0].answers
    more = "ms=" + ",".join(f"{known.median:.1f}/{unknown.median:.1f}" for known, unknown in places.values())
    tell(Outcome("AC-01", sum(len(one.times) for pair in places.values() for one in pair), bad, control, 200, more))


def _send(recipient: str, source: str, bad: list[str]) -> bool:
    try:
        codes.send(Claim(Recipient.read(Channel.SMS, recipient), "register", "s"), portal="weihai", source=source)
    except TooMany as refusal:
        if refusal.retry_after < 1:
            bad.append(f"{recipient}: no wait named")
        return False
    return True


def _spelled(order: int) -> str:
    plain = "13912345678"
    ways = (
        plain, f"+86{plain}", f"86 {plain}", f" {plain} ", "139-1234-5678", "139 1234 5678", "(139)12345678",
        "".join(chr(ord(sign) + 0xFEE0) for sign in plain),
    )  # fmt: skip
    return ways[order % len(ways)]


def _most_within(moments: Sequence[datetime | timedelta], window: timedelta) -> int:
    return max(sum(start <= other < start + window for other in moments) for start in moments)


def _one_number(bad: list[str]) -> int:
    """200 requests for one number in different spellings from different places, over a day and a half."""
    went: list[timedelta] = []
    for order in range(200):
        at = timedelta(minutes=11 * order // 10, seconds=17 * order % 60) * (10 if order > 100 else 1)
        with clock.shifted(at):
            if _send(_spelled(order), f"10.0.{order}.1", bad):
                went.append(at)
    for window, most in ((timedelta(seconds=60), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10)):
        if _most_within(went, window) > most:
            bad.append(f"{_most_within(went, window)} within {window}")
    if len(went) < 10:
        bad.append(f"only {len(went)} were sent at all")
    return 200


def _one_source(bad: list[str]) -> int:
    went = sum(_send(_phone(order), "10.9.9.9", bad) for order in range(200))
    if went != 20:
        bad.append(f"{went} from one source")
    return 200


def _whole_site(bad: list[str], settings: Settings, records: list[logging.LogRecord]) -> int:
    with clock.shifted(timedelta(days=3)):
        settings.CODES_PER_DAY = 30
        went = sum(_send(_phone(1000 + order), f"10.8.{order}.1", bad) for order in range(100))
    if went != 30:
        bad.append(f"{went} of a budget of 30")
    if sum("budget" in record.getMessage() for record in records) != 2:
        bad.append("no alarm")
    return 100


@pytest.mark.django_db
@pytest.mark.req("AC-05")
def test_nobody_is_flooded(settings: Settings, caplog: pytest.LogCaptureFixture, tell: Tell) -> None:
    bad: list[str] = []
    n = _one_number(bad) + _one_source(bad) + _whole_site(bad, settings, caplog.records)
    settings.CODES_PER_DAY = 10**6
    before, codes.FROM_ONE_SOURCE = codes.FROM_ONE_SOURCE, (codes.Allowance(10**6, timedelta(hours=1), ""),)
    try:
        with clock.shifted(timedelta(days=6)):
            control = sum(_send(_phone(5000 + order), "10.9.9.9", bad) for order in range(21)) == 21
    finally:
        codes.FROM_ONE_SOURCE = before
    tell(Outcome("AC-05", n, bad, control, 500))


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("AC-05")
def test_asking_all_at_once_gains_nothing(tell: Tell) -> None:
    bad: list[str] = []
    results = together(*(lambda place=place: _send(_spelled(place), f"10.0.{place}.1", bad) for place in range(8)))
    bad += accidents(results)
    if results.count(True) != 1 or OneTimeCode.objects.count() != 1:
        bad.append(f"{results.count(True)} sent at once")
    tell(Outcome("AC-05 at once", len(results), bad, _send("13700000000", "", []), 8))


def _sent(claim: Claim) -> str:
    codes.send(claim, portal="weihai", source="")
    notifications.deliver_due()
    return re.findall(r"\d{6}", Delivery.objects.order_by("-pk")[0].text)[0]


def _passes(claim: Claim, digits: str) -> bool:
    try:
        codes.redeem(claim, digits)
    except WrongCode:
        return False
    return True


def _claim(phone: str = "13912345678", purpose: str = "recovery", session: str = "a") -> Claim:
    return Claim(Recipient.read(Channel.SMS, phone), purpose, session)


@contextmanager
def _evaluations() -> Iterator[list[str]]:
    """Counts how often typed digits are turned into what is compared."""
    seen: list[str] = []
    held = OneTimeCode.objects
    yield seen
    seen += ["evaluated"] * sum(held.values_list("tries", flat=True))


@pytest.mark.django_db
@pytest.mark.req("AC-06")
def test_codes_are_neither_guessed_nor_moved(tell: Tell) -> None:
    bad: list[str] = []
    code = _sent(_claim())
    guesses = [f"{(int(code) + step) % 10**6:06}" for step in range(1, 1000)]
    with _evaluations() as evaluated:
        bad += [f"guessed {guess}" for guess in [*guesses, code] if _passes(_claim(), guess)]
    if len(evaluated) != 5:
        bad.append(f"{len(evaluated)} evaluated")
    with clock.shifted(timedelta(minutes=2)):
        code = _sent(_claim())
        _sent(_claim("13800000001"))
        _sent(_claim(purpose="register", phone="13800000002"))
        moved = {
            "another number": _claim("13800000001"), "another purpose": _claim(purpose="register"),
            "another session": _claim(session="b"), "never asked": _claim("13800000009"),
        }  # fmt: skip
        bad += [f"moved to {name}" for name, claim in moved.items() if _passes(claim, code)]
        control = _passes(_claim(), code)
        bad += ["used twice"] if _passes(_claim(), code) else []
    tell(Outcome("AC-06", 1000 + len(moved) + 1, bad, control, 1000))


def _stored_in_clear() -> str:
    """Everything the database would show to somebody who reads it."""
    tables = connection.introspection.table_names()
    text = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - names of our own tables
            text += [row[0] for row in cursor.fetchall()]
    return "\n".join(text)


def _use(secret: str, new: str) -> HttpResponse:
    client = Client(HTTP_HOST="weihai.localhost")
    return client.post("/recovery/reset/", {"secret": secret, "new": new, "again": new})


def _reset(user: User) -> str:
    recovering.start_reset(user, by=By(None), portal="weihai")
    notifications.deliver_due()
    return re.findall(r"重置码 ([0-9A-Z-]+)", Delivery.objects.order_by("-pk")[0].text)[0]


@pytest.mark.django_db
@pytest.mark.req("AC-11")
def test_a_reset_shows_nobody_a_password_and_works_once(caplog: pytest.LogCaptureFixture, tell: Tell) -> None:
    world, bad = small_world.build(), list[str]()
    users = [world.person, world.colleague, world.employer_admin, world.stranger_admin]
    for place, actor in enumerate(users):
        user, inside, new = actor.user, browser(actor.user, actor.membership), f"Fresh-Mountain-{place}-2027"
        secret = _reset(user)
        plain = secret.replace("-", "")
        if len(set("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")) ** len(plain) < 2**64:
            bad.append(f"{secret}: fewer than 64 bits")
        with clock.shifted(timedelta(hours=24, seconds=1)):
            bad += ["late and taken"] if _use(secret, new).status_code == 302 else []
        answers = [_use(secret, new), _use(secret, "Other-Mountain-2027")]
        bad += [] if [one.status_code for one in answers] == [302, 422] else ["not exactly once"]
        bad += ["an old session lives"] if inside.get("/home/").status_code == 200 else []
        user.refresh_from_db()
        bad += [] if user.check_password(new) else ["not set"]
        kept = caplog.text + _stored_in_clear()
        bad += [f"{word} is kept" for word in (new, secret, plain) if word in kept]
        bad += ["a password is shown"] if any(new in one.content.decode() for one in answers) else []
    control = PasswordReset.objects.filter(ended_at=None).count() == 0 and "重置码" in _stored_text()
    tell(Outcome("AC-11", len(users) * 8, bad, control, 32))


def _stored_text() -> str:
    """What arrived, which the tables hold sealed."""
    return "".join(one.text for one in Delivery.objects.all())
