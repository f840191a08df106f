"""Error pages: what happened, what to do, and a number to tell the hot-line."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from xueshi.ui.resubmission import fields_of, from_our_page

PAGES: Final[dict[int, tuple[str, str]]] = {
    400: ("请求有误", "提交的内容无法识别，请返回后重试。"),
    403: ("没有权限", "您没有进行此操作的权限。如有需要，请联系本单位管理员。"),
    404: ("没有找到", "您访问的内容不存在，或者您无权查看。"),
    405: ("请求有误", "请从页面上的按钮进行此操作。"),
    409: ("内容已有变化", "您打开页面之后，内容已被他人处理或修改，请刷新后查看。"),
    413: ("文件太大", "上传的内容超过限制，请缩小后重试。"),
    422: ("内容需要修改", "请返回修改后再提交。"),
    429: ("操作太频繁", "请稍后再试。"),
    500: ("系统出现错误", "问题已经记录，您填写的内容没有提交，请稍后再试。"),
    503: ("系统正在维护", "请稍后再来。"),
}


def error_page(request: HttpRequest | None, status: int, message: str = "", reference: str = "") -> HttpResponse:
    """The page of a refusal; ``request`` of None draws it without the frame, so that nothing else can fail."""
    headline, advice = PAGES.get(status, PAGES[500 if status >= 500 else 400])
    context = {"status": status, "headline": headline, "message": message or advice, "reference": reference}
    return HttpResponse(render_to_string("ui/error.html", context, request), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """``handler400``."""
    return error_page(None, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """``handler403``."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """``handler404``."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``; drawn without the frame because the frame may be what failed."""
    return error_page(None, 500, reference=getattr(request, "reference", ""))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``CSRF_FAILURE_VIEW``: what a page of ours sent comes back with a new token, so that nothing typed is lost."""
    if from_our_page(request) and (fields := fields_of(request)):
        context = {"action": request.get_full_path(), "fields": fields, "files": bool(request.FILES)}
        drawn = render_to_string("ui/resubmit.html", context | {"lost_token": True}, request)
        return HttpResponse(drawn, status=403, headers={"Cache-Control": "no-store"})
    return error_page(request, 403, "页面已过期，请刷新后重新提交。")
