"""AC-10: no administrator does anything without the second factor, and no code counts twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import Settings
from django.db import connection
from django.urls import get_resolver

from tests import small_world
from tests.browsers import signed_in
from tests.checks.report import Outcome, Tell
from tests.checks.surface.stage import watched
from tests.portal import factors
from tests.small_world import SmallWorld
from xueshi.accounts import second_factor
from xueshi.config.management.commands.routes import Route, walk
from xueshi.kernel.errors import TradeError

SETTLING = frozenset({"/second-step/", "/sign-out/"})
"""Where a session that owes its second factor may settle that, or leave."""


def _url(route: Route) -> str:
    url = route.pattern
    for kind in ("<int:pk>", "<int:case_id>", "<int:account_id>", "<int:place>", "<int:number>"):
        url = url.replace(kind, "1")
    return url.replace("<str:token>", "x").replace("<slug:subject>", "public")


@pytest.mark.django_db
def test_ac_10_no_route_without_the_second_factor(world: SmallWorld, tell: Tell, settings: Settings) -> None:
    closed = [one for one in walk(get_resolver()) if not one.public and one.pattern not in SETTLING]
    actors = (world.city_admin, world.district_admin, world.department_admin, world.employer_admin)
    settings.SECOND_FACTOR = "administrators"
    bad, n = [], 0
    for actor in actors:
        client = signed_in(actor)
        client.raise_request_exception = False
        for route in closed:
            for method in route.methods:
                n += 1
                with watched() as written:
                    answer = client.generic(method, _url(route))
                kept_out = answer.status_code == 302 and answer.headers["Location"].startswith("/second-step/")
                kept_out = kept_out or (answer.status_code == 404 and "<" in _url(route))
                bad += (
                    [] if kept_out and not written else [f"{method} {route.pattern} → {answer.status_code} {written}"]
                )
    settings.SECOND_FACTOR = "off"
    control = signed_in(world.employer_admin).get("/declarations/review/").status_code == 200
    tell(Outcome("AC-10", n, bad, control, 200, f"routes={len(closed)} administrators={len(actors)}"))


@pytest.mark.django_db(transaction=True)
def test_ac_10_one_code_in_many_processes_counts_once(tell: Tell, settings: Settings) -> None:
    settings.SECOND_FACTOR = "administrators"
    person = factors.bound(small_world.user("张敏"))
    start, shown = threading.Barrier(8), factors.code()

    def use(_turn: int) -> Any:
        try:
            connection.ensure_connection()
            start.wait(10)
            second_factor.verify(person, shown, stranger=False)
        except TradeError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        won = sum(pool.map(use, range(8)))
    try:
        second_factor.verify(person, shown, stranger=False)
        again = ["the code counted once more"]
    except TradeError:
        again = []
    bad = again + ([] if won == 1 else [f"{won} of 8 at once"])
    tell(Outcome("AC-10c", 9, bad, won >= 1, 9))
