"""A small world with known pictures."""

import pytest
from django.conf import Settings

from tests import small_world
from tests.portal.conftest import CAPTCHA
from tests.small_world import SmallWorld


@pytest.fixture(autouse=True)
def _known_captcha(settings: Settings) -> None:
    settings.TEST_CAPTCHA = CAPTCHA


@pytest.fixture
def world(db: None) -> SmallWorld:
    return small_world.build()
