"""PR-06: nobody is registered without consent, and consent taken back is effective, explained and given again."""

import html
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.browsers import signed_in
from tests.checks.report import Outcome, Tell
from tests.registrations import forms
from tests.small_world import PASSWORD, SmallWorld
from xueshi.accounts import codes, messages
from xueshi.accounts.codes import Claim, Recipient
from xueshi.accounts.models import ConsentChange, User
from xueshi.audit.models import AuditEntry
from xueshi.kernel import clock
from xueshi.notifications import services as notifications
from xueshi.notifications.models import Delivery, Note
from xueshi.notifications.services import NoteDraft
from xueshi.notifications.states import Channel
from xueshi.policies import registry
from xueshi.registrations.models import Registration

pytestmark = pytest.mark.django_db
PAGE = "/account/privacy/"
BOXES = {"agreement": "on", "sensitive": "on"}
CLOSED = (
    "/home/", "/declarations/new/", "/declarations/", "/years/", "/profile/", "/profile/title/", "/hats/",
    "/messages/way/", "/account/identity/", "/learning/centre/",
)  # fmt: skip
"""Where a professional goes; each leads to the page that explains."""
OPEN = (PAGE, "/account/", "/password/", "/account/devices/", "/messages/")


def version() -> str:
    return registry.pack("weihai").agreement.version


def text(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


def ticked(page: str) -> list[str]:
    return [box for box in re.findall(r'<input[^>]*type="checkbox"[^>]*>', page) if "checked" in box]


def withdrawn(client: Client) -> HttpResponse:
    return client.post(PAGE, {"understood": "on"})


def said() -> list[tuple[str, bool, str, str, str]]:
    rows = ConsentChange.objects.order_by("pk")
    return [(one.subject, one.given, one.version, one.portal, one.channel) for one in rows]


def told(person: User, key: str) -> tuple[int, int]:
    """Notes and letters after telling somebody something."""
    values = {"year": "2026", "count": "1", "date": "2026-12-31"}
    draft = NoteDraft(key=key, portal="weihai", user_id=person.pk, template="drafts", values=values)
    messages.tell([draft])
    notifications.deliver_due()
    return Note.objects.filter(user=person).count(), Delivery.objects.count()


@pytest.mark.req("PR-06")
def test_consent_is_asked_kept_taken_back_and_given_again(world: SmallWorld, tell: Tell) -> None:
    person, client = world.person.user, signed_in(world.person)
    control = all(client.get(path).status_code in {200, 405} for path in CLOSED)
    bad, page = [], text(client.get(PAGE))
    bad += [f"not explained: {line}" for line in registry.pack("weihai").agreement.withdrawal if line not in page]
    bad += ["ticked beforehand"] * len(ticked(page))
    answer = client.post(PAGE, {"withdraw": ""})
    bad += [] if (answer.status_code, said()) == (422, []) else ["taken back without a word"]

    before = clock.now()
    answer = withdrawn(client)
    kept = [(subject, False, version(), "weihai", "web") for subject in ("agreement", "sensitive")]
    bad += [] if (answer.status_code, said()) == (302, kept) else [f"not kept: {said()}"]
    bad += [] if all(before <= one.at <= clock.now() for one in ConsentChange.objects.all()) else ["no time"]
    gone = [client.get(path) for path in CLOSED]
    bad += [f"{path} is open" for path, one in zip(CLOSED, gone, strict=True) if not _led_back(one)]
    bad += [f"{path} is closed" for path in OPEN if client.get(path).status_code != 200]
    bad += ["is closed to who signs in again"] if not _led_back(signed_in(world.person).get("/home/")) else []
    bad += [] if "撤回同意" in text(client.get(PAGE)) else ["not in the record"]
    bad += [] if told(person, "a") == (1, 0) else ["a letter left"]
    tell(Outcome("PR-06", len(CLOSED) + len(OPEN) + len(kept) + 6, bad, control, 23))


def _led_back(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(PAGE)


@pytest.mark.req("PR-06")
def test_given_again_with_the_present_texts_everything_is_back(world: SmallWorld) -> None:
    person, client = world.person.user, signed_in(world.person)
    withdrawn(client)
    withdrawn(client)
    assert len(said()) == 2
    page = text(client.get(PAGE))
    assert (ticked(page), f'name="version" value="{version()}"' in page) == ([], True)
    for missing in BOXES:
        answer = client.post(PAGE, BOXES | {"version": version(), missing: ""})
        assert (answer.status_code, len(said())) == (422, 2)
    renewed = client.post(PAGE, BOXES | {"version": "2025-01"})
    assert (renewed.status_code, ticked(text(renewed)), len(said())) == (422, [], 2)
    assert "身份证件号码属于敏感个人信息" in text(renewed)
    answer = client.post(f"{PAGE}?next=/years/", BOXES | {"version": version()})
    assert (answer.headers["Location"], client.get("/years/").status_code) == ("/years/", 200)
    assert said()[2:] == [(subject, True, version(), "weihai", "web") for subject in BOXES]
    assert told(person, "b") == (1, 1)
    entries = AuditEntry.objects.filter(action__startswith="consent.").order_by("sequence")
    assert [one.action for one in entries] == ["consent.withdrawn", "consent.given"]


@pytest.mark.req("PR-06")
def test_every_button_of_the_messages_works_without_consent(world: SmallWorld) -> None:
    """What was told is read and leads on by the page that explains; no way out is offered, for nothing leaves."""
    person, client = world.person.user, signed_in(world.person)
    assert "提醒方式" in text(client.get("/messages/"))
    withdrawn(client)
    for key in ("a", "b", "c"):
        told(person, key)
    first, second, third = Note.objects.order_by("pk")
    Note.objects.filter(pk=third.pk).update(url="/declarations/")
    page = text(client.get("/messages/")).split('id="main"')[1]
    sent_to = {f"/messages/{one.pk}/" for one in (first, second, third)} | {"/messages/read/"}
    assert (set(re.findall(r'<form[^>]*action="([^"]+)"', page)), "提醒方式" in page) == (sent_to, False)
    answer = client.post(f"/messages/{third.pk}/")
    assert answer.headers["Location"] == "/declarations/"
    assert _led_back(client.get("/declarations/"))
    assert client.post(f"/messages/{first.pk}/").headers["Location"] == "/messages/"
    assert [one.read_at is None for one in Note.objects.order_by("pk")] == [False, True, False]
    assert client.post("/messages/read/", {"newest": third.pk}).headers["Location"] == "/messages/"
    assert not Note.objects.filter(read_at=None).exists()
    foreign = signed_in(world.colleague)
    withdrawn(foreign)
    assert foreign.post(f"/messages/{first.pk}/").status_code == 404


def test_meanwhile_nobody_registers_anew_and_codes_still_come(world: SmallWorld, settings: object) -> None:
    settings.TEST_CAPTCHA = forms.CAPTCHA  # type: ignore[attr-defined]  # as in tests/registrations
    person = world.person.user
    withdrawn(signed_in(world.person))
    form = forms.Form(Client(), "employer", "weihai")
    form.send(forms.unit())
    known = {"existing": "yes", "document_number": person.document_number, "password": PASSWORD}
    form.send(forms.manager(person.document_number) | known)
    assert (form.page.status_code, "您已撤回同意" in form.text, Registration.objects.exists()) == (422, True, False)
    claim = Claim(Recipient(Channel.SMS, person.phone), "recovery", "session")
    codes.send(claim, portal="weihai", source="10.0.0.1")
    notifications.deliver_due()
    assert Delivery.objects.count() == 1


def test_an_administrator_without_consent_decides_nothing(world: SmallWorld) -> None:
    client = signed_in(world.employer_admin)
    target = reverse("portal:reset_password", args=[world.person.membership.pk])
    withdrawn(client)
    assert (client.get(target).status_code, client.post(target).status_code) == (302, 302)
    assert not AuditEntry.objects.filter(action="account.reset_started").exists()
    assert "管理下级单位" not in text(client.get(PAGE))
