"""Draws a form a pack describes. The description itself judges the answers; this only asks and shows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict

from xueshi.kernel.errors import Problems, RuleBroken
from xueshi.ui.forms import BaseForm, Section, add_problems
from xueshi.ui.parts import Scan
from xueshi.ui.picking import Picker
from xueshi.ui.spec_fields import Asked, UploadLimit, draw


class Described(Protocol):
    """What this module needs of ``policies.forms.FormSpec``."""

    @property
    def fields(self) -> Sequence[Asked]:
        """The questions in order."""

    def clean(self, values: Any, role: str = "", *, today: date, draft: bool = False) -> Any:
        """The answers; ``Problems`` when they cannot stand."""

    def for_role(self, role: str) -> "Described":
        """The questions a role is asked."""

    def defaults(self) -> dict[str, str]:
        """What a fresh form starts with."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a described form needs to know of its page.

    ``store`` keeps a new upload at once, so that it survives a refusal of the form (``RuleBroken`` refuses the
    file); ``stored`` describes a kept key, or None when it is not this person's. ``draft`` lets gaps
    pass.
    """

    today: date
    role: str = ""
    draft: bool = False
    uploads: Mapping[str, UploadLimit] = field(default_factory=dict)
    pickers: Mapping[str, Picker] = field(default_factory=dict)
    store: Callable[[Asked, "UploadedFile[Any]"], Scan] | None = None
    stored: Callable[[str], Scan | None] = field(default=lambda _key: None)


class SpecForm(BaseForm):
    """A described form; after ``is_valid()`` the answers are in ``answers``.

    ``initial`` is ``spec.typed(answers)`` of what is being edited, or nothing for a fresh form.
    """

    def __init__(
        self,
        spec: Described,
        around: Surroundings,
        data: "MultiValueDict[str, str] | None" = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.spec, self.around = spec, around
        self.asked = {asked.key: asked for asked in spec.for_role(around.role).fields}
        self.answers: Any = None
        filled = spec.defaults() if initial is None else initial
        super().__init__(data, files, initial=_by_key(self.asked.values(), filled))
        self._add_fields()

    def _add_fields(self) -> None:
        for key, asked in self.asked.items():
            self.fields[key] = draw(asked, self.around, required=self.marked(key))
            self.dress(key)
        self.shown_when = {key: asked.shown_when for key, asked in self.asked.items() if asked.shown_when}
        self.sections = tuple(
            Section(title=title, fields=tuple(key for key, asked in self.asked.items() if asked.section == title))
            for title in dict.fromkeys(asked.section for asked in self.asked.values() if asked.section)
        )
        for key, asked in self.asked.items():
            if asked.kind in {"file", "files"}:
                self._list_stored(key)

    def _list_stored(self, key: str) -> None:
        kept = self._sent(f"{key}__keep") if self.is_bound else self.initial.get(key, ())
        keys = [kept] if isinstance(kept, str) else kept
        self.keep_files(key, [scan for name in keys if (scan := self.around.stored(name))])

    def marked(self, name: str) -> bool:
        """Whether the required mark is drawn."""
        return self.asked[name].required_for(self.around.role)

    @property
    def finding(self) -> bool:
        """Whether a 查找 button of a picker was pressed: the form is drawn again and judged later."""
        return any(name.endswith("__find") for name in self.data)

    def full_clean(self) -> None:
        """Let the description judge what was typed."""
        self._errors = ErrorDict()
        self.cleaned_data = {}
        if not self.is_bound or self.finding:
            return
        self._store_uploads()
        if self._errors:
            return
        try:
            self.answers = self.spec.clean(
                self.typed(), self.around.role, today=self.around.today, draft=self.around.draft
            )
        except (RuleBroken, Problems) as refusal:
            add_problems(self, refusal)
        else:
            self._refuse_unoffered()

    def _refuse_unoffered(self) -> None:
        """What was picked must still be on offer."""
        for key, asked in self.asked.items():
            picked = asked.kind == "pick" and key in self.answers
            if picked and self.around.pickers[asked.picker].line(self.answers.text(key)) is None:
                self.add_error(key, f"请从列表中选择{asked.label}")

    def is_valid(self) -> bool:
        """Whether there are answers."""
        return self.is_bound and not self.errors and not self.finding

    def _store_uploads(self) -> None:
        for key, asked in self.asked.items():
            if asked.kind not in {"file", "files"} or self.around.store is None:
                continue
            widget = self.fields[key].widget
            try:
                sent = self.fields[key].clean(self[key].data)
                widget.kept = (*widget.kept, *(self.around.store(asked, file) for file in sent.added))
            except forms.ValidationError as refusal:
                self.add_error(key, refusal)
            except RuleBroken as refusal:
                self.add_error(key, refusal.message)

    def typed(self) -> dict[str, str | list[str]]:
        """What was typed, by input name; files as the keys they are stored under."""
        found: dict[str, str | list[str]] = {}
        for key, asked in self.asked.items():
            if asked.kind in {"file", "files"}:
                found[key] = [scan.key for scan in self.fields[key].widget.kept]
            else:
                found |= {name: self.data.get(name, "") for name in asked.names}
        return found

    def _sent(self, name: str) -> list[str]:
        return list(self.data.getlist(name)) if isinstance(self.data, MultiValueDict) else list(self.data.get(name, ()))

    def name_of(self, name: str) -> str:
        """The field an input belongs to: both ends of a period are one field."""
        return next((key for key, asked in self.asked.items() if name in asked.names), name)


def _by_key(fields: Iterable[Asked], filled: Mapping[str, Any]) -> dict[str, Any]:
    initial = dict(filled)
    for asked in fields:
        if len(asked.names) > 1:
            initial[asked.key] = [filled.get(name) for name in asked.names]
    return initial
