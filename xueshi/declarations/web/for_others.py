"""学时申报 of a unit for its people: the applicants, then the form of the learning form (CR-22…CR-26)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from xueshi.declarations import permissions, selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import for_others
from xueshi.declarations.services.for_others import Unit, unit_of
from xueshi.declarations.web import beside, choosing, forms, people_card, reopening
from xueshi.declarations.web import for_others_people as people
from xueshi.declarations.web.answering import answer
from xueshi.declarations.web.calculator import Card
from xueshi.declarations.web.choosing import Chosen
from xueshi.declarations.web.forms import Posted
from xueshi.declarations.web.page import Page, judged
from xueshi.declarations.web.taking_in import Asked, begun, page_of
from xueshi.kernel.errors import NotFound
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.policies.answers import Answers
from xueshi.policies.requests import actor_of
from xueshi.ui import parts
from xueshi.ui.routes import route

_POWERS = (Power.DECLARE.value,)


@dataclass(frozen=True)
class ForOthers:
    """A unit declares for people of its own."""

    by: Unit
    what: Chosen
    offer: people.Offer
    who: people.PeopleForm
    may_records: bool
    saves: bool = False
    keeps: bool = True

    @property
    def beside(self) -> Mapping[str, str]:
        """The people chosen, as the draft keeps them."""
        return people.kept(self.offer)

    @property
    def notes(self) -> tuple[str, str]:
        """What administrators are told about recognising hours, else what everybody is told."""
        told = self.what.rules.declaration
        return "", told.notice or told.banner

    @property
    def way(self) -> list[parts.ChainStep]:
        """提交之后, the same for each of them."""
        return beside.after(self.by, self.what, sender=self.by.organisation.name, whose="每人")

    def save(self, page: Page, given: Answers) -> Sequence[Declaration]:
        """One record a person; what was once handed in goes to its desk again."""
        entry, row = page.entry(given), page.declaration
        if row is not None and row.case_id is not None and page.edit is not None:
            return [for_others.again(page.actor, entry, page.edit)]
        return for_others.declare(page.actor, entry, self.offer.keys, page.edit)

    def keep(self, page: Page) -> Declaration:
        """The draft under the first of the people."""
        return for_others.keep(page.actor, page.unfinished(), self.offer.keys, page.edit)

    def card(self, page: Page) -> Card:
        """学时试算 for each of the people chosen."""
        standing = beside.standings(self.by.pack, self.offer.keys, page.what.year)
        chosen = [people_card.Somebody(one.name, standing[one.pk]) for one in self.offer.chosen]
        return people_card.card(page.claim(), chosen, page.read().unread)

    def address(self, pk: int) -> str:
        """修改."""
        return reverse("declarations:for_others_edit", args=[pk])

    def after(self, page: Page, saved: Sequence[Declaration]) -> tuple[str, str]:
        """学时申报记录, for whoever may read it."""
        word = self.by.pack.word("declaration.submitted")
        words = f"{word}（{len(saved)} 人）" if len(saved) > 1 else word
        return words, reverse(f"declarations:{'records' if self.may_records else 'for_others'}")


@route("GET", "POST", powers=_POWERS)
def new(request: HttpRequest) -> HttpResponse:
    """A fresh declaration for one or several people (CR-22, CR-24, CR-25)."""
    return answer(request, _page(request, begun(request, by_unit=True)))


@route("GET", "POST", powers=_POWERS, object_kind="declarations.declaration")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the form kept of itself, or what the unit took back, opened again (CR-19)."""
    actor = actor_of(request)
    declaration = selectors.declaration_for(actor, pk)
    if declaration.declaring_body_id is None:
        raise NotFound
    permissions.can_edit(actor, declaration).require()
    return answer(request, _page(request, declaration))


def _page(request: HttpRequest, declaration: Declaration | None) -> Page:
    actor = actor_of(request)
    unit = unit_of(actor)
    posted = Posted(_data(request), request.FILES) if request.method == "POST" else None
    first = declaration if posted is None else None
    opened = reopening.reopened(actor, first, unit.pack, unit.role) if first is not None else None
    asked: Mapping[str, Any] = posted.data if posted else request.GET
    what = opened.what if opened else choosing.chosen(unit.pack, asked, unit.role)
    fixed = declaration is not None and declaration.case_id is not None
    offer = _offer(actor, declaration, posted)
    asking = posted is not None and what.form is not None and judged(posted)
    who = people.PeopleForm(unit.pack, offer, request.path, judged=asking, fixed=fixed)
    side = ForOthers(unit, what, offer, who, actor.has(Power.RECORDS))
    return page_of(request, side, what, Asked(declaration, posted, opened))


def _offer(actor: Actor, declaration: Declaration | None, posted: Posted | None) -> people.Offer:
    """Who is chosen: as posted, as kept, or the one of a record that was handed in before."""
    if declaration is not None and declaration.case_id is not None:
        return people.only(declaration)
    if posted is None and declaration is not None:
        return people.offer(actor, people.kept_in(declaration))
    return people.offer(actor, posted.data if posted else None)


def _data(request: HttpRequest) -> QueryDict:
    """What was posted; finding, adding and dropping people judges nothing of the form."""
    if request.POST.get("do") in forms.REDRAWN or not people.is_choosing(request.POST):
        return request.POST
    data = request.POST.copy()
    data["do"] = "choose"
    return data
