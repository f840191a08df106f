"""What a professional sees, wide and narrow (AX-01, AX-02, AX-07)."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.auditing import Auditor, press
from tests.journeys.people import scan
from tests.world import built_world, snapshot
from xueshi.portal.seeds.world import World

__all__ = ["built_world", "snapshot"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _professional(auditor: Auditor, world: World) -> None:
    window = auditor.window("weihai", world.actor("person_1"))
    window.check("professional menu", "/home/", press("details.x-drop summary"), ".x-dropmenu")
    window.check("password refused", "/password/", press(".x-decide .btn-primary"), ".x-errors")
    window.check("profile refused", "/profile/", press(".x-decide .btn-primary"), ".x-errors")
    window.check("resume", "/profile/", _lose_token, "#resume-title")
    window.check("title waiting", "/profile/title/")
    window.check("title changes", "/profile/title/changes/")
    window.check("qualifications", "/profile/entries/qualifications/")
    window.check("education entry", "/profile/entries/education/new/")
    window.check("declare chosen", "/declarations/new/", _choose, "[name=evidence]")
    window.check("declare refused", "/declarations/new/", _declare_nothing, ".x-errors")
    window.check("declare with file", "/declarations/new/", _declare_file, ".x-kept img")
    window.check("declaration from the list", "/declarations/", press("tbody tr a"), "text=申报内容")
    window.check("withdraw asked", "/declarations/", press("[data-confirm]"), "dialog[open]")
    for state in ("draft", "pending", "rejected", "verified"):
        for thing in world.of("declaration", owner="person_1", state=state)[:1]:
            window.check(f"declaration {state}", f"/declarations/{thing.pk}/")
    window.check("years", "/years/")
    window.check("sheet", "/years/sheet/")
    for account in world.of("account", owner="person_1"):
        window.check(f"year {account.state}", f"/years/{account.pk}/")
    for state in ("valid", "superseded", "revoked"):
        for thing in world.of("certificate", owner="person_1", state=state)[:1]:
            window.check(f"certificate {state}", f"/certificates/{thing.pk}/")
    window.check("events", "/adjustments/")
    window.check("event", "/adjustments/new/")
    window.check("devices", "/account/devices/")
    window.check("privacy", "/account/privacy/", press(".x-decide .btn-outline-danger"), ".x-errors")
    window.check("take back", "/register/take-back/own/")
    window.check("messages", "/messages/")
    window.check("learning centre", "/learning/centre/")
    window.check("desk forbidden", "/declarations/review/", status=403)
    auditor.window("weihai", world.actor("two_hats")).check("hats", "/hats/")


def _lose_token(page: Page) -> None:
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').value = 'gone'")
    page.locator(".x-decide .btn-primary").click()


def _choose(page: Page) -> None:
    page.locator("[name=form]").select_option(label="岗位培训")


def _declare_nothing(page: Page) -> None:
    _choose(page)
    page.locator("[name=evidence]").wait_for()
    page.get_by_role("button", name="提交申报", exact=True).last.click()


def _declare_file(page: Page) -> None:
    _choose(page)
    page.locator("[name=evidence]").wait_for()
    page.set_input_files("[name=evidence]", scan("证书.jpg"))


@pytest.mark.req("AX-01", "AX-02", "AX-07")
def test_pages_of_a_professional(built_world: tuple[World, Path], auditor: Auditor) -> None:
    _professional(auditor, built_world[0])
