"""A child that dies is started again, later each time; all are ended together."""

import sys
import time

import pytest

from xueshi.config import supervisor
from xueshi.config.environment import BadConfiguration
from xueshi.config.supervisor import Child, end, spawn

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def sleeper() -> Child:
    return Child("sleeper", lambda: spawn(SLEEPER, {}))


def tend_until_started(child: Child) -> None:
    deadline = time.monotonic() + 10
    while child.process is None and time.monotonic() < deadline:
        child.tend()


@pytest.mark.req("FT-03")
def test_a_killed_child_is_started_again_after_a_growing_pause(capsys: pytest.CaptureFixture[str]) -> None:
    child = sleeper()
    child.tend()
    first = child.process
    assert first is not None
    first.kill()
    first.wait()
    child.tend()
    assert child.process is None
    assert child.pause == supervisor.FIRST_PAUSE * 2
    assert capsys.readouterr().err == "xueshi: sleeper ended (-9); starting it again in 1.0 s\n"
    tend_until_started(child)
    assert child.process is not None
    assert child.process.pid != first.pid
    end([child])


def test_a_running_child_is_left_alone() -> None:
    child = sleeper()
    child.tend()
    before = child.process
    child.tend()
    assert child.process is before
    end([child])


def test_a_child_that_cannot_start_is_reported_and_tried_later(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse() -> "supervisor.subprocess.Popen[bytes]":
        message = "no room"
        raise BadConfiguration(message)

    child = Child("database", refuse)
    child.tend()
    assert child.process is None
    assert child.due_at > child.started_at
    assert capsys.readouterr().err == "xueshi: database: no room\n"


def test_end_leaves_nobody_running() -> None:
    children = [sleeper(), sleeper()]
    for child in children:
        child.tend()
    end(children)
    assert [child.process.returncode for child in children if child.process] == [-15, -15]
