"""The smallest components, drawn in Python: a page has hundreds of them, and a template each would be half its cost."""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cache, lru_cache, reduce
from operator import add
from pathlib import Path
from typing import Any, Final

from django import forms
from django.forms.utils import flatatt
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from xueshi.ui import parts
from xueshi.ui.list_page import RowAction
from xueshi.ui.markup import Markup, escaped
from xueshi.ui.printing import printed
from xueshi.ui.shell import NavGroup

NOTHING = "—"
_ROW: Final = Markup('<tr role="row" data-row="{}">')
_CHOSEN_ROW: Final = Markup('<tr role="row" data-row="{}" class="sel" aria-current="true">')
_PICK: Final = Markup(
    '<td role="cell" class="x-pick"><input type="checkbox" class="form-check-input" name="row" value="{}"'
    ' form="{}" aria-label="选择 {}"{}{}></td>'
)
_TICKED: Final = Markup(" {}")("checked")
_WEIGHT: Final = Markup(' data-weight="{}"')
_NUMBER: Final = Markup('<td role="cell" data-l="序号" class="num x-no"><div>{}</div></td>')
_ROW_LINK: Final = Markup('<a href="{}" hx-boost="false">{}<span class="visually-hidden"> {}</span></a>')
_ROW_POST: Final = Markup(
    '<form method="post" action="{}" hx-boost="false"><input type="hidden" name="csrfmiddlewaretoken" value="{}">{}'
    '<button class="btn btn-link btn-sm"{}>{}<span class="visually-hidden"> {}</span></button></form>'
)
_OPTION: Final = Markup('<option value="{}"{}>{}</option>')
_OPTION_GROUP: Final = Markup('<optgroup label="{}">{}</optgroup>')
_HIDDEN: Final = Markup('<input type="hidden" name="{}" value="{}">')
_CONFIRM: Final = Markup(' data-confirm="{}"')
_STRONG: Final = Markup("<b>{}</b>")
_BADGE: Final = Markup(' <span class="x-badge">{}</span>')
_NOTE: Final = Markup('<div class="x-note">{}</div>')
_PROBLEM: Final = Markup('<div class="x-problem">{}</div>')
_LINK: Final = Markup('<a href="{}" hx-boost="false">{}</a>')  # a page of its own, not a part of the list
_LINK_INTO: Final = Markup('<a href="{}" hx-target="#{}" hx-swap="innerHTML show:none">{}</a>')
type OptionGroup = tuple[str | None, Iterable[Mapping[str, Any]], int]
"""A widget's choices as Django hands them to its template: the group's name, its options, its place."""

type Acting = tuple[RowAction[Any], str, Mapping[str, str]]
"""An action of a row, its address there, and what it posts."""


@cache
def known_icons() -> frozenset[str]:
    """The names in the sprite."""
    sprite = Path(__file__).parent / "static" / "xueshi" / "icons.svg"
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite.read_text(encoding="utf-8")))


@cache
def icon(name: str, *, large: bool = False) -> SafeString:
    """An icon of the sprite; it is decoration, so the words beside it carry the meaning."""
    if name not in known_icons():
        message = f"icon {name!r} is not in static/xueshi/icons.svg"
        raise TemplateSyntaxError(message)
    return format_html(
        '<svg class="x-icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        " large" if large else "", static("xueshi/icons.svg"), name,
    )  # fmt: skip


@cache
def asset(path: str) -> str:
    """The address of a static file."""
    return static(path)


@lru_cache(maxsize=256)
def nav(groups: tuple[NavGroup, ...], place: str) -> SafeString:
    """The menu of a page. The same one stands on page after page, so each is drawn once for as long as it is in use."""
    return render_to_string("ui/parts/nav.html", {"groups": groups, "place": place})


@lru_cache(maxsize=256)
def framed(template: str, name: str, value: Hashable) -> SafeString:
    """A part of the frame of every page, drawn once for as long as what it shows is in use."""
    return render_to_string(template, {name: value})


def shown(value: object) -> object:
    """A value as pages print it; nothing is a dash."""
    return NOTHING if value is None or value == "" else printed(value)


@lru_cache(maxsize=512)
def state(of: parts.State) -> SafeString:
    """A state word."""
    if of.tone not in parts.TONES:
        message = f"state tone {of.tone!r}: expected one of {sorted(parts.TONES)}"
        raise TemplateSyntaxError(message)
    return format_html('<span class="x-state {}">{}</span>', of.tone, of.label)


def cell(value: object, url: str = "", into: str = "") -> SafeString:
    """A table cell's content: text, state, or two lines; ``into`` names the element its link fills."""
    if isinstance(value, parts.Cell):
        return _two_lines(value, url, into)
    if isinstance(value, parts.State):
        return state(value)
    drawn = escaped(str(shown(value)))
    return _linked(drawn, url, into) if url else drawn


@lru_cache(maxsize=1024)
def opening(label: str, classes: str, inner: str = "") -> SafeString:
    """What stands before the content in every cell of one column; ``inner`` are the classes of the box within."""
    within = format_html(' class="{}"', inner) if inner else ""
    return format_html('<td role="cell" data-l="{}" class="{}"><div{}>', label, classes, within)


_CLOSING: Final = format_html("</div></{}>", "td")
_NOTHING: Final = format_html("{}", "")


def cells(drawn: Iterable[tuple[SafeString, SafeString]]) -> SafeString:
    """The cells of one row from their ``opening`` and content."""
    return joined(opening + content + _CLOSING for opening, content in drawn)


def joined(drawn: Iterable[SafeString]) -> SafeString:
    """What is drawn already, one after the other, without being looked at again."""
    return reduce(add, drawn, _NOTHING)


def row_opening(key: object, *, chosen: bool) -> SafeString:
    """What stands before the cells of a row; ``chosen`` marks the one whose detail is open."""
    return (_CHOSEN_ROW if chosen else _ROW)(key)


def pick(value: object, form: str, name: str, weight: object = "", *, ticked: bool = False) -> SafeString:
    """The cell with a row's tick, which belongs to ``form``; ``weight`` is what the page sums over ticked rows."""
    return _PICK(value, form, name, _WEIGHT(weight) if weight else "", _TICKED if ticked else "")


def number(place: int) -> SafeString:
    """The cell of 序号."""
    return _NUMBER(place)


def row_link(url: str, label: str, name: str) -> SafeString:
    """A link of a row's last column; ``name`` says to screen readers which row."""
    return _ROW_LINK(url, label, name)


def options(groups: Iterable[OptionGroup]) -> SafeString:
    """The choices of a drop-down; whole catalogues stand in some, and two templates a choice outweighed the page."""
    return joined(one for name, choices, _place in groups for one in _group(name, choices))


def _group(name: str | None, choices: Iterable[Mapping[str, Any]]) -> Iterator[SafeString]:
    drawn = (option(str(one["value"]), str(one["label"]), one["attrs"]) for one in choices)
    if name:
        yield _OPTION_GROUP(name, joined(drawn))
    else:
        yield from drawn


def option(value: str, label: str, attributes: Mapping[str, Any]) -> SafeString:
    """One choice of a drop-down."""
    return _OPTION(value, flatatt(dict(attributes)) if attributes else "", label)


def row_post(acting: Acting, name: str, token: str) -> SafeString:
    """A button of a row's last column, in the form that posts its fields."""
    action, url, fields = acting
    sent = joined(_HIDDEN(key, value) for key, value in fields.items())
    asks = _CONFIRM(action.confirm) if action.confirm else ""
    return _ROW_POST(url, token, sent, asks, action.label, name)


def row_actions(actions: Iterable[Acting], name: str, token: str) -> SafeString:
    """The last column of a row, of buttons that post and of links."""
    drawn = [row_post(one, name, token) if one[0].post else row_link(one[1], one[0].label, name) for one in actions]
    return _last_column(drawn)


def row_links(links: Iterable[tuple[str, str]], name: str) -> SafeString:
    """The last column of a row that has links only, from their addresses and labels."""
    return _last_column(row_link(url, label, name) for url, label in links)


def _last_column(drawn: Iterable[SafeString]) -> SafeString:
    return opening("操作", "x-acts", "x-actions") + joined(drawn) + _CLOSING


def controls(form: forms.Form) -> SafeString:
    """The controls of a filter form, each under its label and with its first error."""
    return format_html_join("", '<div class="x-filter"><label for="{}">{}</label>{}{}</div>', (
        (bound.id_for_label, bound.label, bound, _first_error(bound)) for bound in form
    ))  # fmt: skip


def _first_error(bound: forms.BoundField) -> str:
    errors = bound.errors
    return format_html('<div class="x-error" id="{}_error">{}</div>', bound.auto_id, errors[0]) if errors else ""


def _two_lines(of: parts.Cell, url: str, into: str) -> SafeString:
    text = state(of.text) if isinstance(of.text, parts.State) else escaped(str(shown(of.text)))
    if of.strong and not isinstance(of.text, parts.State):
        text = _STRONG(text)
    if of.url or url:
        text = _linked(text, of.url or url, "" if of.url else into)
    if of.badge:
        text += _BADGE(of.badge)
    if of.note:
        text += _NOTE(of.note)
    if of.problem:
        text += _PROBLEM(of.problem)
    return text


def _linked(text: SafeString, url: str, into: str) -> SafeString:
    return _LINK_INTO(url, into, text) if into else _LINK(url, text)
