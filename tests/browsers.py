"""Browsers of people who have signed in, before the real gate."""

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from xueshi.accounts.models import User
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Membership
from xueshi.portal import signing_in


def session_of(user: User, hat: Membership | None = None) -> SessionStore:
    """A session that has just begun, kept."""
    session = SessionStore()
    signing_in.begin(session, user, hat)
    session.save()
    return session


def browser(user: User, hat: Membership | None = None, portal: str = "weihai", **settings: bool) -> Client:
    """A browser on one portal in which this person is signed in under this hat."""
    client = Client(HTTP_HOST=f"{portal}.localhost", **settings)
    client.cookies["sessionid"] = session_of(user, hat).session_key or ""
    return client


def signed_in(actor: Actor, **settings: bool) -> Client:
    """A browser in which ``actor`` is signed in, on the portal of the body whose hat is worn."""
    assert actor.organisation is not None
    return browser(actor.user, actor.membership, actor.organisation.portal, **settings)
