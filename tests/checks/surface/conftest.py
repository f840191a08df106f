"""One reference world for all checks of this folder; each test's changes are undone after it."""

import gc
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as current
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.checks.surface.crawling import Visit, crawl
from tests.checks.surface.stage import NAMED, Stage, digest
from xueshi.portal.seeds import world_objects


@pytest.fixture(scope="package")
def built_stage(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The world and everybody's browser, inside a transaction that is never committed."""
    kept = current.FILES_ROOT, current.PASSWORD_HASHERS, current.TEST_CAPTCHA
    current.FILES_ROOT = folder = tmp_path_factory.mktemp("world")
    current.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    current.TEST_CAPTCHA = "K7WD"
    logging.disable(logging.CRITICAL)  # thousands of refusals are what these checks ask for
    with django_db_blocker.unblock(), transaction.atomic():
        try:
            stage = Stage(world_objects.build(1, "s"), folder)
            for name in NAMED:  # here and not in a test, with which their sessions would vanish
                stage.client(name)
            gc.collect()
            gc.freeze()  # what the world left behind need not be looked at during thousands of requests
            yield stage
        finally:
            gc.unfreeze()
            logging.disable(logging.NOTSET)
            current.FILES_ROOT, current.PASSWORD_HASHERS, current.TEST_CAPTCHA = kept
            transaction.set_rollback(True)


@pytest.fixture(scope="package")
def visits(built_stage: Stage, django_db_blocker: DjangoDbBlocker) -> list[Visit]:
    """What every actor found by following links, filling in searches, turning pages and exporting."""
    with django_db_blocker.unblock():
        assert built_stage.signed_in
        before = digest()
        found = crawl(built_stage)
        after = digest()
    built_stage.changed = [table for table in before if before[table] != after[table]]
    return found


@pytest.fixture
def stage(built_stage: Stage, db: None, settings: Any, _quick_and_private: None) -> Stage:
    """The stage, with its files in reach; ``db`` comes after it, so that the test nests inside."""
    settings.FILES_ROOT = built_stage.folder
    settings.TEST_CAPTCHA = "K7WD"
    assert built_stage.signed_in
    return built_stage
