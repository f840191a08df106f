"""A small tree, and people at their browsers."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.registrations.forms import CAPTCHA, Form
from xueshi.organisations.actors import Actor

type SignIn = Callable[[Actor], Client]


@pytest.fixture
def world(db: None) -> make.SmallWorld:
    return make.build()


@pytest.fixture
def sign_in() -> SignIn:
    return signed_in


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
