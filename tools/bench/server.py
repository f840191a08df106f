"""A Granian of one worker, as the launcher starts it, and browsers that stay connected to it."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from xueshi.organisations.actors import Actor
from xueshi.portal import signing_in

HOST = "weihai.localhost"
SETTINGS = "tools.bench.bare.settings"
READY_SECONDS = 60.0
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server: its first process and its port."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Seconds of CPU of the server and all its children until now."""
        return sum(_spent(pid) for pid in _family(self.pid))

    def browser(self, cookies: Mapping[str, str] | None = None) -> "Browser":
        """A new connection that sends these cookies."""
        return Browser(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30), dict(cookies or {}))


@dataclass
class Browser:
    """One connection kept open."""

    connection: http.client.HTTPConnection
    cookies: dict[str, str]

    def ask(self, method: str, path: str, body: str = "", wanted: int = 200) -> str:
        """The page; any status but ``wanted`` ends the run, for a refusal is no measure."""
        headers = {"Host": HOST, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        if answer.status != wanted:
            message = f"{method} {path}: {answer.status} instead of {wanted}"
            raise RuntimeError(message)
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return page


def session_of(actor: Actor) -> dict[str, str]:
    """The cookie of a session as a sign-in leaves it."""
    session = SessionStore()
    signing_in.begin(session, actor.user, actor.membership)
    session.save()
    return {settings.SESSION_COOKIE_NAME: session.session_key or ""}


@contextmanager
def serving(extra: Mapping[str, str] | None = None) -> Iterator[Server]:
    """The product with the bare page beside it, static files collected, until the block ends."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": SETTINGS, "XUESHI_COLLECTED": "1", **(extra or {})}
    words = [sys.executable, "-m", "xueshi", "collectstatic", "--no-input", "-v0"]
    subprocess.run(words, env=env, check=True, stdout=subprocess.DEVNULL)
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "2", "--log-level", "warning"]
    process = subprocess.Popen([*command, "xueshi.config.wsgi:application"], env=env, stdin=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = f"the server on port {port} does not answer"
    raise RuntimeError(message)


def _family(pid: int) -> list[int]:
    """A process and everything below it."""
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in children.read_text(encoding="ascii").split()]
    return found


def _spent(pid: int) -> float:
    """User and system time of a process, and of the children it waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / _TICK
