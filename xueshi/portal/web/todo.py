"""News of 待办事项 for the header (DSH-01)."""

from django.http import HttpResponse
from django.shortcuts import render

from xueshi.policies.requests import PortalRequest, actor_of, pack_of
from xueshi.portal.context import todo_of
from xueshi.ui.routes import route


@route(fragment=True)
def todo(request: PortalRequest) -> HttpResponse:
    """The header's 待办事项 when they differ from those shown (``seen``), else nothing.

    A page that asks by itself is no sign of life: the session idles on as if nobody had asked (B9).
    """
    actor = actor_of(request)
    request.session.modified = False
    waiting = todo_of(pack_of(request), actor)
    if not actor.is_administrator or waiting.mark == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "ui/parts/todo.html", {"todo": waiting})
