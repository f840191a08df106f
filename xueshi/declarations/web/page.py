"""The page of a declaration while it is being filled in: what was chosen, what was typed, what stands beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest

from xueshi.declarations import permissions, selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import Edit, Entry, Unfinished
from xueshi.declarations.services.drafting import Declarer, claim, declarer
from xueshi.declarations.web import beside, calculator, choosing, forms, reopening
from xueshi.declarations.web.calculator import Card, Standing
from xueshi.declarations.web.choosing import ChooseForm, Chosen
from xueshi.declarations.web.forms import AnswersForm, Posted, Read, edit_of
from xueshi.declarations.web.reopening import CHOICES, Reopened
from xueshi.kernel import clock, one_time
from xueshi.kernel.errors import NotFound
from xueshi.kernel.text import number
from xueshi.ledger import selectors as ledger
from xueshi.ledger.rules import SUBJECTS, ZERO
from xueshi.organisations.actors import Actor
from xueshi.policies.answers import Answers
from xueshi.policies.requests import actor_of

_CONTROLS: Final = frozenset({"csrfmiddlewaretoken", "do", "key", "draft", "version", *CHOICES, *forms.MOVES})


@dataclass
class Page:
    """One reading or posting of the form."""

    actor: Actor
    by: Declarer
    what: Chosen
    url: str
    posted: Posted | None
    declaration: Declaration | None
    key: str
    form: AnswersForm | None
    choose: ChooseForm
    opened: Reopened | None = None
    problems: tuple[str, ...] = ()
    _read: list[Read] = field(default_factory=list)

    @property
    def asked(self) -> str:
        """What the page was sent for."""
        return self.posted.data.get("do", "") if self.posted else ""

    @property
    def judged(self) -> bool:
        """Whether it was sent to be saved or handed in, not only to be drawn again."""
        if self.posted is None or self.asked in forms.REDRAWN:
            return False
        return not any(name in forms.MOVES or name.endswith("__find") for name in self.posted.data)

    @property
    def drafts(self) -> bool:
        """Whether the pack lets people save without handing in."""
        return "professional" in self.what.rules.declaration.drafts

    @property
    def edit(self) -> Edit | None:
        """The declaration and the version this page showed; ``MovedOn`` when it does not say which."""
        if self.declaration is None:
            return None
        return edit_of(self.declaration.pk, self.posted.data.get("version", "") if self.posted else "")

    def require_year(self) -> None:
        """``RuleBroken`` beside the year when it was not the one chosen."""
        beside.require_year(self.what, self.posted.data.get("year", "") if self.posted else "")

    def read(self) -> Read:
        """What can be understood of what stands in the form now."""
        if not self._read:
            self._read.append(self._reading())
        return self._read[0]

    def _reading(self) -> Read:
        if self.form is None or self.what.spec is None:
            return Read(Answers({}))
        typed: Mapping[str, Any] = self.form.typed() if self.form.is_bound else self._shown()
        return forms.legible(self.what.spec, typed, clock.today())

    def _shown(self) -> Mapping[str, Any]:
        return {**(self.opened.typed if self.opened else {})} or dict(self.form.initial if self.form else {})

    def entry(self, given: Answers) -> Entry:
        """Some answers as the services take them; the page's key counts until it knows its draft."""
        return forms.entry_of(self.actor, self.what, given, "" if self.declaration else self.key)

    def unfinished(self) -> Unfinished:
        """The form as it stands, to be kept."""
        typed = {name: told for name, told in (self.form.typed() if self.form else {}).items() if isinstance(told, str)}
        chose = {name: self.posted.data.get(name, "") for name in CHOICES} if self.posted else {}
        return Unfinished(self.entry(self.read().answers), typed | chose)

    @property
    def blank(self) -> bool:
        """Whether nobody has typed anything yet: choosing a learning form alone makes no draft."""
        if self.form is None or self.what.spec is None:
            return True
        start = self.what.spec.defaults()
        return all(told in ("", [], start.get(name)) for name, told in self.form.typed().items() if name not in CHOICES)

    @property
    def carried(self) -> list[tuple[str, Any]]:
        """What was typed while no form is chosen: sent along unseen, so that the next form finds it."""
        if self.what.form is not None:
            return []
        if self.posted is not None:
            lists = [(name, list(told)) for name, told in self.posted.data.lists() if name not in _CONTROLS]
        else:
            kept = dict(self.opened.typed) if self.opened else {}
            lists = [
                ("evidence__keep", told) if name == "evidence" else (name, [told])
                for name, told in kept.items()
                if name not in CHOICES
            ]
        return [(name, one) for name, told in lists for one in told]


def page_of(request: HttpRequest, declaration: Declaration | None) -> Page:
    """The page a request asks for or sends."""
    actor = actor_of(request)
    by = declarer(actor)
    posted = Posted(request.POST, request.FILES) if request.method == "POST" else None
    opened = None if posted else _opened(request, actor, by, declaration)
    what = opened.what if opened else choosing.chosen(by.pack, request.POST if posted else request.GET)
    key = (request.POST.get("key", "")[:48] if posted else "") or one_time.token()
    initial = opened.typed if opened else None
    form, choose = forms.answers_form(actor, what, posted, initial), ChooseForm(what, request.path)
    return Page(actor, by, what, request.path, posted, declaration, key, form, choose, opened)


def _opened(request: HttpRequest, actor: Actor, by: Declarer, declaration: Declaration | None) -> Reopened | None:
    if declaration is not None:
        return reopening.reopened(actor, declaration, by.pack)
    named = number(request.GET.get("again", ""))
    if named is None:
        return None
    earlier = selectors.declaration_for(actor, named)
    permissions.can_declare_again(actor, earlier).require()
    return reopening.again(actor, earlier, by.pack)


def begun(request: HttpRequest) -> Declaration | None:
    """The draft in which a fresh page has kept itself; None before that, and when it was deleted elsewhere."""
    named = number(request.POST.get("draft", ""))
    try:
        found = selectors.declaration_for(actor_of(request), named) if named is not None else None
    except NotFound:
        return None
    if found is not None:
        permissions.can_edit(actor_of(request), found).require()
    return found


def card_of(page: Page) -> Card | None:
    """学时试算 of what stands in the form; None while no form is chosen."""
    if page.what.form is None:
        return None
    read = page.read()
    asked = claim(page.by.pack, page.entry(read.answers))
    person, year = page.by.person.pk, page.what.year
    account = ledger.account_of(person, year)
    standing = Standing(
        held=ledger.held(person, year),
        pending=selectors.waiting_hours(person, year),
        sums=account.by_subject if account else dict.fromkeys(SUBJECTS, ZERO),
        requirement=ledger.requirement_of(person, page.by.pack.key, year),
    )
    return calculator.card(asked, standing, read.unread)
