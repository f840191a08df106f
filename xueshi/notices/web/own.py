"""The bureau's desk: write, look at it as the public will, publish, withdraw."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import MovedOn, Problems, RuleBroken
from xueshi.kernel.text import number
from xueshi.notices import permissions, selectors, services
from xueshi.notices.models import Notice
from xueshi.notices.services import Draft, Edition
from xueshi.notices.states import NoticeKind
from xueshi.notices.web import public
from xueshi.notices.web.forms import NoticeForm, typed
from xueshi.notices.web.lists import OWN, state
from xueshi.organisations.states import Power
from xueshi.policies.access import Upload
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.ui import parts
from xueshi.ui.fields import Attached
from xueshi.ui.forms import add_problems
from xueshi.ui.images import size_of
from xueshi.ui.lists import show_list
from xueshi.ui.routes import route

WRITERS = (Power.CONTENT.value,)
MOVES = {"publish": (services.publish, "已发布，前台即刻可见"), "withdraw": (services.withdraw, "已撤回，前台不再显示")}


@route(powers=WRITERS)
def own_list(request: PortalRequest) -> HttpResponse:
    """Everything the bureau wrote."""
    return show_list(request, OWN)


@route("GET", "POST", powers=WRITERS)
def new(request: PortalRequest) -> HttpResponse:
    """A new notice."""
    permissions.can_write(actor_of(request)).require()
    return _form(request, None)


@route("GET", "POST", powers=WRITERS, object_kind="notices.notice")
def edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Change a draft or a withdrawn one; what was typed while it was published stays in the form."""
    notice = selectors.notice_for(actor_of(request), pk)
    if notice.is_published and request.method != "POST":
        return redirect("notices:own", pk=pk)
    return _form(request, notice)


@route("GET", "POST", powers=WRITERS, object_kind="notices.notice")
def own(request: PortalRequest, pk: int) -> HttpResponse:
    """The notice as the public sees it, with what may be done next."""
    actor = actor_of(request)
    notice = selectors.notice_for(actor, pk)
    if request.method == "POST" and request.POST.get("move") in MOVES:
        move, words = MOVES[request.POST["move"]]
        move(actor, Edition(pk, _version(request)))
        messages.success(request, words)
        return redirect("notices:own", pk=pk)
    context = {"notice": notice, "state": state(notice), "files": _scans(notice), "kind": NoticeKind(notice.kind).label}
    return render(request, "notices/own.html", context)


@route(powers=WRITERS, object_kind="notices.notice")
def own_file(request: PortalRequest, pk: int, position: int) -> HttpResponse:
    """A file of the bureau's own notice, whatever its state."""
    notice = selectors.notice_for(actor_of(request), pk)
    answer = public.file_answer(selectors.attached_file(notice, position))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _form(request: PortalRequest, notice: Notice | None) -> HttpResponse:
    initial = typed(notice) if notice else {"kind": NoticeKind.NOTICE.value}
    form = NoticeForm(request.POST or None, request.FILES or None, initial=initial)
    form.limit(request.pack.upload("notice"))
    form.keep_files("attachments", _scans(notice) if notice else [])
    if request.method != "POST" or not form.is_valid():
        return _drawn(request, form, notice, 422 if form.errors else 200)
    try:
        saved = _saved(request, form, notice)
    except (RuleBroken, Problems) as refusal:
        add_problems(form, refusal)
        return _drawn(request, form, notice, refusal.status)
    except MovedOn as late:
        form.add_error(None, f"{late.message}；以下是您在本页填写的内容，核对后可以再次提交")
        return _drawn(request, form, notice, late.status)
    messages.success(request, "已保存，请核对后发布")
    return redirect("notices:own", pk=saved.pk)


def _drawn(request: PortalRequest, form: NoticeForm, notice: Notice | None, status: int) -> HttpResponse:
    context = {"title": "修改" if notice else "新增", "form": form, "notice": notice}
    return render(request, "notices/form.html", context, status=status)


def _saved(request: PortalRequest, form: NoticeForm, notice: Notice | None) -> Notice:
    actor = actor_of(request)
    draft = _draft(form, request.pack.upload("notice"), actor.user.pk)
    if notice is None:
        return services.write(actor, draft)
    return services.rewrite(actor, Edition(notice.pk, _version(request)), draft)


def _draft(form: NoticeForm, limit: Upload, user_id: int) -> Draft:
    given = form.cleaned_data
    attached: Attached = given["attachments"]
    kept = tuple(pk for key in attached.kept if (pk := number(key)) is not None)
    added = tuple(
        _store(name=one.name or "", content=one.read(), user_id=user_id, limit=limit) for one in attached.added
    )
    return Draft(NoticeKind(given["kind"]), given["title"], given["body"], given["pinned"], kept, added)


def _store(*, name: str, content: bytes, user_id: int, limit: Upload) -> StoredFile:
    upload = files.Upload(name, content, user_id)
    return files.store_paper(upload, files.ImageLimit(limit.max_bytes, limit.extensions), field="attachments")


def _version(request: PortalRequest) -> int:
    """The version the page was drawn from; nonsense is none."""
    return number(request.POST.get("version", ""), 8) or 0


def _scans(notice: Notice) -> list[parts.Scan]:
    return [
        parts.Scan(
            key=str(one.position),
            name=one.file.name,
            url=reverse("notices:own_file", args=[notice.pk, one.position]),
            image=one.file.width is not None,
            size=size_of(one.file.size),
        )
        for one in selectors.attachments(notice)
    ]
