# ruff: noqa: D102 — the members of a protocol mean what they mean in policies.fields
"""One described question → a Django field that draws it. It accepts anything; the description judges."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django import forms

from xueshi.ui.cascade import LEVELS, CascadeSelect, depth
from xueshi.ui.fields import DateInput, FilesField, PeriodInput
from xueshi.ui.picking import Picker, PickInput
from xueshi.ui.widgets import ChoosingSelect, Option


class Choice(Option, Protocol):
    """One option of a described question."""

    def offered(self, on: date) -> bool:
        """Whether it may be chosen on that day."""


class UploadLimit(Protocol):
    """What may be uploaded for one purpose."""

    @property
    def accept(self) -> str:
        """For the file input."""

    @property
    def max_bytes(self) -> int:
        """Per file."""

    @property
    def hint(self) -> str:
        """The words beside the input."""


class Asked(Protocol):
    """What is read of ``policies.fields.FieldSpec``."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def kind(self) -> Any: ...
    @property
    def shown_when(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def options(self) -> Sequence[Choice]: ...
    @property
    def narrowed_by(self) -> tuple[str, ...]: ...
    @property
    def dated_by(self) -> str: ...
    @property
    def searchable(self) -> bool: ...
    @property
    def picker(self) -> str: ...
    @property
    def placeholder(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def section(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def autocomplete(self) -> str: ...
    @property
    def max_length(self) -> int: ...
    @property
    def step(self) -> Decimal | None: ...
    @property
    def past(self) -> bool: ...
    @property
    def upload(self) -> str: ...
    @property
    def max_files(self) -> int: ...

    @property
    def names(self) -> tuple[str, ...]:
        """Its inputs."""

    def required_for(self, role: str) -> bool:
        """Whether the role must answer."""


class Around(Protocol):
    """The part of ``specs.Surroundings`` that drawing needs."""

    @property
    def today(self) -> date:
        """The day."""

    @property
    def uploads(self) -> Mapping[str, UploadLimit]:
        """Limits by purpose."""

    @property
    def pickers(self) -> Mapping[str, Picker]:
        """Pickers by name."""


def draw(asked: Asked, around: Around, *, required: bool) -> forms.Field:
    """The field of a question."""
    if asked.kind in {"file", "files"}:
        return _files(asked, around, required=required)
    widget = _WIDGETS.get(str(asked.kind), _text)(asked, around)
    if required and not widget.use_fieldset and not isinstance(widget, forms.CheckboxInput):
        widget.attrs["aria-required"] = "true"
    return forms.Field(required=False, label=asked.label, help_text=asked.hint, widget=widget)


def _text(asked: Asked, around: Around) -> forms.Widget:
    attrs: dict[str, Any] = {"maxlength": asked.max_length}
    for name, value in (("placeholder", asked.placeholder), ("autocomplete", asked.autocomplete)):
        if value:
            attrs[name] = value
    if asked.unit:
        attrs["data-unit"] = asked.unit
    return forms.TextInput(attrs)


def _with(**attrs: str) -> Callable[[Asked, Around], forms.Widget]:
    def build(asked: Asked, around: Around) -> forms.Widget:
        widget = _text(asked, around)
        widget.attrs |= {name.replace("_", "-"): value for name, value in attrs.items()}
        return widget

    return build


def _textarea(asked: Asked, around: Around) -> forms.Widget:
    attrs = _text(asked, around).attrs | {"rows": 3, "data-counter": str(asked.max_length)}
    del attrs["maxlength"]
    return forms.Textarea(attrs)


def _password(asked: Asked, around: Around) -> forms.Widget:
    return forms.PasswordInput(_text(asked, around).attrs | {"autocomplete": asked.autocomplete or "new-password"})


def _date(asked: Asked, around: Around) -> forms.Widget:
    return DateInput({"max": around.today.isoformat()} if asked.past else {})


def _offered(asked: Asked, around: Around) -> list[Choice]:
    """What may be chosen today; where another date decides, everything, and the description judges by that date."""
    return [option for option in asked.options if asked.dated_by or option.offered(around.today)]


def _select(asked: Asked, around: Around) -> forms.Widget:
    options = _offered(asked, around)
    attrs: dict[str, Any] = {"data-search": ""} if asked.searchable else {}
    if asked.dated_by:
        attrs["data-dated-by"] = asked.dated_by
    return ChoosingSelect(options, narrowed_by=asked.narrowed_by, attrs=attrs)


def _area(asked: Asked, around: Around) -> forms.Widget:
    """A whole province is chosen from above; the areas of one city are one list."""
    options = _offered(asked, around)
    return CascadeSelect(options) if depth(options) == len(LEVELS) else _select(asked, around)


def _radio(asked: Asked, around: Around) -> forms.Widget:
    return forms.RadioSelect(choices=[(option.code, option.label) for option in _offered(asked, around)])


def _pick(asked: Asked, around: Around) -> forms.Widget:
    return PickInput(around.pickers[asked.picker], asked.placeholder)


def _files(asked: Asked, around: Around, *, required: bool) -> forms.Field:
    limit = around.uploads[asked.upload]
    many = str(asked.kind) == "files"
    built = FilesField(
        required=False,
        label=asked.label,
        help_text=asked.hint or limit.hint,
        max_files=asked.max_files if many else 1,
        max_bytes=limit.max_bytes,
        accept=limit.accept.split(","),
    )
    built.widget.attrs["multiple"] = many and asked.max_files > 1
    return built


_WIDGETS: Mapping[str, Callable[[Asked, Around], forms.Widget]] = {
    "textarea": _textarea,
    "integer": _with(inputmode="numeric"),
    "hours": _with(inputmode="decimal"),
    "document": _with(autocomplete="off", spellcheck="false", autocapitalize="characters"),
    "organisation_code": _with(autocomplete="off", spellcheck="false"),
    "phone": _with(inputmode="tel"),
    "telephone": _with(inputmode="tel"),
    "email": _with(inputmode="email"),
    "password": _password,
    "readonly": _with(readonly="readonly"),
    "date": _date,
    "period": lambda asked, around: PeriodInput(latest=around.today if asked.past else None),
    "select": _select,
    "area": _area,
    "radio": _radio,
    "checkbox": lambda _asked, _around: forms.CheckboxInput(),
    "agreement": lambda _asked, _around: forms.CheckboxInput(),
    "pick": _pick,
}
