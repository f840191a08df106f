"""How messages leave this installation, from the environment; a mistake stops the start and names its variable."""

import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from xueshi.config import environment
from xueshi.config.environment import BadConfiguration

SMS_ADAPTERS, MAIL_ADAPTERS = ("aliyun", "none", "stand-in"), ("smtp", "none", "stand-in")
TEMPLATES = ("code", "password_changed", "contact_changed", "reset", "notice")
DEFAULT_BUDGET = 20_000
"""Codes a day for the whole site; an assumption, to be set to what the contract with the provider allows."""


def settings(*, production: bool) -> dict[str, dict[str, Any]]:
    """``MESSAGING``: the adapter of each channel with what it needs."""
    return {
        "sms": _channel("XUESHI_SMS", SMS_ADAPTERS, production=production),
        "mail": _channel("XUESHI_MAIL", MAIL_ADAPTERS, production=production),
    }


def daily_budget() -> int:
    """``XUESHI_CODES_PER_DAY``: how many codes the site sends a day before it stops and alarms."""
    text = os.environ.get("XUESHI_CODES_PER_DAY", "")
    if not text:
        return DEFAULT_BUDGET
    if not text.isdecimal() or not int(text):
        message = f"XUESHI_CODES_PER_DAY={text!r}: expected a whole number above 0"
        raise BadConfiguration(message)
    return int(text)


def _channel(name: str, adapters: Sequence[str], *, production: bool) -> dict[str, Any]:
    chosen = os.environ.get(name, "") or ("" if production else "stand-in")
    allowed = [one for one in adapters if not (production and one == "stand-in")]
    if chosen not in allowed:
        message = f"{name}={chosen!r}: expected one of {', '.join(allowed)}"
        raise BadConfiguration(message)
    readers = {"aliyun": _aliyun, "smtp": _smtp}
    return {"adapter": chosen, **(readers[chosen]() if chosen in readers else {})}


def _aliyun() -> dict[str, Any]:
    return {
        "url": _address("XUESHI_SMS_URL", "https://dysmsapi.aliyuncs.com"),
        "key_id": _wanted("XUESHI_SMS_KEY_ID"),
        "key": _wanted_secret("XUESHI_SMS_KEY"),
        "sign_name": _wanted("XUESHI_SMS_SIGN_NAME"),
        "templates": _templates("XUESHI_SMS_TEMPLATES"),
    }


def _smtp() -> dict[str, Any]:
    security = os.environ.get("XUESHI_MAIL_SECURITY", "") or "starttls"
    if security not in {"starttls", "tls", "plain"}:
        message = f"XUESHI_MAIL_SECURITY={security!r}: expected starttls, tls or plain"
        raise BadConfiguration(message)
    port = os.environ.get("XUESHI_MAIL_PORT", "") or {"starttls": "587", "tls": "465", "plain": "25"}[security]
    if not port.isdecimal():
        message = f"XUESHI_MAIL_PORT={port!r}: expected a number"
        raise BadConfiguration(message)
    user = os.environ.get("XUESHI_MAIL_USER", "")
    sender = _wanted("XUESHI_MAIL_SENDER")
    if "@" not in sender:
        message = f"XUESHI_MAIL_SENDER={sender!r}: expected an address"
        raise BadConfiguration(message)
    return {
        "host": _wanted("XUESHI_MAIL_HOST"),
        "port": int(port),
        "security": security,
        "user": user,
        "password": _wanted_secret("XUESHI_MAIL_PASSWORD") if user else "",
        "sender": sender,
    }


def _wanted(name: str) -> str:
    if value := os.environ.get(name, "").strip():
        return value
    message = f"{name} is missing"
    raise BadConfiguration(message)


def _wanted_secret(name: str) -> str:
    if value := environment.given_secret(name):
        return value
    message = f"{name} (or {name}_FILE) is missing"
    raise BadConfiguration(message)


def _address(name: str, usual: str) -> str:
    value = os.environ.get(name, "") or usual
    parts = urlsplit(value)
    if parts.scheme not in {"https", "http"} or not parts.netloc:
        message = f"{name}={value!r}: expected https://…"
        raise BadConfiguration(message)
    local = parts.hostname in {"127.0.0.1", "localhost"}
    if parts.scheme == "http" and not local:
        message = f"{name}: keys and numbers leave by https only"
        raise BadConfiguration(message)
    return value


def _templates(name: str) -> Mapping[str, str]:
    pairs = dict(pair.split("=", 1) for pair in _wanted(name).split(",") if "=" in pair)
    if missing := [one for one in TEMPLATES if not pairs.get(one, "").strip()]:
        message = f"{name}: no template number for {', '.join(missing)}; expected code=SMS_1,password_changed=SMS_2,…"
        raise BadConfiguration(message)
    return {key.strip(): value.strip() for key, value in pairs.items()}
