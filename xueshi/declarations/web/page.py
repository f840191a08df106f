"""The page of a declaration while it is being filled in, whoever does so: what was chosen, typed, kept, calculated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from xueshi.declarations.models import Declaration
from xueshi.declarations.rules import Claim
from xueshi.declarations.services import Edit, Entry, Unfinished
from xueshi.declarations.services.drafting import claim
from xueshi.declarations.services.submitting import Declaring
from xueshi.declarations.web import beside, forms
from xueshi.declarations.web.calculator import Card
from xueshi.declarations.web.choosing import ChooseForm, Chosen
from xueshi.declarations.web.for_others_people import PeopleForm
from xueshi.declarations.web.forms import AnswersForm, Posted, Read, edit_of
from xueshi.declarations.web.reopening import BESIDE, CHOICES, Reopened
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.policies.answers import Answers
from xueshi.policies.packs import Pack
from xueshi.ui import parts

_CONTROLS: Final = frozenset({"csrfmiddlewaretoken", "do", "key", "draft", "version", *BESIDE, *CHOICES, *forms.MOVES})


class Filler(Declaring, Protocol):
    """Whose desks and whose rules apply."""

    @property
    def pack(self) -> Pack:
        """The rules that they live under."""


class Side(Protocol):
    """What differs between somebody who declares for themselves and a unit that declares for its people."""

    @property
    def by(self) -> Filler:
        """Who fills the form in."""

    @property
    def who(self) -> PeopleForm | None:
        """The question for whom, where it is asked."""

    @property
    def beside(self) -> Mapping[str, str]:
        """What is chosen besides the questions of the form, as it is kept with them."""

    @property
    def saves(self) -> bool:
        """Whether a button keeps the form without handing it in."""

    @property
    def keeps(self) -> bool:
        """Whether the form keeps itself."""

    @property
    def notes(self) -> tuple[str, str]:
        """A remark beside the title, and a notice above the form."""

    @property
    def way(self) -> list[parts.ChainStep]:
        """提交之后."""

    def save(self, page: "Page", given: Answers) -> Sequence[Declaration]:
        """Store what the page was sent for, or raise what is wrong with it."""

    def keep(self, page: "Page") -> Declaration:
        """Keep the page as it stands."""

    def card(self, page: "Page") -> Card:
        """学时试算 of what stands in the form."""

    def address(self, pk: int) -> str:
        """Where what was kept is opened again."""

    def after(self, page: "Page", saved: Sequence[Declaration]) -> tuple[str, str]:
        """The words that say it is done, and where one goes then."""


@dataclass
class Page:
    """One reading or posting of the form."""

    actor: Actor
    side: Side
    what: Chosen
    url: str
    posted: Posted | None
    declaration: Declaration | None
    key: str
    form: AnswersForm | None
    choose: ChooseForm
    opened: Reopened | None = None
    problems: tuple[str, ...] = ()
    moved: bool = False
    _read: list[Read] = field(default_factory=list)

    @property
    def asked(self) -> str:
        """What the page was sent for."""
        return self.posted.data.get("do", "") if self.posted else ""

    @property
    def judged(self) -> bool:
        """Whether it was sent to be saved or handed in, not only to be drawn again."""
        return self.posted is not None and judged(self.posted)

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
        return forms.legible(self.what.spec, typed, clock.today(), self.what.role)

    def _shown(self) -> Mapping[str, Any]:
        return {**(self.opened.typed if self.opened else {})} or dict(self.form.initial if self.form else {})

    def entry(self, given: Answers) -> Entry:
        """Some answers as the services take them, under the page's one-time key."""
        return forms.entry_of(self.actor, self.what, given, self.key)

    def claim(self) -> Claim:
        """What stands in the form as its rules look at it."""
        return claim(self.side.by.pack, self.entry(self.read().answers), self.side.by.role)

    def unfinished(self) -> Unfinished:
        """The form as it stands, to be kept."""
        typed = {name: told for name, told in (self.form.typed() if self.form else {}).items() if isinstance(told, str)}
        chose = {name: self.posted.data.get(name, "") for name in CHOICES} if self.posted else {}
        return Unfinished(self.entry(self.read().answers), typed | chose | dict(self.side.beside))

    @property
    def blank(self) -> bool:
        """Whether nobody has typed or chosen anything yet: choosing a learning form alone makes no draft."""
        if self.form is None or self.what.spec is None:
            return True
        start = self.what.spec.defaults()
        typed = (told for name, told in self.form.typed().items() if name not in CHOICES and told != start.get(name))
        return not any(self.side.beside.values()) and all(told in ("", []) for told in typed)

    @property
    def carried(self) -> list[tuple[str, Any]]:
        """What was typed while no form is chosen: sent along unseen, so that the next form finds it."""
        if self.what.form is not None:
            return []
        if self.posted is not None:
            lists = [(name, list(told)) for name, told in self.posted.data.lists() if _is_answer(name)]
        else:
            kept = dict(self.opened.typed) if self.opened else {}
            lists = [
                ("evidence__keep", told) if name == "evidence" else (name, [told])
                for name, told in kept.items()
                if name not in {*BESIDE, *CHOICES}
            ]
        return [(name, one) for name, told in lists for one in told]


def _is_answer(name: str) -> bool:
    return name not in _CONTROLS and name.partition("__")[0] not in BESIDE


def judged(posted: Posted) -> bool:
    """Whether a form was sent to be saved or handed in, not only to be drawn again."""
    if posted.data.get("do") in forms.REDRAWN:
        return False
    return not any(name in forms.MOVES or name.endswith("__find") for name in posted.data)
