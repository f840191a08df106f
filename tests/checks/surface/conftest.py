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
from tests.checks.surface.injecting import probes, scan
from tests.checks.surface.odd_values import odd
from tests.checks.surface.stage import NAMED, Stage, digest, plan_quickly
from tests.checks.surface.standing import refusals, standing
from tests.world import Snapshot, copied, snapshot

__all__ = ["snapshot"]


@pytest.fixture(scope="package")
def built_stage(snapshot: Snapshot, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """The world and everybody's browser, inside a transaction that is never committed."""
    kept, current.TEST_CAPTCHA = current.TEST_CAPTCHA, "K7WD"
    logging.disable(logging.CRITICAL)  # thousands of refusals are what these checks ask for
    with django_db_blocker.unblock(), copied(snapshot) as (world, folder), transaction.atomic():
        try:
            stage = Stage(world, folder)
            plan_quickly()
            for name in NAMED:  # here and not in a test, with which their sessions would vanish
                stage.client(name)
            gc.collect()
            gc.freeze()  # what the world left behind need not be looked at during thousands of requests
            yield stage
        finally:
            gc.unfreeze()
            logging.disable(logging.NOTSET)
            current.TEST_CAPTCHA = kept
            transaction.set_rollback(True)


@pytest.fixture(scope="package")
def visits(built_stage: Stage, django_db_blocker: DjangoDbBlocker) -> list[Visit]:
    """What every actor found by following links, filling in searches, turning pages and exporting."""
    with django_db_blocker.unblock(), standing():
        assert built_stage.signed_in
        before = digest()
        found = crawl(built_stage)
        after = digest()
    built_stage.changed = [table for table in before if before[table] != after[table]]
    return found


@pytest.fixture(scope="package")
def odd_visits(built_stage: Stage, visits: list[Visit], django_db_blocker: DjangoDbBlocker) -> list[Visit]:
    """What readers were answered to values nobody expects."""
    with django_db_blocker.unblock(), standing(), refusals(reading=True, apart=False):
        return list(odd(built_stage, visits))


@pytest.fixture(scope="package")
def scanned(
    built_stage: Stage, visits: list[Visit], django_db_blocker: DjangoDbBlocker
) -> tuple[list[Visit], list[str], int]:
    """The answers to injections, what they found, and the number of places tried."""
    with django_db_blocker.unblock(), standing(), refusals(reading=True, apart=False):
        tried = probes(visits)
        return *scan(built_stage, tried), len({probe.place for probe in tried})


@pytest.fixture(scope="package")
def heard(visits: list[Visit], odd_visits: list[Visit], scanned: tuple[list[Visit], list[str], int]) -> list[Visit]:
    """Every answer of the crawl, to odd values and to injections."""
    return [*visits, *odd_visits, *scanned[0]]


@pytest.fixture
def stage(built_stage: Stage, db: None, settings: Any, _quick_and_private: None) -> Stage:
    """The stage, with its files in reach; ``db`` comes after it, so that the test nests inside."""
    settings.FILES_ROOT = built_stage.folder
    settings.TEST_CAPTCHA = "K7WD"
    assert built_stage.signed_in
    return built_stage
