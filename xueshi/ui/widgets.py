"""Widgets for described questions: a narrowed drop-down, and a picker over a large set."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from django import forms

from xueshi.ui.fields import PLEASE_CHOOSE


class Option(Protocol):
    """One choice."""

    @property
    def code(self) -> str:
        """What is stored."""

    @property
    def label(self) -> str:
        """What is printed."""

    @property
    def printed(self) -> str:
        """What is printed in a list of choices."""

    @property
    def parents(self) -> tuple[str, ...]:
        """The answers above that it belongs to."""


class Finder(Protocol):
    """Finds values by words."""

    @property
    def url(self) -> str:
        """Where htmx asks."""

    @property
    def search(self) -> Callable[[str], Sequence[tuple[str, str]]]:
        """(value, label) pairs for words, best first."""

    @property
    def label(self) -> Callable[[str], str | None]:
        """What a value is called, None when there is no such value."""


class ChoosingSelect(forms.Select):
    """A drop-down that starts at 请选择 (SYS-20); its options may hang on answers given above."""

    def __init__(self, options: Sequence[Option], *, narrowed_by: Sequence[str] = (), attrs: dict[str, Any]) -> None:
        if narrowed_by:
            attrs = attrs | {"data-narrowed-by": json.dumps(list(narrowed_by))}
        super().__init__(attrs, [PLEASE_CHOOSE, *((option.code, option.printed) for option in options)])
        self.parents = {option.code: option.parents for option in options if option.parents and narrowed_by}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the option hangs on."""
        option = super().create_option(name, value, *args, **kwargs)
        if parents := self.parents.get(str(value)):
            option["attrs"]["data-parents"] = json.dumps(parents)
        return option


class PickInput(forms.Widget):
    """A search box with its findings as radio buttons; 查找 works with and without scripts."""

    template_name = "ui/widgets/pick.html"
    use_fieldset = True

    def __init__(self, finder: Finder, placeholder: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.finder, self.placeholder, self.words = finder, placeholder, ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The chosen value; the words searched for are remembered for drawing."""
        if f"{name}__find" in data:
            self.words = str(data.get(f"{name}__q", ""))[:100]
        return data.get(name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the chosen value and the findings."""
        chosen = str(value or "")
        label = self.finder.label(chosen) if chosen else None
        found = [pair for pair in self.finder.search(self.words) if pair[0] != chosen] if self.words else []
        picked = [(chosen, label)] if label else []
        more = {"picked": picked, "found": found, "words": self.words, "finder": self.finder}
        return super().get_context(name, value, attrs) | more | {"placeholder": self.placeholder}
