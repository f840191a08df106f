"""The smallest components, drawn in Python: a page has hundreds of them, and a template each would be half its cost."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from django.template import TemplateSyntaxError
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from xueshi.ui import parts
from xueshi.ui.printing import printed

NOTHING = "—"


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
    drawn = state(value) if isinstance(value, parts.State) else format_html("{}", shown(value))
    return _linked(drawn, url, into) if url and not isinstance(value, parts.State) else drawn


def cells(drawn: Iterable[tuple[str, str, SafeString]]) -> SafeString:
    """The cells of one row from their label, classes and content."""
    return format_html_join("", '<td role="cell" data-l="{}" class="{}"><div>{}</div></td>', drawn)


def _two_lines(of: parts.Cell, url: str, into: str) -> SafeString:
    text = state(of.text) if isinstance(of.text, parts.State) else format_html("{}", shown(of.text))
    if of.strong and not isinstance(of.text, parts.State):
        text = format_html("<b>{}</b>", text)
    if of.url or url:
        text = _linked(text, of.url or url, "" if of.url else into)
    return format_html(
        "{}{}{}{}", text,
        format_html(' <span class="x-badge">{}</span>', of.badge) if of.badge else "",
        format_html('<div class="x-note">{}</div>', of.note) if of.note else "",
        format_html('<div class="x-problem">{}</div>', of.problem) if of.problem else "",
    )  # fmt: skip


def _linked(text: SafeString, url: str, into: str) -> SafeString:
    if into:
        return format_html('<a href="{}" hx-target="#{}" hx-swap="innerHTML">{}</a>', url, into, text)
    return format_html('<a href="{}">{}</a>', url, text)
