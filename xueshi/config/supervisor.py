"""Keeps child processes running: starts them again when they die, slower each time, and stops them in order."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
STEADY_SECONDS = 60.0
STOP_SECONDS = 20.0
_PR_SET_PDEATHSIG = 1


def say(text: str) -> None:
    """One line to whoever started the program."""
    sys.stderr.write(f"xueshi: {text}\n")
    sys.stderr.flush()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def spawn(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """A child in a session of its own, so that Ctrl-C reaches it only through us; it ends when we are killed."""
    return subprocess.Popen(  # noqa: S603 - our own commands
        list(command),
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads here
    )


@dataclass
class Child:
    """One process that has to be up: how it is started, and how its last starts went."""

    name: str
    start: Callable[[], "subprocess.Popen[bytes]"]
    process: "subprocess.Popen[bytes] | None" = None
    pause: float = FIRST_PAUSE
    started_at: float = 0.0
    due_at: float = field(default=0.0)

    def tend(self) -> None:
        """Start it when it is due; when it has died, clear its remains and plan the next start."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due_at:
                self._begin()
            return
        if self.process.poll() is None:
            return
        kill_group(self.process.pid)
        self.pause = FIRST_PAUSE if now - self.started_at > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
        say(f"{self.name} ended ({self.process.returncode}); starting it again in {self.pause:.1f} s")
        self.process, self.due_at = None, now + self.pause

    def _begin(self) -> None:
        self.started_at = time.monotonic()
        try:
            self.process = self.start()
        except SystemExit as problem:
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            self.due_at = self.started_at + self.pause
            say(f"{self.name}: {problem}")


def kill_group(pid: int) -> None:
    """End what a dead process left behind in its group, such as web workers that still hold the port."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end(children: Sequence[Child]) -> None:
    """Ask all to finish what they have in hand, wait, then force whoever is left."""
    running = [child.process for child in children if child.process and child.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        kill_group(process.pid)
        process.wait()
