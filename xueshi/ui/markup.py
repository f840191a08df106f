"""Markup with gaps, taken apart once, and what fills them, escaped once: a list fills hundreds of gaps a page."""

from functools import lru_cache
from typing import Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

_SHORT: Final = 80
"""Characters of what is worth keeping: labels, addresses, names, numbers."""


class Markup:
    """As ``format_html`` of ``text``, whose gaps are ``{}``; other braces cannot stand in it."""

    def __init__(self, text: str) -> None:
        pieces = text.split("{}")
        self._first, *self._others = (format_html(f"{piece}{{}}", "") for piece in pieces)  # rule 3: holds for callers

    def __call__(self, *values: object) -> SafeString:
        """The markup with every gap filled; ``ValueError`` when there are more or fewer."""
        drawn = self._first
        for value, after in zip(values, self._others, strict=True):
            drawn = drawn + escaped(value) + after
        return drawn


def escaped(value: object) -> SafeString:
    """As ``conditional_escape``."""
    if type(value) is str and len(value) <= _SHORT:
        return _escaped(value)
    return conditional_escape(value if isinstance(value, str) else str(value))


@lru_cache(maxsize=4096)
def _escaped(text: str) -> SafeString:
    return conditional_escape(text)
