"""The environment, read once: data directory, database, secrets, mode."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]


class BadConfiguration(SystemExit):
    """A setting is wrong; the message names it and the program stops."""


def home() -> Path:
    """The data directory: ``XUESHI_HOME``, default ``var/`` beside the program."""
    path = Path(os.environ.get("XUESHI_HOME") or ROOT / "var").resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable; anything but 0/1/true/false/yes/no stops the start."""
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes"}:
        return True
    if text in {"0", "false", "no"}:
        return False
    message = f"{name}={text!r}: expected 1 or 0"
    raise BadConfiguration(message)


def secret(name: str) -> str:
    """A secret from ``NAME`` or ``NAME_FILE``; in development made once under the data directory, mode 0600."""
    if value := os.environ.get(name):
        return value
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    path = home() / "secrets" / name.lower()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(secrets.token_hex(32))
    return path.read_text(encoding="utf-8").strip()


def database() -> dict[str, Any]:
    """Django's database settings from ``DATABASE_URL`` or the embedded server's socket under the data directory."""
    url = os.environ.get("DATABASE_URL") or f"postgresql://xueshi@/xueshi?host={home() / 'postgres'}"
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        message = "DATABASE_URL: expected postgresql://…; Xueshi runs on PostgreSQL only"
        raise BadConfiguration(message)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "xueshi",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or (parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            **query,
            "options": "-c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=60s"
            " -c timezone=UTC",
        },
        "TEST": {"NAME": os.environ.get("XUESHI_TEST_DB", "test_xueshi"), "TEMPLATE": "template0"},
    }
