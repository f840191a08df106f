"""The reference world with a browser for every actor, and a watch on the business tables."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from tests.browsers import session_of
from xueshi.organisations.actors import Actor
from xueshi.portal.seeds.world import World

HOST: Final = "weihai.localhost"
PLAIN: Final = (
    "anonymous", "person_1", "person_2", "person_other", "employer_super", "employer_limited", "employer_branch",
    "employer_sibling", "department_1", "department_2", "district_1", "district_2", "city", "base_1", "base_2",
    "system_administrator", "security_administrator", "audit_administrator",
)  # fmt: skip
PAST: Final = ("transferred", "two_hats", "two_hats_administrator")
NAMED: Final = (*PLAIN, *PAST)
"""The actors of the reference world and the three with a past or a second hat."""
TRACES: Final = frozenset({"django_session", "accounts_challenge", "accounts_throttle", "certificates_lookuplog"})
"""Tables that keep traces of the visit itself, declared not to be business rows."""
_WRITES = re.compile(r'^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?"?(\w+)', re.IGNORECASE)


def business_tables() -> list[str]:
    """Every table of the program but those that keep traces of a visit and those of the framework."""
    kept = TRACES | {"django_migrations", "django_content_type"}
    return sorted(name for name in connection.introspection.table_names() if name not in kept)


def digest() -> dict[str, str]:
    """One digest of all rows a table; equal digests mean equal rows."""
    parts = [
        f"SELECT '{name}', md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM \"{name}\" t"  # noqa: S608 - names from the catalogue
        for name in business_tables()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def plan_quickly() -> None:
    """Join tables in the order in which a question names them, for as long as the transaction lasts.

    Among a few hundred rows every order is as good; looking for the best costs more than the answer. What is found
    is the same.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL join_collapse_limit = 1; SET LOCAL from_collapse_limit = 1")


@contextmanager
def watched() -> Iterator[list[str]]:
    """The business tables that statements inside the block wrote to, whether or not it was rolled back."""
    written: list[str] = []

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        found = _WRITES.match(sql)
        if found and found[1].lower() not in TRACES:
            written.append(found[1].lower())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield written


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside the block did not happen."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@dataclass
class Stage:
    """The world, its folder of files, and a browser for every actor."""

    world: World
    folder: Path
    clients: dict[str, Client] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    """Business tables that the crawl changed: none may be."""

    @property
    def actors(self) -> dict[str, Actor | None]:
        """The actors by name; nobody is None."""
        return {name: self.world.actors[name] for name in NAMED}

    def client(self, name: str) -> Client:
        """The actor's browser, signed in through a real session."""
        if name not in self.clients:
            self.clients[name] = made = browser(self.world.actors[name])
            self.keys |= {name: made.cookies["sessionid"].value} if "sessionid" in made.cookies else {}
        return self.clients[name]

    def ask(self, name: str, method: str, url: str, data: Any = None, **more: str) -> HttpResponseBase:
        """One request by an actor, who stays signed in; a failure of the program is an answer 500."""
        client = self.client(name)
        try:
            if method == "POST":
                return client.post(url, data or {}, HTTP_HOST=HOST, **more)
            return client.generic(method, url, HTTP_HOST=HOST, **more)
        finally:  # a new session, as for another hat, is undone with the request or the test
            client.cookies.pop("sessionid", None)
            if name in self.keys:
                client.cookies["sessionid"] = self.keys[name]

    @property
    def signed_in(self) -> bool:
        """Whether everybody but nobody still has their session."""
        return Session.objects.filter(pk__in=self.keys.values()).count() == len(NAMED) - 1


def browser(actor: Actor | None, **settings: bool) -> Client:
    """A browser in which an actor is signed in; empty for nobody."""
    client = Client(raise_request_exception=False, **settings)
    if actor is not None:
        client.cookies["sessionid"] = session_of(actor.user, actor.membership).session_key or ""
    return client


def body(answer: HttpResponseBase) -> bytes:
    """All bytes of an answer, also of one that streams."""
    if isinstance(answer, HttpResponse):
        return answer.content
    return b"".join(getattr(answer, "streaming_content", ()))


def text(answer: HttpResponseBase) -> str:
    """An answer as text."""
    return body(answer).decode("utf-8", "replace")
