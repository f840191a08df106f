"""学时申报 for oneself, fresh or for editing (``answering`` does what both ways of declaring have in common)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xueshi.declarations import permissions, selectors, services
from xueshi.declarations.models import Declaration
from xueshi.declarations.services.drafting import Declarer, declarer
from xueshi.declarations.web import beside, calculator, choosing, reopening
from xueshi.declarations.web.answering import answer
from xueshi.declarations.web.calculator import Card
from xueshi.declarations.web.choosing import Chosen
from xueshi.declarations.web.forms import Posted
from xueshi.declarations.web.page import Page
from xueshi.declarations.web.reopening import Reopened
from xueshi.declarations.web.taking_in import Asked, begun, page_of
from xueshi.kernel.text import number
from xueshi.organisations.actors import Actor
from xueshi.policies.answers import Answers
from xueshi.policies.requests import actor_of
from xueshi.ui import parts
from xueshi.ui.routes import route


@dataclass(frozen=True)
class Own:
    """Somebody declares for themselves."""

    by: Declarer
    what: Chosen
    who: None = None

    @property
    def beside(self) -> Mapping[str, str]:
        """Nothing is chosen besides."""
        return {}

    @property
    def saves(self) -> bool:
        """Whether the pack lets people save without handing in."""
        return self.by.role in self.what.rules.declaration.drafts

    @property
    def keeps(self) -> bool:
        """The same: a draft is a draft, whoever presses the button."""
        return self.saves

    @property
    def notes(self) -> tuple[str, str]:
        """What is declared here, and what the pack puts above the form."""
        return self.by.pack.word("declaration.online"), self.what.rules.declaration.banner

    @property
    def way(self) -> list[parts.ChainStep]:
        """提交之后."""
        return beside.after(self.by, self.what)

    def save(self, page: Page, given: Answers) -> Sequence[Declaration]:
        """保存暂不提交 or 提交申报."""
        verb = services.save_draft if page.asked == "save" else services.submit
        return [verb(page.actor, page.entry(given), page.edit)]

    def keep(self, page: Page) -> Declaration:
        """The draft of this page."""
        return services.keep(page.actor, page.unfinished(), page.edit)

    def card(self, page: Page) -> Card:
        """学时试算 against one's own year."""
        person = self.by.person.pk
        standing = beside.standings(self.by.pack, [person], page.what.year)[person]
        return calculator.card(page.claim(), standing, page.read().unread)

    def address(self, pk: int) -> str:
        """修改."""
        return reverse("declarations:edit", args=[pk])

    def after(self, page: Page, saved: Sequence[Declaration]) -> tuple[str, str]:
        """申报进度查询."""
        word = "saved" if page.asked == "save" or saved[0].case_id is None else "submitted"
        return self.by.pack.word(f"declaration.{word}"), reverse("declarations:mine")


@route("GET", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """A fresh declaration (CR-01, CR-02)."""
    return answer(request, _page(request, begun(request)))


@route("GET", "POST", object_kind="declarations.declaration")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A declaration that is to be submitted, opened again with all that was entered (CR-19)."""
    actor = actor_of(request)
    declaration = selectors.declaration_for(actor, pk)
    permissions.can_edit(actor, declaration).require()
    return answer(request, _page(request, declaration))


def _page(request: HttpRequest, declaration: Declaration | None) -> Page:
    actor = actor_of(request)
    by = declarer(actor)
    posted = Posted(request.POST, request.FILES) if request.method == "POST" else None
    opened = None if posted else _opened(request, actor, by, declaration)
    what = opened.what if opened else choosing.chosen(by.pack, request.POST if posted else request.GET)
    return page_of(request, Own(by, what), what, Asked(declaration, posted, opened))


def _opened(request: HttpRequest, actor: Actor, by: Declarer, declaration: Declaration | None) -> Reopened | None:
    if declaration is not None:
        return reopening.reopened(actor, declaration, by.pack)
    named = number(request.GET.get("again", ""))
    if named is None:
        return None
    earlier = selectors.declaration_for(actor, named)
    permissions.can_declare_again(actor, earlier).require()
    return reopening.again(actor, earlier, by.pack)
