"""消息: what a person was told on this portal, and by which way they want to hear of it outside."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from xueshi.accounts.messages import contacts
from xueshi.kernel import masking
from xueshi.kernel.errors import NotFound
from xueshi.notifications import selectors, services, wording
from xueshi.notifications.models import Note
from xueshi.notifications.states import Channel
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.ui.routes import route

PAGE = 15
NONE = "none"
_LARGEST = 18
"""Digits of a key that a database takes."""


@route(withdrawn=True)
def listed(request: PortalRequest) -> HttpResponse:
    """One's messages, newest first; ``unread=1`` leaves out what was read."""
    user, unread = actor_of(request).user, request.GET.get("unread") == "1"
    rows = selectors.notes_of(user.pk, request.pack.key)
    page = Paginator(rows.filter(read_at=None) if unread else rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "notes": [_shown(request, note) for note in page.object_list],
        "newest": max((note.pk for note in page.object_list), default=0),
        "has_unread": any(note.read_at is None for note in page.object_list),
        "unread": unread,
        "ways": _ways(request),
    }
    return render(request, "portal/notes.html", context)


def _shown(request: PortalRequest, note: Note) -> dict[str, object]:
    said = (request.pack.key, note.template, note.values)
    return {"note": note, "title": wording.note_title(*said), "text": wording.note_text(*said)}


def _ways(request: PortalRequest) -> list[dict[str, object]]:
    """The ways out that would reach this person, the one in use marked; empty when there is none.

    Nothing leaves where consent was taken back, so there is none then.
    """
    user = actor_of(request).user
    if user.consent_withdrawn_at is not None:
        return []
    known, chosen = contacts(user), selectors.choices_of([user.pk])
    open_ = [one for one in (Channel.MAIL, Channel.SMS) if known[one] and services.offered(one)]
    used = chosen[user.pk] if user.pk in chosen else next(iter(open_), None)
    shown = {Channel.MAIL: ("电子邮件", masking.email), Channel.SMS: ("短信", masking.phone)}
    ways: list[dict[str, object]] = [
        {"value": one.value, "label": shown[one][0], "note": shown[one][1](known[one]), "chosen": one == used}
        for one in open_
    ]
    return [*ways, {"value": NONE, "label": "不另行提醒", "note": "", "chosen": used not in open_}] if ways else []


@route("POST", withdrawn=True)
def read_all(request: PortalRequest) -> HttpResponse:
    """全部标为已读: what the page showed and whatever is older; what has come since stays unread."""
    newest = request.POST.get("newest", "")
    if not newest.isdecimal() or len(newest) > _LARGEST:
        raise NotFound
    services.read_all(actor_of(request).user.pk, request.pack.key, int(newest))
    return redirect("portal:notes")


@route("POST", object_kind="notifications.note", withdrawn=True)
def opened(request: PortalRequest, pk: int) -> HttpResponse:
    """查看: a message is read, and its reader goes on to what it is about."""
    note = services.read(actor_of(request).user.pk, request.pack.key, pk)
    inside = url_has_allowed_host_and_scheme(note.url, allowed_hosts=None)
    return redirect(note.url if note.url and inside else "portal:notes")


@route("POST")
def choose(request: PortalRequest) -> HttpResponse:
    """提醒方式: by which way to hear of messages outside the program."""
    way = request.POST.get("way", "")
    if way not in {NONE, *Channel}:
        raise NotFound
    services.choose(actor_of(request).user.pk, None if way == NONE else Channel(way))
    messages.success(request, "提醒方式已保存")
    return redirect("portal:notes")
