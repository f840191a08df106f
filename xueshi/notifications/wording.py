"""The words of messages. They stand in the packs, above this app, which registers itself as their source."""

from collections.abc import Callable, Mapping

type Source = Callable[[str, str], str]
"""(portal, key) → the words, with ``{names}`` for the values."""

TEMPLATES = ("code", "password_changed", "contact_changed", "reset")
"""Every message there is; a provider of text messages wants each approved under a number of its own."""

_sources: list[Source] = []


def use(source: Source) -> None:
    """Take words from here on from ``source``."""
    _sources[:] = [source]


def text(portal: str, template: str, values: Mapping[str, str]) -> str:
    """The body of a message."""
    return _words(portal, f"messages.{template}").format(**values)


def subject(portal: str, template: str) -> str:
    """The subject of a mail."""
    return _words(portal, f"messages.{template}_subject")


def _words(portal: str, key: str) -> str:
    if not _sources:
        message = "nobody has said where the words of messages are"
        raise LookupError(message)
    return _sources[0](portal, key)
