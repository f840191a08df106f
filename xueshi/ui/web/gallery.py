"""Every component in its states; never in production."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xueshi.ui.lists import show_list
from xueshi.ui.web import gallery_samples as samples
from xueshi.ui.web.errors import error_page

DESK = replace(
    samples.LIST, key="gallery.desk", title="审核台", template="ui/gallery/desk.html", detail_param="case", actions=()
)


def development_only[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Answer 404 in production."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if settings.PRODUCTION:
            raise Http404
        return view(*args, **kwargs)

    return guarded


@development_only
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """All components."""
    messages.success(request, "已保存")
    messages.warning(request, "您还有 2 条申报未提交")
    messages.error(request, "提交没有成功")
    shown = {
        name.lower(): getattr(samples, name) for name in ("STATES", "CHAIN", "PAIRS", "BARS", "TILES", "TABS", "SCANS")
    }
    context = {**shown, "shell": samples.shell("components"), "steps": ("选择类型", "填写信息", "等待审核")}
    return render(request, "ui/gallery/components.html", context)


@development_only
def form(request: HttpRequest) -> HttpResponse:
    """A form, fresh or with what was wrong; ``?wrong`` shows it refused."""
    wrong = {"year": "2026", "period_from": "2026-05-13", "period_to": "2026-05-11", "hours": "-1", "kind": "training"}
    bound = request.POST or (wrong if "wrong" in request.GET else None)
    drawn = samples.SampleForm(bound, initial={"unit": "海天精密机械有限公司"})
    if "wrong" in request.GET:
        drawn.keep_files("scans", samples.SCANS)
    context = {"title": "表单", "form": drawn, "shell": samples.shell("form"), "chain": samples.CHAIN}
    return render(request, "ui/gallery/form.html", context)


@development_only
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """A list page."""
    return show_list(request, samples.LIST, {"shell": samples.shell("list")})


@development_only
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """A list with the detail beside it."""
    key = request.GET.get("case", "")
    extra = {"detail_key": key, "shell": samples.shell("desk"), "pairs": samples.PAIRS, "chain": samples.CHAIN}
    extra |= {"scans": samples.SCANS, "waiting": samples.STATES[1]}
    if request.headers.get("HX-Target") == "detail":
        return render(request, "ui/gallery/desk.html#detail", extra)
    return show_list(request, DESK, extra)


@development_only
@require_GET
def public(request: HttpRequest) -> HttpResponse:
    """The frame of pages before sign-in."""
    return render(request, "ui/gallery/public.html", {"shell": replace(samples.shell(""), user=None, todo=None)})


@development_only
@require_GET
def error(request: HttpRequest, status: int) -> HttpResponse:
    """An error page, answered with 200 because it is only shown."""
    shown = error_page(request, status, reference="20261121-0001")
    shown.status_code = 200
    return shown
