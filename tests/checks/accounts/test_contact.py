"""AC-13: a phone or an address opens the account, so neither moves without a fresh proof, and the old one is told."""

import json
from itertools import product
from typing import Any

import pytest
from django.test import Client

from tests import small_world
from tests.browsers import browser
from tests.checks.report import Outcome, Tell
from tests.people.conftest import BASICS, Typed
from tests.registrations import forms
from xueshi.accounts import codes
from xueshi.accounts.codes import Claim, Recipient
from xueshi.accounts.models import User
from xueshi.notifications import services as notifications
from xueshi.notifications.models import Delivery, Message
from xueshi.notifications.states import Channel
from xueshi.organisations.actors import Actor
from xueshi.people.models import Professional

NEW_PHONE, NEW_MAIL = "13655550001", "stranger@example.cn"
FIRST_MAIL = "first@example.cn"


def _contact(user: User) -> tuple[str, str, str, str]:
    held = User.objects.get(pk=user.pk)
    return held.phone, held.phone_index, held.email, held.landline


def _code_of_the_new_number() -> str:
    """What somebody can show who holds the new phone."""
    codes.send(Claim(Recipient(Channel.SMS, NEW_PHONE), "recovery", "theirs"), portal="weihai", source="10.0.0.9")
    notifications.deliver_due()
    text = Delivery.objects.order_by("-pk")[0].text
    return "".join(sign for sign in text.split("，")[0] if sign.isdecimal())


def _proofs(actor: Actor, code: str) -> list[Typed]:
    """Everything but the password."""
    return [
        {}, {"password": ""}, {"password": "   "}, {"password": code}, {"password": actor.user.password},
        {"password": small_world.PASSWORD.lower()}, {"code": code}, {"password": "", "code": code, "proof": code},
        {"confirmed": "1", "reauthenticated": "true"},
    ]  # fmt: skip


def _tried(client: Client, actor: Actor, changes: Typed, proof: Typed, as_json: bool) -> Any:
    version = Professional.objects.get(employment__user=actor.user).version
    asked = BASICS | forms.told(actor.user.document_number)
    asked |= {"phone": actor.user.phone, "email": FIRST_MAIL, "version": str(version)} | changes
    asked.pop("password")
    if as_json:
        return client.post("/profile/", json.dumps(asked | proof), content_type="application/json")
    return client.post("/profile/", asked | proof)


@pytest.mark.django_db
@pytest.mark.req("AC-13")
def test_ac_13_no_contact_moves_without_a_fresh_proof(tell: Tell) -> None:
    world, bad, n = small_world.build(), list[str](), 0
    code = _code_of_the_new_number()
    sent = Message.objects.count()
    for actor in (world.person, world.colleague):
        User.objects.filter(pk=actor.user.pk).update(email=FIRST_MAIL)
        client, before = browser(actor.user, actor.membership), _contact(actor.user)
        changes: tuple[Typed, ...] = ({"phone": NEW_PHONE}, {"email": NEW_MAIL})
        for change, proof, as_json in product(changes, _proofs(actor, code), (False, True)):
            n += 1
            answer = _tried(client, actor, change, proof, as_json)
            asked_for = list(answer.context["form"].errors)
            bad += [] if as_json or asked_for == ["password"] else [f"{change} {proof}: refused for {asked_for}"]
            if _contact(actor.user) != before or Message.objects.count() != sent:
                bad.append(f"{change} {proof} json={as_json}: changed or told")
    tell(Outcome("AC-13", n, bad, _the_owner_changes_it(world.person), 64))


def _the_owner_changes_it(actor: Actor) -> bool:
    """With the password it moves, and each old recipient learns of it, in words that show no number."""
    client, old = browser(actor.user, actor.membership), actor.user.phone
    own = {"password": small_world.PASSWORD}
    _tried(client, actor, {"phone": NEW_PHONE}, own, as_json=False)
    _tried(client, actor, {"phone": NEW_PHONE, "email": NEW_MAIL}, own, as_json=False)
    notifications.deliver_due()
    told = [(one.recipient, one.text) for one in Delivery.objects.order_by("pk") if "登记的手机号" in one.text]
    plain = not any(NEW_PHONE in text or NEW_MAIL in text or old in text for _recipient, text in told)
    reached = [recipient for recipient, _text in told] == [old, FIRST_MAIL]
    return reached and plain and _contact(actor.user)[::2] == (NEW_PHONE, NEW_MAIL)
