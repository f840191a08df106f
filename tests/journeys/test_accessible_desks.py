"""What administrators see, wide and narrow (AX-01, AX-02, AX-07)."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.auditing import Auditor, Window, press
from tests.world import built_world, snapshot
from xueshi.portal.seeds.world import World

__all__ = ["built_world", "snapshot"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _queue(window: Window, name: str, path: str) -> None:
    """A desk: waiting with the first opened, decided with the first opened."""
    opened = "#detail .x-detail-head"
    window.check(f"{name} open", path, press("tbody tr a"), opened)
    window.check(f"{name} done", f"{path}?tab=reviewed", press("tbody tr a"), opened)


def _desks(auditor: Auditor, world: World) -> None:
    unit = auditor.window("weihai", world.actor("employer_super"))
    unit.check("employer home", "/home/")
    _queue(unit, "desk", "/declarations/review/")
    unit.check("desk refused", "/declarations/review/", _refuse_nothing, "#comment_problem")
    unit.check("desk keys", "/declarations/review/", lambda page: page.keyboard.press("?"), "#keys[open]")
    unit.check("desk empty", "/declarations/review/?year=1999")
    unit.check("batch asked", "/declarations/review/", press("text=全部通过"), "text=您刚才看到的")
    unit.check("batch refusal asked", "/declarations/review/", press("text=全部驳回"), "text=您刚才看到的")
    unit.check("entrusting", "/declarations/review/", _entrust)
    unit.check("batch report", "/declarations/review/", _approve_all, "text=已通过")
    unit.check("batches", "/reviews/all/")
    _queue(unit, "people", "/registrations/people/")
    _queue(unit, "title changes", "/people/changes/")
    unit.check("unit", "/registrations/unit/")
    unit.check("events", "/adjustments/review/")
    unit.check("completion", "/years/completion/")
    unit.check("personnel", "/personnel/")
    unit.check("records", "/declarations/records/")
    unit.check("for others", "/declarations/for-others/?form=on_the_job", press(".x-decide .btn-primary"), ".x-errors")
    unit.check("certificates of people", "/certificates/people/")
    unit.check("printing asked", "/certificates/people/", press("text=全部打印"), "text=开始打印")
    unit.check("reasons refused", "/reviews/reasons/declaration/", press("main .btn-primary"), ".x-errors")
    unit.check("reset", f"/accounts/{world.actor('person_1').membership.pk}/reset/")
    unit.check("viewer", "/declarations/review/?tab=reviewed", _view, ".x-viewer-box")


def _authorities(auditor: Auditor, world: World) -> None:
    department = auditor.window("weihai", world.actor("department_1"))
    department.check("department home", "/home/")
    _queue(department, "units", "/registrations/units/")
    _queue(department, "verification", "/declarations/verification/")
    department.check("subordinates", "/registrations/subordinates/")
    department.check("closing refused", "/registrations/subordinates/", _close_for_nothing, ".x-errors")
    district = auditor.window("weihai", world.actor("district_1"))
    district.check("district home", "/home/")
    for queue in ("departments", "bases"):
        _queue(district, queue, f"/registrations/{queue}/")
    city = auditor.window("weihai", world.actor("city"))
    city.check("city home", "/home/")
    city.check("bureaux", "/registrations/bureaux/")
    city.check("content", "/content/")
    city.check("content refused", "/content/new/", press(".x-decide .btn-primary"), ".x-errors")
    auditor.window("weihai", world.actor("base_1")).check("base home", "/home/")


def _refuse_nothing(page: Page) -> None:
    page.locator("tbody tr a").first.click()
    page.locator("#detail [value=fail]").click()


def _entrust(page: Page) -> None:
    page.locator("tbody tr a").first.click()
    page.locator("#detail .x-decide a", has_text="转交").click()
    page.locator("h1", has_text="转交").wait_for()


def _close_for_nothing(page: Page) -> None:
    page.get_by_role("link", name="关闭审核权限").first.click()
    page.locator("main .x-decide button").click()


def _view(page: Page) -> None:
    page.locator("tbody tr a").first.click()
    page.locator("#detail a[data-view]").first.click()


def _approve_all(page: Page) -> None:
    page.get_by_role("button", name="全部通过", exact=True).click()
    page.locator("main .btn-success").click()


@pytest.mark.req("AX-01", "AX-02", "AX-07")
def test_pages_of_administrators(built_world: tuple[World, Path], auditor: Auditor) -> None:
    _desks(auditor, built_world[0])
    _authorities(auditor, built_world[0])
