"""What a request asks of the form or sends to it, made into its page."""

from dataclasses import dataclass

from django.http import HttpRequest

from xueshi.declarations import permissions, selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.web import forms
from xueshi.declarations.web.choosing import ChooseForm, Chosen
from xueshi.declarations.web.forms import Posted
from xueshi.declarations.web.page import Page, Side
from xueshi.declarations.web.reopening import Reopened
from xueshi.kernel import one_time
from xueshi.kernel.errors import NotFound
from xueshi.kernel.text import number
from xueshi.policies.requests import actor_of


@dataclass(frozen=True)
class Asked:
    """What a request asks for or sends: the declaration it is about, what was posted, what was opened again."""

    declaration: Declaration | None
    posted: Posted | None
    opened: Reopened | None


def page_of(request: HttpRequest, side: Side, what: Chosen, asked: Asked) -> Page:
    """The page a request asks for or sends."""
    actor, posted, opened = actor_of(request), asked.posted, asked.opened
    key = (one_time.sent_back(posted.data.get("key", "")) if posted else "") or one_time.token()
    form = forms.answers_form(actor, what, posted, opened.typed if opened else None)
    choose = ChooseForm(what, request.path)
    return Page(actor, side, what, request.path, posted, asked.declaration, key, form, choose, opened)


def begun(request: HttpRequest, *, by_unit: bool = False) -> Declaration | None:
    """The draft in which a fresh page has kept itself; None before that, and when it was deleted elsewhere."""
    named = number(request.POST.get("draft", ""))
    try:
        found = selectors.declaration_for(actor_of(request), named) if named is not None else None
    except NotFound:
        return None
    if found is not None:
        permissions.can_edit(actor_of(request), found).require()
        if (found.declaring_body_id is not None) != by_unit:
            raise NotFound
    return found
