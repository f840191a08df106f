"""A small world with known pictures, and a stop-watch that counts how often a password was looked at."""

from collections.abc import Iterator

import pytest
from django.conf import Settings

from tests import small_world
from tests.portal.conftest import CAPTCHA
from tests.small_world import SmallWorld
from xueshi.accounts.models import User


@pytest.fixture(autouse=True)
def _known_captcha(settings: Settings) -> None:
    settings.TEST_CAPTCHA = CAPTCHA


@pytest.fixture
def world(db: None) -> SmallWorld:
    return small_world.build()


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The accounts whose password was looked at, one entry a look."""
    seen: list[int] = []
    inner = User.check_password

    def look(user: User, raw: str) -> bool:
        seen.append(user.pk)
        return inner(user, raw)

    monkeypatch.setattr(User, "check_password", look)
    return seen
