"""What every test stands on: the database's triggers, cheap passwords, a small world to build on."""

import asyncio
import gc
import math
import os
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from django.db import connection
from django.db.backends.postgresql.creation import DatabaseCreation
from django.template.base import Template
from django.template.context import Context
from django.test import TransactionTestCase
from django.test.signals import template_rendered
from playwright.sync_api import Browser, expect
from pytest_django import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware
from xdist.remote import Producer

from tests.scheduling import Together, Witness, turn_of
from tools.browser import launched
from xueshi.kernel import clock

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's sync API keeps a loop in this thread


WAIT = 20_000
"""Milliseconds after which what a browser waits for will not come, on a machine that does much else besides."""

COPY = "_copy"
"""How the names of databases end that one module has to itself (``tests.world``)."""

MADE_BY_DJANGO = {"django_content_type", "auth_permission", "django_migrations"}
"""Tables that tell which models there are."""

KEYS_APART = 10_000
"""More than the rows that the tests of one run put into any table."""

gc.set_threshold(200_000, 20, 100)  # a test makes garbage by the page; looking for it at each step costs a twentieth


@contextmanager
def triggers_off() -> Iterator[None]:
    """For clearing append-only tables between tests that really commit; needs the superuser of the test cluster."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")


def _empty(self: TransactionTestCase) -> None:
    """Take away what a test really wrote; Django's own way truncates every table, which costs ten times as much."""
    if connection.settings_dict["NAME"].endswith(COPY):
        return  # it goes as a whole with its module
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - MADE_BY_DJANGO
    question = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in sorted(tables))  # noqa: S608 - names from the catalogue
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(question)
        for (name,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608 - as above


TransactionTestCase._fixture_teardown = _empty  # type: ignore[method-assign]  # rows are only ever added, but in tests


def _destroy_by_force(self: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
    """Though a server's thread, which a browser kept waiting, has not let go of its connection yet."""
    name = self.connection.ops.quote_name(test_database_name)
    with self._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


DatabaseCreation._destroy_test_db = _destroy_by_force  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Keys of different tables never meet: whoever takes one row's key for another's finds nothing."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename), greatest(last_value, %s * row_number() OVER"
            " (ORDER BY sequencename))) FROM pg_sequences WHERE schemaname = 'public'",
            [KEYS_APART],
        )


@pytest.fixture(scope="session", autouse=True)
def _plain_pages(django_test_environment: None) -> Iterator[None]:
    """Tests may ask what a page saw, not what each of its parts saw: copying that doubles the price of a page."""

    def draw(template: Template, values: Context) -> str:
        if values.template is template:
            template_rendered.send(sender=template, template=template, context=values)
        return template.nodelist.render(values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", draw)
        yield


@pytest.fixture(scope="session", autouse=True)
def _known_files(django_test_environment: None) -> Iterator[None]:
    """Every browser of a test has a program of its own; what lies among the static files is looked up for the first."""
    known: dict[str, object] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def found(program: WhiteNoiseMiddleware) -> None:
        if not known:
            look(program)
            known.update(program.files)
        program.files |= known

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", found)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_reading_of_the_clock() -> Iterator[None]:
    """The clock is read once a run: read anew every half minute, it would now and then be one query more of a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_REFRESH_SECONDS", math.inf)
        yield


@pytest.fixture(scope="session")
def _browser() -> Iterator[tuple[Browser, AbstractEventLoop]]:
    """One browser a worker, whose event loop counts as running only while a file uses it."""
    expect.set_options(timeout=WAIT)
    with launched() as browser:
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        try:
            yield browser, loop
        finally:
            asyncio._set_running_loop(loop)


@pytest.fixture(scope="module")
def chromium(_browser: tuple[Browser, AbstractEventLoop]) -> Iterator[Browser]:
    """The browser, for one file; between files its event loop would stand in the way of other tests.

    While that loop runs Django keeps another connection for this thread. It must not come from an earlier file,
    whose database may have been another one, nor stay for the next.
    """
    browser, loop = _browser
    asyncio._set_running_loop(loop)
    try:
        connection.close()
        yield browser
        for context in browser.contexts:
            context.close()
        connection.close()
    finally:
        asyncio._set_running_loop(None)
    gc.collect()  # connections of the server's threads go with what held them
    gc.freeze()  # what is left stays: the next file need not look at it again


_folders = count()


@pytest.fixture(autouse=True)
def _quick_and_private(settings: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Cheap password hashes, files in a folder of the test's own, which is made with the first of them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.FILES_ROOT = tmp_path_factory.getbasetemp() / f"files{next(_folders)}"  # type: ignore[attr-defined]


_witness = Witness()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Files stay whole, on one worker each."""
    return Together(config, log)


def pytest_collection_finish() -> None:
    """What the program and its tests are made of stays until the end: looking for garbage among it finds none."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """In the process that leads the workers: what was meant to stay together did."""
    if worker := getattr(report, "worker_id", None):
        _witness.saw(report.nodeid, worker)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what starts first; within a turn the order stays random."""
    items.sort(key=turn_of)
