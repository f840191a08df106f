"""基本信息修改: saved at once, without a review (PRO-18)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from xueshi.accounts import sessions
from xueshi.people import selectors, services
from xueshi.people.web import pages
from xueshi.people.web.forms import Desk, TabForm, version
from xueshi.policies.answers import Answers
from xueshi.policies.requests import PortalRequest
from xueshi.ui.routes import route


@route("GET", "POST")
def basics(request: PortalRequest) -> HttpResponse:
    """The first tab."""
    desk = pages.desk_of(request)

    def page(form: TabForm, status: int = 200) -> HttpResponse:
        shown = pages.context(desk, "basics", form=form, version=selectors.own(desk.actor).version)
        return pages.drawn(request, "people/form.html", shown, status)

    if request.method != "POST":
        return page(desk.form("basics", desk.basics()))
    form = desk.form("basics", desk.basics(), request.POST)
    return pages.answered(request, form, lambda answers: _save(request, desk, answers), page)


def _save(request: PortalRequest, desk: Desk, answers: Answers) -> HttpResponse:
    draft = desk.basics_draft(answers, version(request.POST))
    if services.save_basics(desk.actor, draft):
        sessions.end_all(desk.actor.user, keep=request.session.session_key or "")
        messages.info(request, "手机号或电子邮箱已修改，您在其他设备上的登录已退出")
    messages.success(request, "基本信息已保存")
    return redirect("people:profile")
