"""The real ways out: what the gateway is sent and how it is signed, the mail as it leaves, what the start refuses."""

import smtplib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import Settings

from xueshi.config import messaging
from xueshi.config.environment import BadConfiguration
from xueshi.notifications import adapters
from xueshi.notifications.adapters import Closed, Failed, Parcel
from xueshi.notifications.adapters.mail import Smtp
from xueshi.notifications.adapters.sms import Aliyun, Call
from xueshi.notifications.states import Channel

PARCEL = Parcel(
    key="code:7", portal="weihai", recipient="13912345678", template="code", values={"code": "246810", "minutes": "5"},
    subject="验证码", text="您的验证码为 246810，5 分钟内有效。",
)  # fmt: skip
SMS = {"adapter": "aliyun", "key_id": "id", "key": "secret", "sign_name": "继续教育", "templates": {"code": "SMS_1"}}
MAIL = {"host": "127.0.0.1", "port": 25, "security": "plain", "user": "", "password": "", "sender": "no-reply@x.cn"}


class _Gateway(BaseHTTPRequestHandler):
    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []
    answer: ClassVar[tuple[int, bytes]] = (200, b'{"Code":"OK"}')

    def do_POST(self) -> None:
        self.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        status, body = self.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        return


@pytest.fixture
def gateway() -> Iterator[Aliyun]:
    server = HTTPServer(("127.0.0.1", 0), _Gateway)
    _Gateway.seen.clear()
    _Gateway.answer = (200, b'{"Code":"OK"}')
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield Aliyun({**SMS, "url": f"http://127.0.0.1:{server.server_port}"})
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_signature_is_the_one_the_provider_documents() -> None:
    parameters = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    at = datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC)
    nonce = "3156853299f313e23d1673dc12e1703d"
    call = Call("ecs.cn-shanghai.aliyuncs.com", "RunInstances", "2014-05-26", parameters, at, nonce)
    expected = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    assert call.signature("YourAccessKeySecret") == expected


@pytest.mark.django_db
def test_the_gateway_is_asked_with_a_signed_call(gateway: Aliyun) -> None:
    gateway.send(PARCEL)
    path, headers = _Gateway.seen[0]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    assert asked == {
        "PhoneNumbers": "13912345678", "SignName": "继续教育", "TemplateCode": "SMS_1", "OutId": "code:7",
        "TemplateParam": '{"code":"246810","minutes":"5"}',
    }  # fmt: skip
    at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    call = Call(headers["host"], "SendSms", "2017-05-25", asked, at, headers["x-acs-signature-nonce"])
    assert headers["authorization"].endswith(f"Signature={call.signature('secret')}")
    assert "secret" not in headers["authorization"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "for_good"),
    [
        ((200, b'{"Code":"isv.BUSINESS_LIMIT_CONTROL"}'), False),
        ((200, b'{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}'), True),
        ((503, b"busy"), False),
        ((200, b"<html>"), False),
    ],
)
def test_a_refusal_of_the_gateway_is_a_failure(gateway: Aliyun, answer: tuple[int, bytes], for_good: bool) -> None:
    _Gateway.answer = answer
    with pytest.raises(Failed) as failure:
        gateway.send(PARCEL)
    assert failure.value.for_good is for_good
    assert PARCEL.recipient not in failure.value.reason


@pytest.mark.django_db
def test_a_gateway_that_is_not_there_is_a_failure() -> None:
    with pytest.raises(Failed):
        Aliyun({**SMS, "url": "http://127.0.0.1:9"}).send(PARCEL)


def test_a_mail_carries_the_same_id_at_every_try() -> None:
    first, again = Smtp(MAIL).letter(PARCEL), Smtp(MAIL).letter(PARCEL)
    assert (first["To"], first["Subject"], first["From"]) == (PARCEL.recipient, "验证码", "no-reply@x.cn")
    assert first["Message-ID"] == again["Message-ID"] == "<code.7@x.cn>"
    assert PARCEL.text in first.get_content()


def test_a_mail_server_that_fails_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object, **_options: object) -> None:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(smtplib, "SMTP", refused)
    with pytest.raises(Failed, match="SMTPServerDisconnected"):
        Smtp(MAIL).send(PARCEL)


def test_a_channel_without_a_provider_is_closed(settings: Settings) -> None:
    settings.MESSAGING = {"sms": {"adapter": "none"}, "mail": {"adapter": "none"}}
    assert not adapters.is_open(Channel.SMS)
    with pytest.raises(Closed):
        adapters.gateway(Channel.SMS)


def test_the_stand_in_refuses_to_exist_in_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(Closed):
        adapters.gateway(Channel.SMS)


GOOD = {
    "XUESHI_SMS": "aliyun", "XUESHI_SMS_KEY_ID": "id", "XUESHI_SMS_KEY": "key", "XUESHI_SMS_SIGN_NAME": "继续教育",
    "XUESHI_SMS_TEMPLATES": "code=SMS_1,password_changed=SMS_2,contact_changed=SMS_3,reset=SMS_4,notice=SMS_5",
    "XUESHI_MAIL": "smtp", "XUESHI_MAIL_HOST": "mail.example.cn", "XUESHI_MAIL_SENDER": "no-reply@example.cn",
    "XUESHI_MAIL_USER": "user", "XUESHI_MAIL_PASSWORD": "word", "XUESHI_MAIL_PORT": "587", "XUESHI_SMS_URL": "",
    "XUESHI_MAIL_SECURITY": "starttls", "XUESHI_CODES_PER_DAY": "",
}  # fmt: skip


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_complete_environment_is_read(environment: pytest.MonkeyPatch) -> None:
    read = messaging.settings(production=True)
    assert (read["sms"]["templates"]["reset"], read["mail"]["port"]) == ("SMS_4", 587)
    assert messaging.daily_budget() == messaging.DEFAULT_BUDGET


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "") for name in GOOD if name.endswith(("KEY", "KEY_ID", "SIGN_NAME", "TEMPLATES", "HOST", "SENDER"))),
        ("XUESHI_SMS_TEMPLATES", "code=SMS_1"), ("XUESHI_SMS", "stand-in"), ("XUESHI_SMS", ""), ("XUESHI_MAIL", "post"),
        ("XUESHI_SMS_URL", "http://sms.example.cn"), ("XUESHI_SMS_URL", "sms"), ("XUESHI_MAIL_PORT", "x"),
        ("XUESHI_MAIL_SENDER", "nobody"), ("XUESHI_MAIL_SECURITY", "none"), ("XUESHI_MAIL_PASSWORD", ""),
    ],
)  # fmt: skip
def test_a_mistake_stops_the_start_and_names_the_variable(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(BadConfiguration, match=name):
        messaging.settings(production=True)


def test_a_budget_that_is_no_number_stops_the_start(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("XUESHI_CODES_PER_DAY", "many")
    with pytest.raises(BadConfiguration, match="XUESHI_CODES_PER_DAY"):
        messaging.daily_budget()
