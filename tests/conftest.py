"""What every test stands on: the database's triggers, cheap passwords, a small world to build on."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.template.base import Template
from django.template.context import Context
from django.test import TransactionTestCase
from django.test.signals import template_rendered
from playwright.sync_api import Browser
from whitenoise.middleware import WhiteNoiseMiddleware

from tools.browser import launched

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's sync API keeps a loop in this thread


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


_flush = TransactionTestCase._fixture_teardown


def _flush_with_triggers_off(self: TransactionTestCase) -> None:
    with triggers_off():
        _flush(self)


TransactionTestCase._fixture_teardown = _flush_with_triggers_off  # type: ignore[method-assign]  # rows are only ever added, but in tests


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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a file; it ends with the file, because its event loop would stand in the way of other tests.

    While that loop runs Django keeps another connection for this thread. It must not come from an earlier file,
    whose database may have been another one, nor stay for the next.
    """
    with launched() as browser:
        connection.close()
        yield browser
        connection.close()
    gc.collect()  # connections of the server's threads go with what held them


@pytest.fixture(autouse=True)
def _quick_and_private(settings: object, tmp_path: Path) -> None:
    """Cheap password hashes, files in the test's own folder."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.FILES_ROOT = tmp_path / "files"  # type: ignore[attr-defined]


SHARED = "tests/checks/surface"
"""The package whose files share one world and one crawl; apart, every worker would make its own."""
UNCRAWLED = (f"{SHARED}/test_authority.py", f"{SHARED}/test_browser.py")
"""Its files that need the world and not the crawl: half of its work, which another worker may do."""


def _path(item: pytest.Item) -> str:
    return item.nodeid.split("::", 1)[0]


def _group(item: pytest.Item) -> str:
    path = _path(item)
    return SHARED if path.startswith(SHARED) and path not in UNCRAWLED else path


def _turn(item: pytest.Item) -> int:
    """The longest first, so that no worker ends alone: what shares a world, then what drives a browser.

    What needs that world too comes after the browsers, when it has long been built.
    """
    if _group(item) == SHARED:
        return 0
    if item.get_closest_marker("browser"):
        return 1
    return 2 if _path(item) in UNCRAWLED else 3


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what stays on one worker and what starts first; within a turn the order stays random."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=_turn)
