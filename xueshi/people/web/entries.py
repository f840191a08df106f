"""学历及学位情况, 职（执）业资格, 学术技术称号: several entries, added, changed, deleted (PRO-23 to PRO-25)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.people import selectors, services
from xueshi.people.models import Entry
from xueshi.people.states import EntryKind
from xueshi.people.web import forms, pages
from xueshi.people.web.forms import Desk, TabForm
from xueshi.people.web.scans import own_scan
from xueshi.policies.answers import Answers
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.ui import again
from xueshi.ui.parts import Pair
from xueshi.ui.routes import route


def _kind(text: str) -> EntryKind:
    if text not in {kind.value for kind in EntryKind}:
        raise NotFound
    return EntryKind(text)


@route()
def entries(request: PortalRequest, kind: str) -> HttpResponse:
    """The entries of a tab as cards."""
    desk, known = pages.desk_of(request), _kind(kind)
    cards = [_card(desk, entry) for entry in selectors.own_entries(desk.actor, known)]
    return pages.drawn(request, "people/entries.html", pages.context(desk, known, kind=kind, cards=cards))


@route("GET", "POST", object_kind="people.entry")
def entry(request: PortalRequest, kind: str, pk: int | None = None) -> HttpResponse:
    """The form of one entry, new without ``pk``."""
    desk, known = pages.desk_of(request), _kind(kind)
    found = selectors.own_entry(desk.actor, known, pk) if pk is not None else None
    filled = desk.entry(desk.pack.profile.tab(known), found)

    def page(form: TabForm, status: int = 200) -> HttpResponse:
        version = selectors.own_entry(desk.actor, known, pk).version if pk is not None else 0
        more = {"form": form, "version": version, "back": pages.address(known)}
        return pages.drawn(request, "people/form.html", pages.context(desk, known, **more), status)

    if request.method != "POST":
        return page(desk.form(known, filled))
    form = desk.form(known, filled, request.POST, request.FILES)
    return pages.answered(request, form, lambda answers: _save(request, desk, known, (answers, pk)), page)


def _save(request: PortalRequest, desk: Desk, kind: EntryKind, given: tuple[Answers, int | None]) -> HttpResponse:
    answers, pk = given
    services.save_entry(desk.actor, desk.entry_draft(kind, answers, request.POST, pk))
    messages.success(request, "已保存")
    return redirect("people:entries", kind=kind.value)


@route("POST", object_kind="people.entry")
def delete(request: PortalRequest, kind: str, pk: int) -> HttpResponse:
    """删除 of an entry."""
    known = _kind(kind)
    try:
        services.delete_entry(actor_of(request), known, pk)
    except RuleBroken as refusal:
        return again.told(request, refusal.message, "people:entries", known.value, status=refusal.status)
    messages.success(request, "已删除")
    return redirect("people:entries", kind=known.value)


def _card(desk: Desk, entry: Entry) -> dict[str, Any]:
    tab = desk.pack.profile.tab(entry.kind)
    words = dict(forms.labels(tab, entry))
    words.pop("highest", None)
    named = tab.form.fields[0].key
    return {
        "name": words.pop(named, ""),
        "highest": entry.highest,
        "pairs": [Pair(label=tab.form.field(key).label, value=text) for key, text in words.items()],
        "scans": [own_scan(entry.scan)] if entry.scan is not None else [],
        "edit": reverse("people:entry", args=[entry.kind, entry.pk]),
        "delete": reverse("people:delete_entry", args=[entry.kind, entry.pk]),
    }
