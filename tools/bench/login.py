"""Row 11 of performance.md: signing in on the front page against the password hash alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from re import findall
from urllib.parse import urlencode

from django.contrib.auth.hashers import check_password

from tools.bench.harness import ROUNDS, Bench, Side, pair
from tools.bench.server import Browser, Server, serving
from tools.bench.world import world
from xueshi.accounts.models import User
from xueshi.portal.seeds.accounts import PASSWORD

LOGINS = 40
_PICTURE = "QK7W"


def _filled(server: Server, user: User) -> tuple[Browser, str]:
    """A visitor of their own with the box filled in, before the button is pressed."""
    browser = server.browser()
    page = browser.ask("GET", "/")
    browser.connection.close()  # the server would, while the others fill in theirs; the POST opens it again
    hidden = {name: unescape(value) for name, value in findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)}
    typed = {"user_type": "professional", "document_type": "resident", "identifier": user.document_number}
    return browser, urlencode({**hidden, **typed, "password": PASSWORD, "captcha": _PICTURE})


@contextmanager
def _entering() -> Iterator[tuple[Side, Side]]:
    people = [person.actor.user for person in world().people[: LOGINS * (ROUNDS + 1)]]
    encoded = people[0].password
    with serving({"XUESHI_TEST_CAPTCHA": _PICTURE}) as server:
        visitors = [_filled(server, user) for user in people]

        def ours() -> int:
            for _ in range(LOGINS):
                browser, body = visitors.pop()
                browser.ask("POST", "/", body, wanted=302)
                browser.connection.close()
            return LOGINS

        def bare() -> int:
            for _ in range(LOGINS):
                if not check_password(PASSWORD, encoded):
                    message = "the world's password no longer fits"
                    raise RuntimeError(message)
            return LOGINS

        yield Side("POST of the sign-in box", ours, server.cpu), Side("argon2 verify alone", bare)


pair(Bench("login", "login against the password hash (11)", 0.85, _entering))
