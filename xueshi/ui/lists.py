"""List pages: the door. A page is declared once; see docs/howto/add-a-list-page.md."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import content_disposition_header

from xueshi.kernel import spreadsheets
from xueshi.ui import again
from xueshi.ui.list_page import BatchAction, Column, ListPage, ListTab, Matching, Opening, RowAction
from xueshi.ui.list_state import ListState
from xueshi.ui.printing import printed

__all__ = [
    "BatchAction", "Column", "ListPage", "ListState", "ListTab", "Matching", "Opening", "RowAction",
    "exported", "list_again", "list_view", "read_list", "show_list",
]  # fmt: skip

EXPORT_LIMIT = 10_000
"""Rows of one export; more is a task, not a page."""


def list_view[M: Model](page: ListPage[M]) -> Callable[[HttpRequest], HttpResponse]:
    """The view of a list: whole page, its region for htmx, or a file."""

    def view(request: HttpRequest) -> HttpResponse:
        return show_list(request, page)

    return view


def show_list[M: Model](
    request: HttpRequest, page: ListPage[M], extra: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Answer with the list; ``extra`` reaches the page's own template."""
    state = read_list(page, getattr(request, "actor", None), request.GET)
    state.here, state.sent = request.get_full_path(), again.sent_from(request)
    state.path = request.path if again.is_again(request) else ""
    if page.export and "export" in request.GET:
        return exported(state)
    partial = request.headers.get("HX-Target") == page.region
    template = "ui/parts/list_region.html" if partial else page.template
    context = {"list": state, "title": page.title, **(extra or {})}
    answer = render(request, template, context)
    answer.headers["Vary"] = "HX-Request, HX-Target"
    return answer


def list_again(request: HttpRequest) -> str:
    """The list of a desk as it was asked for, without the opened case, which may be about to leave it."""
    asked = request.GET.copy()
    asked.pop("case", None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def read_list[M: Model](page: ListPage[M], actor: Any, asked: QueryDict) -> ListState[M]:
    """What the reader asked for; ``NotAllowed`` when the list is not theirs. Nonsense in ``asked`` is ignored."""
    page.allowed(actor).require()
    return ListState(page, actor, asked)


def exported[M: Model](state: ListState[M]) -> HttpResponse:
    """The screen's rows and columns as a file that spreadsheets open without executing anything."""
    columns = state.page.columns
    rows: Iterable[M] = state.ordered[:EXPORT_LIMIT]
    cells = ([printed((column.export or column.value)(row)) for column in columns] for row in rows)
    content = spreadsheets.as_csv([column.label for column in columns], cells)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{state.page.title}.csv") or ""
    return answer
