"""The environment, read once: data directory, database, secrets, mode."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
MOST_SOCKET_BYTES = 100  # the kernel takes 107 with the closing NUL; a little room for other tools
FOR_TESTS_ONLY = ("XUESHI_DEBUG", "XUESHI_TEST_CLOCK", "XUESHI_TEST_CAPTCHA", "XUESHI_TEST_DB", "APP_FAULT")
SECRETS = ("XUESHI_SECRET_KEY", "XUESHI_FIELD_KEY", "XUESHI_INDEX_KEY", "XUESHI_AUDIT_KEY")
LEAST_SECRET_LENGTH = 32
OWNER, APPLICATION = "xueshi", "xueshi_app"
"""The roles of the embedded server: whose the tables are, and as whom web and worker connect (security.md H2)."""
OWNERS_ONLY = ("DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE")
_OWNERS_COMMANDS = frozenset({"flush", "migrate", "pgtrigger", "prepare", "roles", "seed", "seed_world"})


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


def choice(name: str, allowed: tuple[str, ...], *, default: str) -> str:
    """One of a few words; anything else stops the start."""
    text = os.environ.get(name, "").strip().lower() or default
    if text not in allowed:
        message = f"{name}={text!r}: expected one of {', '.join(word for word in allowed if word)}"
        raise BadConfiguration(message)
    return text


def secret(name: str) -> str:
    """A secret from ``NAME`` or ``NAME_FILE``; in development made once under the data directory, mode 0600."""
    if given := given_secret(name):
        return given
    path = home() / "secrets" / name.lower()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(secrets.token_hex(32))
    return path.read_text(encoding="utf-8").strip()


def given_secret(name: str) -> str:
    """A secret from ``NAME_FILE`` or ``NAME``; empty when neither is set."""
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    return os.environ.get(name, "")


def refuse_unsafe_production() -> None:
    """Stop a production start that names a switch for tests or lacks a secret of its own (security.md OP-01, H7)."""
    for name in FOR_TESTS_ONLY:
        if os.environ.get(name, "") not in {"", "0"}:
            message = f"{name} is set: it exists for development and tests, and XUESHI_PRODUCTION=1 refuses it"
            raise BadConfiguration(message)
    for name in SECRETS:
        if len(given_secret(name)) < LEAST_SECRET_LENGTH:
            message = f"{name}: XUESHI_PRODUCTION=1 wants {name}_FILE (or {name}) with {LEAST_SECRET_LENGTH} characters"
            raise BadConfiguration(message)
    if not os.environ.get("XUESHI_HOSTS"):
        message = "XUESHI_HOSTS: XUESHI_PRODUCTION=1 wants the host names it serves, separated by commas"
        raise BadConfiguration(message)


def postgres_folder() -> Path:
    """Where the embedded server keeps its data and, when the path is short enough, its socket."""
    return home() / "postgres"


def socket_folder(folder: Path) -> Path:
    """The folder of a server's socket: its own, or a short private one when the path is too long."""
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= MOST_SOCKET_BYTES:
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"xueshi-{os.getuid()}-{name}"


def embedded() -> bool:
    """Whether the program runs its own database."""
    return not os.environ.get("DATABASE_URL")


def choose_role(command: str) -> None:
    """Let this process connect as the owner when its management command is one of the owner's."""
    os.environ.setdefault("XUESHI_DATABASE_ROLE", "owner" if command in _OWNERS_COMMANDS else "application")


def as_owner() -> bool:
    """Whether this process connects as the owner of the tables, where the owner is told from the application."""
    return choice("XUESHI_DATABASE_ROLE", ("application", "owner"), default="application") == "owner"


def has_owner() -> bool:
    """Whether this process knows the owner as somebody else than the application."""
    return embedded() or bool(given_secret("DATABASE_OWNER_URL"))


def application_role() -> str:
    """The role that web and worker connect as; empty when an address leaves it to the surroundings."""
    return APPLICATION if embedded() else unquote(urlsplit(os.environ["DATABASE_URL"]).username or "")


def _address() -> str:
    if embedded():
        if given_secret("DATABASE_OWNER_URL"):
            message = "DATABASE_OWNER_URL is set without DATABASE_URL: the embedded database has an owner of its own"
            raise BadConfiguration(message)
        role = OWNER if as_owner() else APPLICATION
        return f"postgresql://{role}@/{OWNER}?host={quote(str(socket_folder(postgres_folder())))}"
    return (as_owner() and given_secret("DATABASE_OWNER_URL")) or os.environ["DATABASE_URL"]


def database() -> dict[str, Any]:
    """Django's database settings, from the address of the role that this process works as (decision 0035)."""
    url = _address()
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        name = "DATABASE_URL" if url == os.environ.get("DATABASE_URL") else "DATABASE_OWNER_URL"
        message = f"{name}: expected postgresql://…; Xueshi runs on PostgreSQL only"
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
            "connect_timeout": query.get("connect_timeout", "5"),
            "options": f"-c statement_timeout={os.environ.get('XUESHI_STATEMENT_TIMEOUT') or '15s'}"
            " -c lock_timeout=3s -c idle_in_transaction_session_timeout=60s -c timezone=UTC",
        },
        "TEST": {"NAME": os.environ.get("XUESHI_TEST_DB", "test_xueshi"), "TEMPLATE": "template0"},
    }
