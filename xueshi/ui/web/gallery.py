"""Every component in its states; never in production."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xueshi.kernel.errors import NotFound
from xueshi.ui.lists import show_list
from xueshi.ui.routes import route
from xueshi.ui.web import gallery_samples as samples
from xueshi.ui.web.errors import error_page

DESK = replace(
    samples.LIST, key="gallery.desk", title="审核台", template="ui/gallery/desk.html", detail_param="case", actions=()
)


def _components(request: HttpRequest) -> HttpResponse:
    messages.success(request, "已保存")
    messages.warning(request, "您还有 2 条申报未提交")
    messages.error(request, "提交没有成功")
    names = ("STATES", "CHAIN", "PAIRS", "BARS", "TILES", "TABS", "SCANS")
    shown = {name.lower(): getattr(samples, name) for name in names}
    context = {**shown, "shell": samples.shell("components"), "steps": ("选择类型", "填写信息", "等待审核")}
    return render(request, "ui/gallery/components.html", context)


def _form(request: HttpRequest) -> HttpResponse:
    wrong = {"year": "2026", "period_from": "2026-05-13", "period_to": "2026-05-11", "hours": "-1", "kind": "training"}
    bound = wrong if "wrong" in request.GET else None
    drawn = samples.SampleForm(bound, initial={"unit": "海天精密机械有限公司"})
    if bound:
        drawn.keep_files("scans", samples.SCANS)
    context = {"title": "表单", "form": drawn, "shell": samples.shell("form"), "chain": samples.CHAIN}
    return render(request, "ui/gallery/form.html", context)


def _list(request: HttpRequest) -> HttpResponse:
    return show_list(request, samples.LIST, {"shell": samples.shell("list")})


def _desk(request: HttpRequest) -> HttpResponse:
    key = request.GET.get("case", "")
    extra = {"detail_key": key, "shell": samples.shell("desk"), "pairs": samples.PAIRS, "chain": samples.CHAIN}
    extra |= {"scans": samples.SCANS, "waiting": samples.STATES[1]}
    if request.headers.get("HX-Target") == "detail":
        return render(request, "ui/gallery/desk.html#detail", extra)
    return show_list(request, DESK, extra)


def _public(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery/public.html", {"shell": replace(samples.shell(""), user=None, todo=None)})


def _error(request: HttpRequest) -> HttpResponse:
    shown = error_page(request, 404, reference="20261121-0001")
    shown.status_code = 200  # it is only shown
    return shown


PAGES: Final[dict[str, Callable[[HttpRequest], HttpResponse]]] = {
    "components": _components,
    "form": _form,
    "list": _list,
    "desk": _desk,
    "public": _public,
    "error": _error,
}


@route(public=True)
def gallery(request: HttpRequest, page: str = "components") -> HttpResponse:
    """One page of the gallery; absent in production."""
    if settings.PRODUCTION or page not in PAGES:
        raise NotFound
    return PAGES[page](request)
