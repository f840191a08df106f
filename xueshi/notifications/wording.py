"""The words of messages. They stand in the packs, above this app, which registers itself as their source."""

from collections.abc import Callable, Mapping

type Source = Callable[[str, str], str]
"""(portal, key) → the words, with ``{names}`` for the values."""

TEMPLATES = ("code", "password_changed", "contact_changed", "reset", "notice")
"""Every message there is; a provider of text messages wants each approved under a number of its own."""

NOTES = (
    "approved", "rejected", "revoked", "waiting", "drafts", "closing", "certificate_revoked", "certificate_superseded",
)  # fmt: skip
"""Every kind of note; each has a title, which is all that leaves the program, and a text."""

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


def note_title(portal: str, template: str, values: Mapping[str, str]) -> str:
    """What a note is about, in a few words that name nobody."""
    return _words(portal, f"notes.{template}_title").format(**values)


def note_text(portal: str, template: str, values: Mapping[str, str]) -> str:
    """What a note says."""
    return _words(portal, f"notes.{template}").format(**values)


def _words(portal: str, key: str) -> str:
    if not _sources:
        message = "nobody has said where the words of messages are"
        raise LookupError(message)
    return _sources[0](portal, key)
