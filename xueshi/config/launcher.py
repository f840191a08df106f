"""``python -m xueshi.config.launcher``: the whole program on one machine, until Ctrl-C.

Starts the embedded database (unless ``DATABASE_URL`` names another), brings schema, packs and demo world up to date,
then keeps web and worker running. With words after it, runs that one management command beside the database instead.
This process never loads Django: it stays small and nothing in the program can bring it down.
"""

import contextlib
import fcntl
import hashlib
import http.client  # rule 14: asks our own /healthz
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import IO

from xueshi.config import environment, postgres
from xueshi.config.environment import BadConfiguration
from xueshi.config.postgres import Cluster
from xueshi.config.supervisor import Child, end, say, spawn

READY_SECONDS = 60.0
LONG_STATEMENTS = {"XUESHI_STATEMENT_TIMEOUT": "15min"}  # 15 s is for pages; migrations and jobs may take longer
FOR_ALL = {"XUESHI_COLLECTED": "1", "DJANGO_SETTINGS_MODULE": "xueshi.config.settings"}
# Web and worker never work as the owner of the tables, and need not know how one becomes it.
AS_APPLICATION = FOR_ALL | {"XUESHI_DATABASE_ROLE": "application"} | dict.fromkeys(environment.OWNERS_ONLY, "")
MANAGE = [sys.executable, "-m", "xueshi"]


class Stop(Exception):
    """Somebody asked the program to end."""


def _asked_to_stop(number: int, _frame: object) -> None:
    # Once is enough: a second Ctrl-C must not interrupt the orderly end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stop(signal.Signals(number).name)


def embedded_cluster() -> Cluster:
    """The cluster under the data directory."""
    folder = environment.postgres_folder()
    return Cluster(folder, environment.socket_folder(folder))


def _hold_home() -> IO[str] | None:
    """The lock on the data directory, or ``None`` when another launcher has it."""
    handle = (environment.home() / "run.lock").open("w", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle


@contextlib.contextmanager
def _database() -> Iterator[Child | None]:
    """The embedded database as a child to tend, or nothing when ``DATABASE_URL`` names another."""
    if not environment.embedded():
        yield None
        return
    child = Child("database", embedded_cluster().start)
    child.process = child.start()
    child.started_at = time.monotonic()
    try:
        yield child
    finally:
        if child.process:
            postgres.stop(child.process)


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        message = f"PORT={text!r}: expected a number from 1 to 65535"
        raise BadConfiguration(message)
    return int(text)


def _refuse_used_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            message = f"cannot listen on {host} port {port} ({problem.strerror}); choose another with PORT="
            raise BadConfiguration(message) from problem


def _manage(*words: str) -> str:
    """Run one management command to its end and return what it printed; its failure ends the program."""
    process = spawn_captured(words)
    try:
        printed, _ = process.communicate()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode != 0:
        message = f"`{' '.join(words)}` failed ({process.returncode})"
        raise BadConfiguration(message)
    return printed


def spawn_captured(words: tuple[str, ...]) -> "subprocess.Popen[str]":
    """A management command whose output we keep."""
    return subprocess.Popen(  # noqa: S603 - our own commands
        [*MANAGE, *words],
        env={**os.environ, **FOR_ALL, **LONG_STATEMENTS},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


def _fingerprint(port: int) -> str:
    """What a preparation depends on: the program's, the packs' and the trimmed files, the port in printed addresses."""
    known = hashlib.sha256(f"{port} {environment.home()}".encode())
    for folder in ("xueshi", "policies", "node_modules/.trimmed"):
        for path in sorted((environment.ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                state = path.stat()
                known.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return known.hexdigest()


def _prepared(port: int) -> str:
    """Prepare the database and return the welcome; a start that finds nothing changed reads the last one's."""
    note = environment.postgres_folder() / "prepared"
    now = _fingerprint(port)
    if environment.embedded() and note.exists():
        then, _, welcome = note.read_text(encoding="utf-8").partition("\n")
        if then == now:
            return welcome
    say("preparing the database; the first start also loads the demo world")
    welcome = _manage("prepare", "--port", str(port))
    if environment.embedded():
        note.write_text(f"{now}\n{welcome}", encoding="utf-8")
    return welcome


def _web(host: str, port: int) -> Child:
    workers = os.environ.get("XUESHI_WEB_WORKERS") or str(len(os.sched_getaffinity(0)))
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", host]
    command += ["--port", str(port), "--workers", workers, "--blocking-threads", "2", "--log-level", "warning"]
    command += ["--respawn-failed-workers", "--workers-kill-timeout", "10", "xueshi.config.wsgi:application"]
    return Child("web", lambda: spawn(command, AS_APPLICATION))


def _worker() -> Child:
    return Child("worker", lambda: spawn([*MANAGE, "procrastinate", "worker"], AS_APPLICATION | LONG_STATEMENTS))


def is_healthy(host: str, port: int) -> bool:
    """Whether ``/healthz`` answers that web, database and worker are up."""
    connection = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=5)  # noqa: S104
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tend(children: list[Child], host: str, port: int, welcome: str) -> None:
    begun, announced = time.monotonic(), False
    while True:
        for child in children:
            child.tend()
        if not announced and is_healthy(host, port):
            announced = True
            sys.stdout.write(welcome)
            sys.stdout.flush()
            say(f"ready on port {port}; Ctrl-C ends it")
        if not announced and time.monotonic() - begun > READY_SECONDS:
            message = f"/healthz did not answer 200 within {READY_SECONDS:.0f} s"
            raise BadConfiguration(message)
        time.sleep(0.2)


def run() -> None:
    """Everything, until somebody stops it."""
    host, port = os.environ.get("XUESHI_LISTEN") or "127.0.0.1", _port()
    _refuse_used_port(host, port)
    lock = _hold_home()
    if lock is None:
        message = f"already running on {environment.home()}; stop that one or set XUESHI_HOME"
        raise BadConfiguration(message)
    with lock, _database() as database:
        welcome = _prepared(port)
        children = [_web(host, port), _worker()]
        try:
            _tend([*([database] if database else []), *children], host, port, welcome)
        finally:
            end(children)


def command(words: list[str]) -> None:
    """One management command beside the database, which is started for it unless it already runs."""
    lock = _hold_home()
    with contextlib.ExitStack() as stack:
        if lock is not None:
            stack.enter_context(lock)
            if stack.enter_context(_database()) is not None:
                _manage("migrate", "--no-input", "--verbosity=0")  # our own, which may be new
        sys.stdout.write(_manage(*words))


def main(words: list[str]) -> int:
    """The exit code: 0 after an orderly end, 1 with one line on what is wrong."""
    signal.signal(signal.SIGINT, _asked_to_stop)
    signal.signal(signal.SIGTERM, _asked_to_stop)
    try:
        if words:
            command(words)
        else:
            run()
    except Stop as reason:
        say(f"stopped ({reason})")
    except BadConfiguration as problem:
        say(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
