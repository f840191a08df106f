"""What every check says at its end."""

from collections.abc import Callable

import pytest

from tests.checks.report import Outcome, Tell, told


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]) -> Tell:
    """Say the outcome in one line and fail when it is not the one that must come out."""

    def say(outcome: Outcome) -> None:
        told(outcome, capsys, record_property)

    return say
