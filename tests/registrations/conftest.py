"""A small tree, and people at their browsers."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import small_world as make
from tests.registrations.forms import CAPTCHA, Form
from xueshi.accounts.models import User
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Membership
from xueshi.portal import signing_in

type SignIn = Callable[[Actor], Client]


def browser(user: User, hat: Membership | None = None) -> Client:
    """A browser in which this person is signed in under this hat."""
    client = Client()
    session = client.session
    signing_in.begin(session, user, hat)
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    return client


@pytest.fixture
def world(db: None) -> make.SmallWorld:
    return make.build()


@pytest.fixture
def sign_in() -> SignIn:
    return lambda actor: browser(actor.user, actor.membership)


@pytest.fixture
def visit() -> Callable[..., Form]:
    """A visitor who opens a form."""

    def opened(kind: str, portal: str = "weihai") -> Form:
        return Form(Client(), kind, portal)

    return opened


@pytest.fixture(autouse=True)
def _known_picture(settings: object) -> None:
    """The text of every captcha is known, so that a form can be sent."""
    settings.TEST_CAPTCHA = CAPTCHA  # type: ignore[attr-defined]  # as in tests/conftest.py
