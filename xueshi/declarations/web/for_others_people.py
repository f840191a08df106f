"""选择申请人: several of the unit's own people, found on the server, kept as chips; works without scripts (CR-22)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from xueshi.declarations import selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.services.for_others import AT_MOST
from xueshi.kernel.text import number
from xueshi.organisations.actors import Actor
from xueshi.people.models import Professional
from xueshi.policies.packs import Pack
from xueshi.ui.forms import BaseForm

_SHOWN = 20
"""Findings at once; more are found by more of the name."""
_MOVES = ("people__find", "people__add", "people__drop")


@dataclass(frozen=True, slots=True)
class Applicant:
    """One of the unit's people as the page names them."""

    pk: int
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Who is chosen, whom the words found, and whether there were more."""

    chosen: Sequence[Applicant]
    found: Sequence[Applicant]
    words: str
    more: bool = False

    @property
    def keys(self) -> list[int]:
        """The people chosen, by key."""
        return [one.pk for one in self.chosen]


def offer(actor: Actor, data: QueryDict | None) -> Offer:
    """What a posted page holds; ticked findings count as chosen, whichever button was pressed."""
    words = data.get("people__q", "").replace("\x00", "")[:100] if data is not None else ""
    wanted = _keys(data) if data is not None else []
    chosen = [_applicant(one) for one in selectors.people_declared_for(actor).filter(pk__in=wanted)] if wanted else []
    rows = selectors.people_found(actor, words).exclude(pk__in=wanted)[: _SHOWN + 1]
    found = [_applicant(one) for one in rows]
    return Offer(chosen, found[:_SHOWN], words, more=len(found) > _SHOWN)


def kept(shown: Offer) -> dict[str, str]:
    """Who is chosen, as a draft keeps it."""
    return {"people": ",".join(map(str, shown.keys))}


def kept_in(declaration: Declaration) -> QueryDict:
    """Who was chosen when a draft was kept, as if the page sent it again."""
    data = QueryDict(mutable=True)
    data.setlist("people", str((declaration.typed or {}).get("people", "")).split(","))
    return data


def only(declaration: Declaration) -> Offer:
    """The person of a declaration that is opened again: the others were handed in by themselves."""
    return Offer([_applicant(declaration.person)], (), "")


def is_choosing(data: QueryDict) -> bool:
    """Whether the page was sent to find, add or drop somebody: by a button, or by Enter with words not asked before."""
    asked = data.get("people__q", "") != data.get("people__asked", "")
    return asked or any(name in data for name in _MOVES)


def _keys(data: QueryDict) -> list[int]:
    sent = (number(one) for one in data.getlist("people") if one != data.get("people__drop"))
    kept = [one for one in sent if one is not None]
    return list(dict.fromkeys(kept))[: AT_MOST + 1]


def _applicant(person: Professional) -> Applicant:
    department = person.employment.department
    parts = (department.name if department is not None else "", person.user.listed_document)
    return Applicant(person.pk, person.user.name, " · ".join(filter(None, parts)))


class PeopleInput(forms.Widget):
    """Chips of the chosen, a search box, findings to tick."""

    template_name = "declarations/widgets/people.html"
    use_fieldset = True
    shown: Offer
    add, url = "", ""
    fixed = False

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[int]:
        """The people chosen."""
        return self.shown.keys

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add who is chosen and who was found."""
        more = {"offer": self.shown, "add": self.add, "url": self.url, "fixed": self.fixed}
        return super().get_context(name, value, attrs) | more


class PeopleForm(BaseForm):
    """The question 选择申请人; ``fixed`` where the person cannot be another."""

    people = forms.Field(widget=PeopleInput)

    def __init__(self, pack: Pack, shown: Offer, url: str, *, judged: bool, fixed: bool = False) -> None:
        super().__init__(QueryDict() if judged else None)
        field = self.fields["people"]
        field.label = pack.word("declaration.applicants")
        field.error_messages["required"] = "请选择申请人"
        if isinstance(field.widget, PeopleInput):
            field.widget.shown, field.widget.fixed, field.widget.url = shown, fixed, url
            field.widget.add = pack.word("declaration.add_applicants")
