"""Whom nobody has approved yet takes registration and consent back where they land after signing in (PIPL 15)."""

import html

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.registrations import forms
from tests.registrations.conftest import SignIn
from tests.registrations.forms import enters
from tests.registrations.test_corrections import NUMBER, Visit, decide, register, sign_in_box
from tests.small_world import SmallWorld
from xueshi.accounts.models import ConsentChange, User
from xueshi.accounts.states import AccountState
from xueshi.audit.models import AuditEntry
from xueshi.organisations.models import Organisation
from xueshi.policies import registry
from xueshi.registrations.models import Consent, Registration
from xueshi.reviews.models import ReviewCase

pytestmark = pytest.mark.django_db
PAGE = "/register/take-back/"
UNDERSTOOD = {"understood": "on"}


def text(answer: HttpResponse) -> str:
    return html.unescape(answer.content.decode())


def said() -> list[tuple[str, bool]]:
    return list(ConsentChange.objects.order_by("pk").values_list("subject", "given"))


def states(registration: Registration) -> tuple[str, str]:
    registration = Registration.objects.select_related("case", "membership").get(pk=registration.pk)
    assert registration.case is not None
    assert registration.membership is not None
    return registration.case.state, registration.membership.state


@pytest.mark.req("PR-06")
def test_a_waiting_registrant_takes_it_back_and_may_register_anew(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    registration = register(visit, world)
    client, answer = sign_in_box(NUMBER)
    assert (answer.status_code, "还未被审核" in text(answer), PAGE in text(answer)) == (422, True, True)
    page = text(client.get(PAGE))
    assert [one for one in registry.pack("weihai").agreement.unreviewed_withdrawal if one not in page] == []
    assert (world.employer.name in page, " checked" in page) == (True, False)
    assert (client.post(PAGE).status_code, states(registration), said()) == (422, ("pending", "pending"), [])

    answer = client.post(PAGE, UNDERSTOOD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "已撤回注册和同意" in text(client.get("/"))
    assert (states(registration), said()) == (
        ("withdrawn", "ended"), [("agreement", False), ("sensitive", False)],
    )  # fmt: skip
    assert Consent.objects.filter(registration=registration).count() == 3
    assert AuditEntry.objects.filter(action="consent.withdrawn", object_id=str(registration.user_id)).count() == 1
    desk = sign_in(world.employer_admin)
    assert "陈霞" not in text(desk.get("/registrations/people/"))
    assert desk.get(f"/registrations/{registration.case_id}/").status_code == 404
    assert (client.post(PAGE, UNDERSTOOD).status_code, enters(NUMBER)) == (404, False)

    again = register(visit, world)
    assert (again.pk != registration.pk, states(again)) == (True, ("pending", "pending"))
    decide(sign_in, world.employer_admin, again, "pass")
    assert enters(NUMBER)


@pytest.mark.req("PR-06")
def test_a_unit_frees_its_name_and_a_refused_one_may_go_too(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    form = visit("employer")
    form.send(forms.unit())
    form.send(forms.manager(NUMBER))
    form.done()
    client, _answer = sign_in_box(NUMBER, user_type="employer")
    assert client.post(PAGE, UNDERSTOOD).status_code == 302
    assert Organisation.objects.latest("pk").state == "rejected"

    registration = register(visit, world)
    decide(sign_in, world.employer_admin, registration)
    client, _answer = sign_in_box(NUMBER)
    assert PAGE in text(client.get("/register/"))
    assert client.post(PAGE, UNDERSTOOD).status_code == 302
    assert (states(registration), len(said())) == (("rejected", "rejected"), 4)


def test_nobody_takes_back_what_is_not_theirs_or_was_approved_meanwhile(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    registration = register(visit, world)
    client, answer = sign_in_box(NUMBER, "wrong")
    assert PAGE not in text(answer)
    strangers: list[Client] = [client, Client(HTTP_HOST="weihai.localhost"), sign_in(world.person)]
    assert [refused(one) for one in strangers] == [(404, 404)] * 3
    mine, _answer = sign_in_box(NUMBER)
    decide(sign_in, world.employer_admin, registration, "pass")
    assert refused(mine) == (404, 404)
    assert (states(registration), said()) == (("approved", "active"), [])
    assert User.objects.get(pk=registration.user_id).state == AccountState.ACTIVE
    assert not ReviewCase.objects.filter(state="withdrawn").exists()


def refused(client: Client) -> tuple[int, int]:
    answers: list[HttpResponse] = [client.get(PAGE), client.post(PAGE, UNDERSTOOD)]
    return answers[0].status_code, answers[1].status_code
