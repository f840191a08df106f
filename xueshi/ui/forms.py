"""One way to draw and answer a form, whether its fields come from code or from a pack."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from xueshi.kernel.errors import Problems, RuleBroken
from xueshi.ui.fields import FilesField, FilesInput, PeriodInput
from xueshi.ui.parts import Scan
from xueshi.ui.refusals import speak
from xueshi.ui.rendering import CHOICES

CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Textarea, "form-control"),
    (forms.widgets.Input, "form-control"),
)


@dataclass(frozen=True, kw_only=True)
class Section:
    """Fields under one heading; fields no section names stand first, without a heading."""

    title: str
    fields: tuple[str, ...]
    hint: str = ""


class BaseForm(forms.Form):
    """A form of ours: named fields, Chinese errors, drawn by ``{% form_fields %}``.

    ``shown_when`` maps a field to {other field: answers}: it is drawn, required and kept only then.
    """

    sections: tuple[Section, ...] = ()
    shown_when: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    required_css_class = "req"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.dress(name)
        for name in self.shown_when:
            if name in self.fields:
                self.fields[name].widget.is_required = False

    @property
    def searchable(self) -> bool:
        """Whether a drop-down wants the search box, whose script is loaded only then."""
        return any("data-search" in field.widget.attrs for field in self.fields.values())

    def dress(self, name: str) -> None:
        """Give a field's widget its classes and its words."""
        _dress(self.fields[name])

    def marked(self, name: str) -> bool:
        """Whether the required mark is drawn (SYS-03)."""
        return self.fields[name].required

    def name_of(self, name: str) -> str:
        """The field a service means when it names ``name``."""
        return name

    def _clean_fields(self) -> None:
        hidden = {name for name in self.shown_when if name in self.fields and not self.is_shown(name)}
        required = {name: self.fields[name].required for name in hidden}
        for name in hidden:
            self.fields[name].required = False
        super()._clean_fields()  # type: ignore[misc]  # django-stubs omit this hook
        for name in hidden:
            self.fields[name].required = required[name]
            self.cleaned_data.pop(name, None)
            self.errors.pop(name, None)

    def is_shown(self, name: str) -> bool:
        """Whether the answers given to other fields call for this one."""
        return all(str(self[other].value() or "") in values for other, values in self.shown_when[name].items())

    def keep_files(self, name: str, scans: Sequence[Scan]) -> None:
        """List files already stored in a files field."""
        widget = self.fields[name].widget
        if not isinstance(widget, FilesInput):
            message = f"{name} takes no files"
            raise TypeError(message)
        widget.kept = tuple(scans)


def _dress(field: forms.Field) -> None:
    """Give a widget its classes and a field its words."""
    widgets = field.widget.widgets if isinstance(field.widget, forms.MultiWidget) else [field.widget]
    for widget in widgets:
        _add_class(widget)
    speak(field)
    if isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        field.widget.template_name = CHOICES
    if isinstance(field, forms.CharField) and field.max_length and isinstance(field.widget, forms.Textarea):
        field.widget.attrs.setdefault("data-counter", str(field.max_length))


def _add_class(widget: forms.Widget) -> None:
    for kind, css in CLASSES:
        if isinstance(widget, kind):
            present = widget.attrs.get("class", "")
            if css not in present:
                widget.attrs["class"] = f"{present} {css}".strip()
            return


class FieldRow:
    """One field as it is drawn: its partial, condition and width."""

    def __init__(self, bound: BoundField) -> None:
        self.bound = bound
        widget = bound.field.widget
        self.fieldset = bool(widget.use_fieldset)
        self.checkbox = isinstance(widget, forms.CheckboxInput)
        self.files = isinstance(bound.field, FilesField)
        self.unit = widget.attrs.get("data-unit", "")
        self.counter = widget.attrs.get("data-counter", "")
        self.period = isinstance(widget, PeriodInput)

    @property
    def required(self) -> bool:
        """Whether the mark is drawn (SYS-03)."""
        form = self.bound.form
        return form.marked(self.bound.name) if isinstance(form, BaseForm) else bool(self.bound.field.required)

    @property
    def shown_when(self) -> str:
        """The condition as JSON for the script: names of inputs and the answers that show this field."""
        form = self.bound.form
        conditions = getattr(form, "shown_when", {}).get(self.bound.name, {})
        named = {form.add_prefix(key): list(answers) for key, answers in conditions.items()}
        return json.dumps(named) if named else ""


@dataclass(frozen=True)
class DrawnSection:
    """A heading with its rows."""

    title: str
    hint: str
    rows: tuple[FieldRow, ...]


def rows_of(form: BaseForm) -> list[DrawnSection]:
    """All visible fields by sections."""
    named = {name for section in form.sections for name in section.fields}
    loose = [name for name in form.fields if name not in named]
    plan = [Section(title="", fields=tuple(loose)), *form.sections]
    drawn = [
        DrawnSection(
            section.title,
            section.hint,
            tuple(FieldRow(form[name]) for name in section.fields if name in form.fields and not form[name].is_hidden),
        )
        for section in plan
    ]
    return [section for section in drawn if section.rows]


def summary_of(form: forms.Form) -> list[tuple[str, str, str]]:
    """(anchor, label, message) of every error; errors of no field have no anchor."""
    if not form.is_bound:
        return []
    found = [("", "", str(message)) for message in form.non_field_errors()]
    for name in form.fields:
        bound = form[name]
        anchor = bound.id_for_label or bound.auto_id
        found += [(anchor, str(bound.label), str(message)) for message in bound.errors]
    return found


def add_problems(form: forms.Form, error: RuleBroken | Problems) -> None:
    """Show a service's refusal beside its fields; what names no field of the form goes on top."""
    broken = error.problems if isinstance(error, Problems) else (error,)
    for problem in broken:
        name = form.name_of(problem.field) if isinstance(form, BaseForm) else problem.field
        form.add_error(name if name in form.fields else None, problem.message)


def dress_filters(form: forms.Form) -> None:
    """Give the controls of a filter form their classes; drop-downs start at 全部."""
    for field in form.fields.values():
        _dress(field)
