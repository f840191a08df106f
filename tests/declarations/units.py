"""Units that declare for their people, and how their lists read."""

import html
import re
from dataclasses import replace
from itertools import count

from django.test import Client

from tests import small_world as make
from tests.declarations import world as w
from tests.declarations.forms import page
from xueshi.accounts.models import User
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import for_others
from xueshi.organisations import services as organisations
from xueshi.organisations.actors import Actor, actor_from
from xueshi.organisations.models import Organisation
from xueshi.organisations.services import HatDraft
from xueshi.organisations.states import Hat, MembershipState, Power
from xueshi.people.models import Professional

_page = count(1)


def declared(actor: Actor, *people: Professional, hours: str = "8", **more: object) -> list[Declaration]:
    """Declared by a unit, each on a page of its own."""
    entry = replace(w.entry(actor, hours, content="安全规程", **more), submission_key=f"unit-page-{next(_page)}")
    return for_others.declare(actor, entry, [one.pk for one in people])


def sub_administrator(name: str, body: Organisation, *powers: Power) -> Actor:
    """A second administrator with some modules."""
    return administering(make.user(name), body, *powers)


def administering(user: User, body: Organisation, *powers: Power) -> Actor:
    """Somebody under a hat more: a second administrator of a body with some modules."""
    role = organisations.create_role(body, f"{user.name}的角色", frozenset(powers))
    draft = HatDraft(user=user, organisation=body, hat=Hat.ADMINISTRATOR, role=role)
    return actor_from(user, organisations.give_hat(draft, state=MembershipState.ACTIVE, by=make.NOBODY))


def cells(text: str) -> list[list[str]]:
    """The rows of a list as text."""
    body = re.findall(r"<tbody.*?</tbody>", text, re.S)
    rows = re.findall(r"<tr.*?</tr>", body[0], re.S) if body else []
    found = [[_text(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)] for row in rows]
    return [row for row in found if len(row) > 1]


def heads(text: str) -> list[str]:
    """The headings of a list."""
    return [_text(one) for one in re.findall(r"<th[^>]*>(.*?)</th>", text, re.S)]


def names(client: Client, address: str) -> list[str]:
    """The people listed at an address."""
    return [row[1].split()[0] for row in cells(page(client, address))]


def _text(cell: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()).replace("—", "")
