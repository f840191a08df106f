"""One line per check: ``AZ-01 N=2314 bad=0 control=ok PASS``; a check below its floor or without its control fails."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

SHOWN = 8
"""Findings that are named when a check fails."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found: ``n`` attempts, the findings among them, and whether its control showed the fault."""

    key: str
    n: int
    bad: Sequence[str]
    control: bool
    floor: int
    more: str = ""

    @property
    def passed(self) -> bool:
        """Whether the figure that must come out did come out."""
        return self.control and not self.bad and self.n >= self.floor

    @property
    def line(self) -> str:
        """The line that is printed and kept."""
        control, word = "ok" if self.control else "SILENT", "PASS" if self.passed else "FAIL"
        return " ".join(
            filter(None, (self.key, f"N={self.n}", f"bad={len(self.bad)}", f"control={control}", self.more, word))
        )


type Tell = Callable[[Outcome], None]


def told(outcome: Outcome, capsys: pytest.CaptureFixture[str], keep: Callable[[str, object], None]) -> None:
    """Print the line, keep it beside the test's result, and judge."""
    keep("check", outcome.line)
    with capsys.disabled():
        print("\n" + "\n  ".join([outcome.line, *outcome.bad[:SHOWN]]))  # noqa: T201 - what the check is for
    assert outcome.n >= outcome.floor, f"{outcome.key}: only {outcome.n} of {outcome.floor} attempts"
    assert outcome.control, f"{outcome.key}: the control did not show the fault"
    assert not outcome.bad, "\n".join(outcome.bad[:SHOWN])
