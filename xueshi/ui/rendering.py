"""What Django asks to draw a form's controls: those of one element in Python, all others by their templates.

A form has dozens of controls, and each template of Django's opens two more for its attributes.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.safestring import SafeString

from xueshi.ui import drawing
from xueshi.ui.markup import Markup

type Widget = Mapping[str, Any]
"""What a widget tells its template of itself."""

_INPUTS: Final = ("text", "number", "email", "url", "tel", "password", "hidden", "date", "file", "checkbox")
"""Kinds that Django draws alike."""
_INPUT: Final = Markup('<input type="{}" name="{}"{}{}>')
_AREA: Final = Markup('<textarea name="{}"{}>\n{}</textarea>')
_SELECT: Final = Markup('<select name="{}"{}>{}</select>')
_ATTRIBUTE: Final = Markup(' {}="{}"')
_BARE: Final = Markup(" {}")
_CHOICES: Final = Markup('<div class="x-choices">{}</div>')
_CHOICE: Final = Markup('<label class="form-check" for="{}">{} <span class="form-check-label">{}</span></label>')


def _attributes(widget: Widget) -> SafeString:
    """In their order; what is True stands without a value, what is False not at all."""
    told = [(name, value) for name, value in widget["attrs"].items() if value is not False]
    return drawing.joined(_BARE(name) if value is True else _ATTRIBUTE(name, value) for name, value in told)


def _input(widget: Widget) -> SafeString:
    value = _ATTRIBUTE("value", widget["value"]) if widget["value"] is not None else ""
    return _INPUT(widget["type"], widget["name"], value, _attributes(widget))


def _area(widget: Widget) -> SafeString:
    return _AREA(widget["name"], _attributes(widget), widget["value"] or "")


def _select(widget: Widget) -> SafeString:
    return _SELECT(widget["name"], _attributes(widget), drawing.options(widget["optgroups"]))


def _choices(widget: Widget) -> SafeString:
    """Round or square boxes, each with its words."""
    boxes = (one for _group, options, _place in widget["optgroups"] for one in options)
    return _CHOICES(drawing.joined(_CHOICE(one["attrs"].get("id", ""), _input(one), one["label"]) for one in boxes))


CHOICES: Final = "ui/widgets/choices.html"
"""The name by which a widget asks for boxes with words."""
_DRAWN: Final[Mapping[str, Callable[[Widget], SafeString]]] = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in _INPUTS},
    "django/forms/widgets/textarea.html": _area,
    "django/forms/widgets/select.html": _select,
    CHOICES: _choices,
}


class Renderer(TemplatesSetting):
    """As Django's own, which looks among the project's templates first."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """A control's markup; the same as its template's."""
        if draw := _DRAWN.get(template_name):
            return draw(context["widget"])
        return super().render(template_name, context, request)
