"""Cookies beside the session's: the account that is remembered, the mark of a known device."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from xueshi.accounts import devices
from xueshi.accounts.devices import Visit
from xueshi.accounts.models import User
from xueshi.audit import services as audit
from xueshi.kernel import crypto
from xueshi.policies.requests import pack_of

_SEALED_AS = "account"
_SECONDS = int(devices.LIFE.total_seconds())


def _name(bare: str) -> str:
    return f"__Host-{bare}" if settings.PRODUCTION else bare


def device_of(request: HttpRequest) -> str:
    """The mark this device brings, if any."""
    return request.COOKIES.get(_name("device"), "")


def visit_of(request: HttpRequest) -> Visit:
    """From where a request comes."""
    label = devices.label_of(request.headers.get("User-Agent", ""))
    return Visit(audit.source.get(), label, pack_of(request).key)


def know_device(request: HttpRequest, answer: HttpResponse, user: User) -> None:
    """Know the device from now on."""
    _keep(answer, "device", devices.remember(user, visit_of(request), device_of(request)))


def remembered(request: HttpRequest) -> str:
    """The account this device remembers, or nothing."""
    try:
        return crypto.decrypt(urlsafe_b64decode(request.COOKIES.get(_name("account"), "")), context=_SEALED_AS)
    except (ValueError, InvalidTag):
        return ""


def remember(answer: HttpResponse, identifier: str) -> None:
    """记住密码 keeps the account on this device, sealed, and never a password (AMB-03)."""
    _keep(answer, "account", urlsafe_b64encode(crypto.encrypt(identifier, context=_SEALED_AS)).decode())


def forget(answer: HttpResponse) -> None:
    """The next visit starts with an empty box."""
    name = _name("account")
    answer.delete_cookie(name, samesite="Lax")
    answer.cookies[name]["secure"] = settings.PRODUCTION
    answer.cookies[name]["httponly"] = True


def _keep(answer: HttpResponse, bare: str, value: str) -> None:
    answer.set_cookie(
        _name(bare), value, max_age=_SECONDS, httponly=True, samesite="Lax", secure=settings.PRODUCTION
    )  # fmt: skip
