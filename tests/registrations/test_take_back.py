"""Whom nobody has approved yet takes registration and consent back where they land after signing in (PIPL 15)."""

import html
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from tests import small_world as make
from tests.browsers import browser
from tests.registrations import forms
from tests.registrations.conftest import SignIn
from tests.registrations.forms import Form, enters
from tests.registrations.test_corrections import NUMBER, Visit, decide, register, sign_in_box
from tests.small_world import SmallWorld
from xueshi.accounts import second_factor
from xueshi.accounts.models import ConsentChange, User
from xueshi.accounts.states import AccountState
from xueshi.audit.models import AuditEntry
from xueshi.kernel import clock
from xueshi.organisations import services
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import MembershipState
from xueshi.policies import registry
from xueshi.registrations.models import Consent, Registration
from xueshi.registrations.web import withdrawing
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


OWN = "/register/take-back/own/"


def asks(world: SmallWorld, person: Actor, body: Organisation, visit: Visit, **changes: str) -> Registration:
    """Somebody with an account asks to join a unit as a professional."""
    known = {"existing": "on", "name": person.user.name, "password": make.PASSWORD, "password_again": ""}
    form = visit("professional")
    form.send(forms.person(person.user.document_number, employer=str(body.pk), **(known | changes)))
    form.done()
    return Registration.objects.latest("pk")


@pytest.mark.req("PR-06")
def test_who_is_signed_in_takes_a_waiting_one_back_and_stays(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    admin, texts = world.stranger_admin, registry.pack("weihai").agreement
    waiting = asks(world, admin, world.employer, visit)
    client = sign_in(admin)
    assert OWN in text(client.get("/account/privacy/"))
    page = text(client.get(OWN))
    assert [one for one in texts.waiting_withdrawal if one not in page] == []
    assert (world.employer.name in page, " checked" in page) == (True, False)
    meant = {"registration": str(waiting.pk)}
    assert [client.post(OWN, sent).status_code for sent in (meant, UNDERSTOOD)] == [422, 422]
    assert client.post(OWN, UNDERSTOOD | {"registration": "2000000011"}).status_code == 404
    assert sign_in(world.person).post(OWN, UNDERSTOOD | meant).status_code == 404
    with clock.shifted(timedelta(minutes=11)):
        assert client.post(OWN, UNDERSTOOD | meant)["Location"].startswith("/prove/")
    assert (states(waiting), said()) == (("pending", "pending"), [])

    for _twice in range(2):
        answer = client.post(OWN, UNDERSTOOD | meant)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/account/privacy/")
        assert (states(waiting), said()) == (("withdrawn", "ended"), [])
    page = text(client.get("/account/privacy/"))
    assert ("已撤回注册" in page, "该注册已经撤回" in page, OWN in page, client.get("/home/").status_code) == (
        True, True, False, 200,
    )  # fmt: skip
    assert "没有等待审核的注册" in text(client.get(OWN))
    assert Consent.objects.filter(registration=waiting).count() == 3


@pytest.mark.req("PR-06")
def test_of_two_that_wait_one_is_chosen_and_consent_may_go_too(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    admin = world.stranger_admin
    first, number = asks(world, admin, world.employer, visit), admin.user.document_number
    form = visit("employer")
    form.send(forms.unit())
    form.send({"existing": "yes", "document_type": "resident", "document_number": number, "password": make.PASSWORD,
               "undertaking": "on", "agreement": "on", "sensitive": "on"})  # fmt: skip
    form.done()
    second, client = Registration.objects.latest("pk"), sign_in(admin)
    page = text(client.get(OWN))
    assert [f'value="{one.pk}"' in page for one in (first, second)] == [True, True]
    answer = client.post(OWN, UNDERSTOOD)
    assert (answer.status_code, "请选择要撤回的注册" in text(answer)) == (422, True)
    assert client.post(OWN, UNDERSTOOD | {"registration": str(second.pk), "consent": "on"}).status_code == 302
    assert (states(first), states(second)) == (("pending", "pending"), ("withdrawn", "ended"))
    assert (Organisation.objects.latest("pk").state, len(said())) == ("rejected", 2)
    assert client.get("/home/")["Location"].startswith("/account/privacy/")
    page = text(client.get(OWN))
    assert (world.employer.name in page, 'name="consent"' in page) == (True, False)
    decide(sign_in, world.employer_admin, first, "pass")
    answer = client.post(OWN, UNDERSTOOD | {"registration": str(first.pk)})
    assert (answer.status_code, withdrawing.DECIDED in text(answer)) == (409, True)
    assert (states(first), len(said())) == (("approved", "active"), 2)


@pytest.mark.req("PR-06")
def test_whose_only_hat_ended_takes_both_back_and_may_register_anew(
    world: SmallWorld, visit: Visit, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, texts = world.colleague, registry.pack("weihai").agreement
    assert person.membership is not None
    services.set_hat_state(person.membership, MembershipState.ENDED, by=make.NOBODY)
    waiting = asks(world, person, world.stranger, visit)
    with monkeypatch.context() as bound:
        bound.setattr(second_factor, "enrolled", lambda _user: object())
        client, answer = sign_in_box(person.user.document_number, make.PASSWORD)
        assert (answer.status_code, PAGE in text(answer), refused(client)) == (422, False, (404, 404))
    client, answer = sign_in_box(person.user.document_number, make.PASSWORD)
    assert (answer.status_code, PAGE in text(answer)) == (422, True)
    page = text(client.get(PAGE))
    assert [one for one in texts.waiting_withdrawal + texts.closing_withdrawal if one not in page] == []
    assert client.post(PAGE, UNDERSTOOD)["Location"] == "/"
    assert (states(waiting), len(said())) == (("withdrawn", "ended"), 2)
    again = asks(world, person, world.employer, visit)
    assert (states(again), said()[2:]) == (("pending", "pending"), [("agreement", True), ("sensitive", True)])
    decide(sign_in, world.employer_admin, again, "pass")
    assert sign_in_box(person.user.document_number, make.PASSWORD)[1].status_code == 302


@pytest.mark.req("PR-06")
def test_an_account_without_a_hat_takes_its_registration_back_at_the_box(db: None, visit: Visit) -> None:
    world = make.build("fujian")
    person = make.user("林晓燕")
    inside = browser(person, None, "fujian")
    form = Form(inside, "professional", "fujian")
    asked = set(form.page.context["form"].fields)
    answers = forms.person(person.document_number, employer=str(world.employer.pk)).items()
    form.send({key: value for key, value in answers if key in asked})
    form.done()
    waiting = Registration.objects.get()
    assert OWN in text(inside.get("/home/"))
    client, answer = sign_in_box(person.document_number, make.PASSWORD, portal="fujian")
    assert (answer.status_code, PAGE in text(answer)) == (422, True)
    assert 'name="consent"' in text(client.get(PAGE))
    assert client.post(PAGE, UNDERSTOOD | {"registration": "2000000011"}).status_code == 404
    assert client.post(PAGE, UNDERSTOOD | {"registration": str(waiting.pk)}).status_code == 302
    assert (states(waiting), said()) == (("withdrawn", "ended"), [])
    assert sign_in_box(person.document_number, make.PASSWORD, portal="fujian")[1].status_code == 302


def refused(client: Client) -> tuple[int, int]:
    answers: list[HttpResponse] = [client.get(PAGE), client.post(PAGE, UNDERSTOOD)]
    return answers[0].status_code, answers[1].status_code
