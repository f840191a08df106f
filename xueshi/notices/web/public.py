"""What everybody reads: the two lists, one notice, its files. No cookie is set; anonymous readers may cache."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.notices import selectors
from xueshi.notices.states import NoticeKind
from xueshi.policies.requests import PortalRequest
from xueshi.ui.images import size_of
from xueshi.ui.routes import route

PAGE = 15
SECONDS = 60
"""How long a browser may show a public page again: a withdrawn notice is gone after a minute at the latest."""


@route(public=True)
def listing(request: PortalRequest, kind: NoticeKind) -> HttpResponse:
    """通知公告 or 下载中心: pinned first, then by date."""
    page = Paginator(selectors.published(request.pack.key, kind), PAGE).get_page(request.GET.get("page"))
    return _kept(render(request, "notices/list.html", {"kind": kind, "page": page, "title": kind.label}))


@route(public=True)
def detail(request: PortalRequest, pk: int) -> HttpResponse:
    """One notice with its files and its neighbours."""
    notice = selectors.published_notice(request.pack.key, pk)
    attached = [(one, size_of(one.file.size)) for one in selectors.attachments(notice)]
    context = {
        "notice": notice,
        "attached": attached,
        "kind": NoticeKind(notice.kind),
        "near": selectors.neighbours(notice),
    }
    return _kept(render(request, "notices/detail.html", context))


@route(public=True)
def file(request: PortalRequest, pk: int, position: int) -> HttpResponse:
    """A file of a published notice."""
    notice = selectors.published_notice(request.pack.key, pk)
    return _kept(file_answer(selectors.attached_file(notice, position)))


def file_answer(found: StoredFile) -> HttpResponse:
    """The bytes; pictures open, everything else is saved and never runs here (E7)."""
    is_image = found.width is not None
    answer = HttpResponse(
        files.read(found), content_type=found.content_type if is_image else "application/octet-stream"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Content-Disposition"] = content_disposition_header(not is_image, found.name) or "attachment"
    return answer


def _kept(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return answer
