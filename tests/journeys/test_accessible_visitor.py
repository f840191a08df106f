"""What a visitor sees, wide and narrow (AX-01, AX-02, AX-07)."""

from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page

from tests.journeys.auditing import Auditor, press
from tests.world import built_world, snapshot
from xueshi.certificates import selectors as certificates
from xueshi.portal.seeds.world import World
from xueshi.registrations.models import Registration
from xueshi.registrations.web import corrections

__all__ = ["built_world", "snapshot"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _visitor(auditor: Auditor, world: World) -> None:
    window = auditor.window("weihai", None)
    window.check("front refused", "/", press(".x-login .btn-primary"), "#captcha_error")
    window.check("recovery refused", "/recovery/", press(".x-decide .btn-primary"), ".x-errors")
    window.check("reset", "/recovery/reset/")
    window.check("recovered", "/recovery/done/")
    window.check("outbox", "/outbox/")
    window.check("policy", "/policy/")
    window.check("notices", "/notices/")
    window.check("downloads", "/downloads/")
    window.check("agreement", "/register/agreement/")
    window.check("register", "/register/professional/")
    for way in ("professional", "employer", "department", "base", "bureau"):
        window.check(f"register {way} refused", f"/register/{way}/", press(".x-decide .btn-primary"), ".x-errors")
    window.check("learning", "/learning/")
    window.check("verify", "/verify/")
    absent, certificate = ("CE3700002026100000001X", "王"), _certificate(world)
    window.check("verify missed", "/verify/", lambda page: _verify(page, *absent), "[role=alert]")
    window.check("verify hit", "/verify/", lambda page: _verify(page, *certificate), "text=查验其他证书")
    window.check("offline refused", "/verify/offline/", press(".x-decide .btn-primary"), ".x-errors")
    window.check("not found", "/nowhere/", status=404)
    refused = auditor.window_with("weihai", _refused(world))
    refused.check("take back refused", "/register/take-back/", press(".x-decide .btn-outline-danger"), ".x-errors")


def _refused(world: World) -> SessionStore:
    """The session of somebody who was refused and has given their password."""
    session = SessionStore()
    case = world.of("registration.professional", state="rejected")[0].pk
    corrections.prove(session, Registration.objects.get(case_id=case))
    session.save()
    return session


def _verify(page: Page, number: str, proof: str) -> None:
    page.fill("[name=number]", number)
    page.fill("[name=proof]", proof)
    page.get_by_role("button", name="查验", exact=True).click()


def _certificate(world: World) -> tuple[str, str]:
    """A valid certificate's number and its holder's name."""
    actor = world.actor("person_1")
    found = next(one for one in certificates.certificates_seen(actor) if one.is_valid)
    return found.number, actor.user.name


@pytest.mark.req("AX-01", "AX-02", "AX-07")
def test_pages_of_a_visitor(built_world: tuple[World, Path], auditor: Auditor) -> None:
    _visitor(auditor, built_world[0])
