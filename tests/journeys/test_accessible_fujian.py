"""What 福建 shows differently, wide and narrow (AX-01, AX-02, AX-07)."""

import pytest

from tests import small_world
from tests.declarations import world as lives
from tests.journeys.auditing import Auditor, apart, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _fujian(auditor: Auditor, small: small_world.SmallWorld) -> None:
    visitor = auditor.window("fujian", None)
    visitor.check("fujian front", "/")
    visitor.check("fujian account", "/register/account/", press(".x-decide .btn-primary"), ".x-errors")
    person = auditor.window("fujian", small.person)
    person.check("fujian professional", "/home/")
    person.check("fujian account data", "/account/", press(".x-decide .btn-primary"), ".x-errors")
    person.check("fujian real name", "/account/identity/")
    unit = auditor.window("fujian", small.employer_admin)
    unit.check("fujian employer", "/home/")
    unit.check("fujian desk", "/declarations/review/", press("tbody tr a"), "#detail .x-detail-head")


def _built() -> small_world.SmallWorld:
    small = small_world.build("fujian")
    lives.handed_in(small.person)
    return small


@pytest.mark.req("AX-01", "AX-02", "AX-07")
def test_pages_of_fujian(auditor: Auditor) -> None:
    _fujian(auditor, apart(_built))
