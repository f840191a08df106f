"""The components. All parameters are keywords; a misspelt one does not compile."""

from collections.abc import Hashable, Sequence
from typing import Any

from django import template
from django.forms import BoundField

from xueshi.ui import drawing, parts
from xueshi.ui.forms import BaseForm, FieldRow, rows_of, summary_of
from xueshi.ui.shell import NavGroup

register = template.Library()

STYLES = {
    "primary": "btn btn-primary",
    "plain": "btn",
    "success": "btn btn-success",
    "danger": "btn btn-outline-danger",
    "link": "btn btn-link",
}


register.filter("shown", drawing.shown)


@register.simple_tag
def icon(name: str, *, large: bool = False) -> str:
    """Draw an icon of the sprite; it is decoration, so the words beside it carry the meaning."""
    return drawing.icon(name, large=large)


@register.simple_tag
def nav(*, groups: tuple[NavGroup, ...], place: str) -> str:
    """Draw the menu; ``place`` tells apart its two copies on a page, at the side and folded away."""
    return drawing.nav(groups, place) if groups else ""


@register.simple_tag
def framed(template: str, **shows: Hashable) -> str:
    """Draw a part of the frame that shows one value, named as the part calls it, and nothing of the request."""
    [(name, value)] = shows.items()
    return drawing.framed(template, name, value)


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file, looked up once."""
    return drawing.asset(path)


@register.filter
def is_state(value: object) -> bool:
    """Whether a value is a state word."""
    return isinstance(value, parts.State)


@register.simple_tag
def state(*, of: parts.State) -> str:
    """Draw a state word."""
    return drawing.state(of)


@register.simple_tag
def cell(*, value: object, url: str = "", into: str = "") -> str:
    """Draw a table cell's content: text, state, or two lines; ``into`` names the element its link fills."""
    return drawing.cell(value, url, into)


@register.simple_tag
def row_actions(*, of: Sequence[drawing.Acting], name: str, token: object) -> str:
    """Draw the last column of a row in which something can be changed; its forms carry the page's token."""
    return drawing.row_actions(of, name, str(token))


@register.inclusion_tag("ui/parts/chain.html")
def chain(*, steps: Sequence[parts.ChainStep], label: str = "审核流程") -> dict[str, Any]:
    """Draw the way of a document through its desks."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("ui/parts/kv.html")
def kv(*, pairs: Sequence[parts.Pair], wide: bool = False) -> dict[str, Any]:
    """Draw labels with their values."""
    return {"pairs": pairs, "wide": wide}


@register.inclusion_tag("ui/parts/changes.html")
def changes(
    *, rows: Sequence[parts.Change], before: str = "修改前", after: str = "修改后", label: str = "修改前后对照"
) -> dict[str, Any]:
    """Draw old and new values side by side; what differs is marked, in words too."""
    return {"rows": rows, "before": before, "after": after, "label": label}


@register.inclusion_tag("ui/parts/year_bars.html")
def year_bars(*, bars: Sequence[parts.YearBar]) -> dict[str, Any]:
    """Draw a year at a glance: had, pending and needed of each subject."""
    return {"bars": bars}


@register.inclusion_tag("ui/parts/pager.html")
def pager(*, of: parts.Pager) -> dict[str, Any]:
    """Draw 第1/1页 共1条 显示第1到1条 首页 1 尾页 (SYS-06) with the page size (SYS-07)."""
    return {"of": of}


@register.inclusion_tag("ui/parts/button.html")
def button(  # noqa: PLR0913 — one keyword per property of a button
    *,
    label: str,
    style: str = "plain",
    url: str = "",
    icon: str = "",
    name: str = "",
    value: str = "",
    confirm: str = "",
    small: bool = False,
    key: str = "",
    formaction: str = "",
    formnovalidate: bool = False,
) -> dict[str, Any]:
    """Draw a link (with ``url``) or a submit button; ``confirm`` asks first, ``key`` is its keyboard letter."""
    classes = STYLES[style] + (" btn-sm" if small else "")
    return {
        "label": label, "classes": classes, "url": url, "icon": icon, "name": name, "value": value,
        "confirm": confirm, "key": key, "formaction": formaction, "formnovalidate": formnovalidate,
    }  # fmt: skip


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(*, items: Sequence[parts.Tab], label: str = "分类") -> dict[str, Any]:
    """Draw tabs as links."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/parts/tiles.html")
def tiles(*, items: Sequence[parts.Tile]) -> dict[str, Any]:
    """Draw figures, the number first."""
    return {"items": items}


@register.inclusion_tag("ui/parts/stepper.html")
def stepper(*, steps: Sequence[str], current: int) -> dict[str, Any]:
    """Draw the steps of a wizard; ``current`` counts from 1."""
    return {"steps": [(number, label, _step_tone(number, current)) for number, label in enumerate(steps, 1)]}


def _step_tone(number: int, current: int) -> str:
    if number < current:
        return "done"
    return "now" if number == current else "next"


@register.inclusion_tag("ui/parts/scans.html")
def scans(*, files: Sequence[parts.Scan], label: str = "附件") -> dict[str, Any]:
    """Draw uploaded files with previews and a viewer (SYS-23)."""
    return {"files": files, "label": label}


@register.inclusion_tag("ui/parts/empty.html")
def empty(*, text: str = "没有数据", hint: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    """Draw the place of something that is not there, and what to do about it."""
    return {"text": text, "hint": hint, "url": url, "action": action}


@register.inclusion_tag("ui/parts/form_errors.html")
def form_errors(*, form: BaseForm, also: BaseForm | None = None) -> dict[str, Any]:
    """Draw all errors with links to their fields; ``also``: of a second form of the same page, which stands below."""
    return {"items": summary_of(form) + (summary_of(also) if also is not None else []), "form": form}


@register.inclusion_tag("ui/parts/form_fields.html")
def form_fields(*, form: BaseForm, stacked: bool = False) -> dict[str, Any]:
    """Draw all fields by sections; ``stacked`` puts labels above (narrow forms)."""
    return {"form": form, "sections": rows_of(form), "stacked": stacked}


@register.simple_tag
def filter_controls(*, form: BaseForm) -> str:
    """Draw the fields of a form that asks for what a page shows, as lists draw their filters."""
    return drawing.controls(form)


@register.inclusion_tag("ui/parts/field.html")
def field(*, of: BoundField) -> dict[str, Any]:
    """Draw one field: label, control, hint, error."""
    return {"row": FieldRow(of)}


@register.inclusion_tag("ui/parts/field.html")
def field_row(*, row: FieldRow) -> dict[str, Any]:
    """Draw one prepared field."""
    return {"row": row}
