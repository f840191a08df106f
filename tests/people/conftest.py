"""A small tree, its people at their browsers, and the forms of the record as they would be sent."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from xueshi.organisations.actors import Actor
from xueshi.reviews.models import ReviewCase

type Typed = dict[str, Any]

_HIDDEN = re.compile(r'<input type="hidden" name="(key|version)" value="([^"]*)"')

BASICS: Typed = {
    "sex": "female",
    "birth_date": "1981-02-03",
    "phone": "",
    "email": "",
    "landline": "0631-5231234",
    "post": "车间主任",
    "rank": "none",
    "postdoctoral": "yes",
    "password": make.PASSWORD,
}
TITLE: Typed = {
    "title_series": "05",
    "practice_field": "economics",
    "title_level": "middle",
    "title": "0503",
    "title_effective": "2020-06-01",
    "certificate_number": "鲁Z20200001",
    "appointed": "",
}


class Tab:
    """One person with one tab of the record open."""

    def __init__(self, client: Client, path: str) -> None:
        self.client, self.path = client, path
        self.page: HttpResponse = client.get(path)
        assert self.page.status_code == 200

    @property
    def text(self) -> str:
        return html.unescape(self.page.content.decode())

    @property
    def fields(self) -> list[tuple[str, bool]]:
        form = self.page.context["form"]
        return [(str(field.label), form.marked(name)) for name, field in form.fields.items()]

    @property
    def filled(self) -> Typed:
        """What the page's inputs hold, as a browser would send them."""
        form = self.page.context["form"]
        held = {name: form[name].value() for name in form.fields}
        return {name: value for name, value in held.items() if isinstance(value, str)}

    def save(self, typed: Typed) -> HttpResponse:
        """Press 保存."""
        hidden = dict(_HIDDEN.findall(self.page.content.decode()))
        self.page = self.client.post(self.path, self.filled | hidden | typed)
        return self.page

    @property
    def errors(self) -> dict[str, list[str]]:
        return {name: [str(one) for one in found] for name, found in self.page.context["form"].errors.items()}

    def told(self) -> list[str]:
        """The messages after a success."""
        assert self.page.status_code == 302, self.errors
        return [str(one) for one in self.client.get(self.page["Location"]).context["messages"]]


@pytest.fixture
def world(db: None) -> make.SmallWorld:
    return make.build()


@pytest.fixture
def browse() -> Callable[[Actor, str], Tab]:
    """A tab of the record in somebody's browser."""
    return lambda actor, path: Tab(signed_in(actor), path)


@pytest.fixture
def ask(browse: Callable[[Actor, str], Tab]) -> Callable[..., ReviewCase]:
    """A title change handed in through the page; its case."""

    def handed_in(actor: Actor, **changes: Any) -> ReviewCase:
        tab = browse(actor, "/profile/title/")
        assert tab.save(TITLE | changes).status_code == 302, tab.errors
        return ReviewCase.objects.filter(kind="people.title").latest("pk")

    return handed_in


def decide(actor: Actor, case: ReviewCase, verdict: str, comment: str = "") -> HttpResponse:
    """Press 通过 or 驳回."""
    case.refresh_from_db()
    sent = {"row": f"{case.pk}:{case.version}", "verdict": verdict, "comment": comment}
    return signed_in(actor).post("/reviews/decide/", sent)
