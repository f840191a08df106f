"""An authenticator in a test's hand."""

import re
from datetime import timedelta

import pyotp
from django.http import HttpResponse
from django.test import Client

from xueshi.accounts.models import SecondFactor, User
from xueshi.kernel import clock

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def bound(user: User, secret: str = SECRET) -> User:
    """This person has bound an authenticator some time ago."""
    SecondFactor.objects.create(user=user, secret=secret, last_step=0, confirmed_at=clock.now())
    return user


def code(secret: str = SECRET, later: timedelta = timedelta()) -> str:
    """What the authenticator shows now, or later."""
    return pyotp.TOTP(secret).at(clock.now() + later)


def key_on(page: HttpResponse) -> str:
    """The key that a page of binding prints."""
    found = re.search(r'class="x-key">([A-Z2-7 ]+)<', page.content.decode())
    assert found is not None
    return found[1].replace(" ", "")


def id_of(client: Client) -> str:
    return client.cookies["sessionid"].value
