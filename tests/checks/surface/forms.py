"""The forms of a page, as its markup has them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_WITHOUT: Final = frozenset({"file", "submit", "radio", "checkbox", "button", "reset"})
"""Inputs that go along only when they are chosen."""


@dataclass
class Form:
    """A form as it stands in a page."""

    action: str
    posts: bool
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By the address to which a button sends the form; empty is the form's own."""
    choices: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ends(self) -> dict[str, list[tuple[str, str]]]:
        """Where the form goes and by which buttons; without buttons to its own address."""
        return self.buttons or {"": []}


class _Reader(HTMLParser):
    """Forms of a page; a field names its form or belongs to the one around it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Form] = {}
        self._now, self._select, self._area = "", ("", ""), ("", "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._now = known.get("id") or f"#{len(self.forms)}"
            self.forms[self._now] = Form(known.get("action", ""), known.get("method", "").lower() == "post")
        form, name = self._form(known), known.get("name", "")
        if form is None:
            return
        if tag == "option":
            self._option(known)
        elif tag in {"select", "textarea"} and name:
            form.fields.setdefault(name, "")
            self._select, self._area = (
                ((self._key(known), name), self._area) if tag == "select" else (self._select, (self._key(known), name))
            )
        elif tag in {"input", "button"} and (name or known.get("formaction")):
            self._input(form, known, tag)

    def _key(self, known: dict[str, str]) -> str:
        return known.get("form") or self._now

    def _form(self, known: dict[str, str]) -> Form | None:
        return self.forms.get(self._key(known))

    def _option(self, known: dict[str, str]) -> None:
        form, name = self.forms.get(self._select[0]), self._select[1]
        if form is not None and name:
            form.choices.setdefault(name, []).append(known.get("value", ""))
            if "selected" in known:
                form.fields[name] = known.get("value", "")

    @staticmethod
    def _input(form: Form, known: dict[str, str], tag: str) -> None:
        kind = known.get("type", "submit" if tag == "button" else "text")
        name, value = known.get("name", ""), known.get("value", "")
        if kind == "submit":
            form.buttons.setdefault(known.get("formaction", ""), []).append((name, value))
        elif kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(value)
            form.fields.setdefault(name, value)  # the first one, so that each field is there
        elif kind not in _WITHOUT:
            form.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._now = ""
        elif tag == "select":
            self._select = ("", "")
        elif tag == "textarea":
            self._area = ("", "")

    def handle_data(self, data: str) -> None:
        form = self.forms.get(self._area[0])
        if form is not None and self._area[1]:
            form.fields[self._area[1]] = data.strip()


def forms(page: str) -> list[Form]:
    """Every form of a page."""
    reader = _Reader()
    reader.feed(page)
    return list(reader.forms.values())
