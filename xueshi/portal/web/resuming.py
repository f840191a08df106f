"""A form given back to whoever was signed out while filling it in."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.portal import keeping
from xueshi.ui.routes import route


@route()
def resume(request: PortalRequest) -> HttpResponse:
    """What was kept, to be sent on by the person; the home page when nothing was."""
    kept = keeping.kept_for(request.session, actor_of(request).user.pk)
    if kept is None:
        keeping.forget(request.session)
        return redirect("portal:home")
    context = {"action": kept.path, "fields": kept.fields, "files": kept.files}
    return render(request, "ui/resubmit.html", context)
