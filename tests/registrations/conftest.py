"""A small tree, and people at their browsers."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import small_world as make
from tests.registrations.forms import Form
from xueshi.organisations.actors import Actor

type SignIn = Callable[[Actor], Client]


@pytest.fixture
def world(db: None) -> make.SmallWorld:
    return make.build()


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which this person wears this hat."""

    def signed(actor: Actor) -> Client:
        client = Client()
        session = client.session
        session["_auth_user_id"] = str(actor.user.pk)
        session["_auth_user_hash"] = actor.user.get_session_auth_hash()
        session["membership"] = actor.membership.pk if actor.membership is not None else None
        session.save()
        return client

    return signed


@pytest.fixture
def visit() -> Callable[..., Form]:
    """A visitor who opens a form."""

    def opened(kind: str, portal: str = "weihai") -> Form:
        return Form(Client(), kind, portal)

    return opened
