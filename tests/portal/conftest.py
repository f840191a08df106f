"""A small world per portal and a visitor who types into the sign-in box."""

import re
from dataclasses import dataclass

import pytest
from django.conf import Settings
from django.http import HttpResponse
from django.test import Client

from tests import small_world
from tests.small_world import SmallWorld
from xueshi.accounts.models import User

CAPTCHA = "K7PM"


@dataclass
class Visitor:
    """A browser on one portal."""

    portal: str
    client: Client

    def get(self, path: str) -> HttpResponse:
        return self.client.get(path)

    def sign_in(self, user: User | str, password: str = small_world.PASSWORD, **other: str) -> HttpResponse:
        """Open the front page, type, press 登录."""
        page = self.client.get("/").content.decode()
        picture = re.search(r'name="picture" value="([^"]+)"', page)
        assert picture is not None
        number = user if isinstance(user, str) else user.document_number
        typed = {"identifier": number, "password": password, "captcha": CAPTCHA, "picture": picture[1], **other}
        return self.client.post("/", typed)


def visitor(portal: str) -> Visitor:
    return Visitor(portal, Client(HTTP_HOST=f"{portal}.localhost"))


@pytest.fixture(autouse=True)
def _known_captcha(settings: Settings) -> None:
    settings.TEST_CAPTCHA = CAPTCHA


@pytest.fixture
def weihai() -> Visitor:
    return visitor("weihai")


@pytest.fixture
def fujian() -> Visitor:
    return visitor("fujian")


@pytest.fixture
def world(db: None) -> SmallWorld:
    return small_world.build()
