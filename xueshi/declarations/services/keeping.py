"""What a form keeps of itself while somebody fills it in: nothing is judged, nothing is lost."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from xueshi.audit import services as audit
from xueshi.declarations.models import Declaration
from xueshi.declarations.services.drafting import Declarer, Edit, Entry, claim, declarer, once, opened
from xueshi.declarations.services.writing import Sheet, write
from xueshi.kernel.errors import MovedOn, RuleBroken
from xueshi.organisations.actors import Actor
from xueshi.reviews.services import acting

LONGEST = 60_000
"""Characters of all inputs together; no form of any pack comes near it."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A form as it stands: ``entry`` is what can be read of it, ``typed`` is every input as it was typed."""

    entry: Entry
    typed: Mapping[str, str]


def keep(actor: Actor, form: Unfinished, edit: Edit | None = None, by: Declarer | None = None) -> Declaration:
    """The draft that holds the form now. Without ``edit`` it is the one this page's one-time key began, or a new one.

    ``by`` names for whom it stands where it is not the actor's own.

    Raises ``MovedOn`` when another page has changed it since, ``RuleBroken`` when it cannot be kept.
    """
    if len(json.dumps(form.typed, ensure_ascii=False)) > LONGEST:
        raise RuleBroken("填写的内容过长，没有自动保存")
    return once(lambda: _keep(actor, by or declarer(actor), form, edit))


def _keep(actor: Actor, by: Declarer, form: Unfinished, edit: Edit | None) -> Declaration:
    asked = claim(by.pack, form.entry, by.role)
    declaration, again = opened(actor, by, form.entry, edit)
    if again:
        return declaration
    first = declaration.pk is None
    if edit is None and not first and declaration.version > 1:
        # A page that does not know its draft yet may repeat its first sending, but not undo what another page wrote.
        raise MovedOn("此页面的内容已在别处继续填写，请在申报进度查询中打开")
    write([Sheet(declaration, by)], form.entry, asked)
    declaration.typed = {name: text.replace("\x00", "") for name, text in form.typed.items()}
    declaration.save(update_fields=["typed"])
    if first:
        audit.record(acting(actor), "declaration.saved", declaration, version=declaration.version)
    return declaration
