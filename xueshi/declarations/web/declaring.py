"""学时申报: the form, fresh or for editing; it keeps itself, and a calculator follows what is typed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from xueshi.declarations import permissions, selectors, services
from xueshi.declarations.models import Declaration
from xueshi.declarations.web import beside
from xueshi.declarations.web.page import Page, begun, card_of, page_of
from xueshi.kernel import clock
from xueshi.kernel.clock import SHANGHAI
from xueshi.kernel.errors import MovedOn, NotAllowed, Problems, RuleBroken
from xueshi.policies.requests import actor_of, pack_of
from xueshi.ui.forms import add_problems
from xueshi.ui.routes import route


@route("GET", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """A fresh declaration (CR-01, CR-02)."""
    return _answer(request, begun(request))


@route("GET", "POST", object_kind="declarations.declaration")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A declaration that is to be submitted, opened again with all that was entered (CR-19)."""
    actor = actor_of(request)
    declaration = selectors.declaration_for(actor, pk)
    permissions.can_edit(actor, declaration).require()
    return _answer(request, declaration)


def _answer(request: HttpRequest, declaration: Declaration | None) -> HttpResponse:
    page = page_of(request, declaration)
    if request.headers.get("HX-Request") and page.asked in _PIECES:
        return _PIECES[page.asked](request, page)
    if not page.judged:
        return _draw(request, page, 422 if page.posted and page.form and page.form.errors else 200)
    try:
        saved = _save(page)
    except (RuleBroken, Problems) as refusal:
        _show(page, refusal)
        return _draw(request, page, 422)
    except MovedOn as refusal:
        page.problems = (f"{refusal.message}；以下是您在本页填写的内容，核对后可以再次提交",)
        return _draw(request, page, refusal.status)
    word = "saved" if page.asked == "save" or saved.case_id is None else "submitted"
    messages.success(request, page.by.pack.word(f"declaration.{word}"))
    return redirect("declarations:mine")


def _save(page: Page) -> Declaration:
    if page.form is None:
        raise RuleBroken("请选择学习形式", "form")
    page.require_year()
    if not page.form.is_valid():
        raise Problems([])
    verb = services.save_draft if page.asked == "save" else services.submit
    return verb(page.actor, page.entry(page.form.answers), page.edit)


def _show(page: Page, refusal: RuleBroken | Problems) -> None:
    broken = refusal.problems if isinstance(refusal, Problems) else (refusal,)
    page.problems = tuple(one.message for one in broken if one.field in {"year", "form"})
    rest = [one for one in broken if one.field not in {"year", "form"}]
    if rest and page.form is not None:
        add_problems(page.form, Problems(rest))


def _draw(request: HttpRequest, page: Page, status: int) -> HttpResponse:
    pack = pack_of(request)
    context = {
        "title": pack.word("declaration.title"),
        "note": pack.word("declaration.online"),
        "banner": page.what.rules.declaration.banner,
        "page": page,
        "what": page.what,
        "form": page.form,
        "choose": page.choose,
        "key": page.key,
        "declaration": page.declaration,
        "problems": page.problems,
        "kept": _kept_at(page.declaration),
        "chain": beside.after(page.by, page.what),
        "rule": beside.rule(page.what),
        "card": card_of(page),
        "file_note": pack.word("declaration.file_note"),
        "words": {
            "submit": pack.word("buttons.submit_declaration"),
            "save": pack.word("buttons.save_draft"),
            "policy": pack.word("declaration.policy_link"),
        },
    }
    return render(request, "declarations/declare.html", context, status=status)


def _kept_at(declaration: Declaration | None) -> str:
    if declaration is None or declaration.typed is None:
        return ""
    return f"草稿已自动保存 {declaration.changed_at.astimezone(SHANGHAI):%H:%M}"


def _calculated(request: HttpRequest, page: Page) -> HttpResponse:
    """The calculator alone, as one types."""
    return render(request, "declarations/parts/calculator.html", {"card": card_of(page), "page": page})


def _attached(request: HttpRequest, page: Page) -> HttpResponse:
    return HttpResponse(status=204) if page.form is None else beside.attached(request, page.form)


def _kept(_request: HttpRequest, page: Page) -> HttpResponse:
    """The form keeps itself: where and when, or in words why not."""
    if page.form is None or not page.drafts or (page.declaration is None and page.blank):
        return JsonResponse({"words": ""})
    try:
        page.require_year()
        saved = services.keep(page.actor, page.unfinished(), page.edit)
    except (RuleBroken, Problems, MovedOn, NotAllowed) as refusal:
        return JsonResponse({"words": f"没有自动保存：{_told(refusal)}"}, status=409)
    unread = page.read().unread
    at = f"草稿已自动保存 {clock.now().astimezone(SHANGHAI):%H:%M}"
    words = f"{at}，{'、'.join(unread)}还没有填写正确" if unread else at
    url = reverse("declarations:edit", args=[saved.pk])
    return JsonResponse({"words": words, "draft": saved.pk, "version": saved.version, "url": url})


def _told(refusal: RuleBroken | Problems | MovedOn | NotAllowed) -> str:
    return "；".join(one.message for one in refusal.problems) if isinstance(refusal, Problems) else refusal.message


_PIECES = {"calculate": _calculated, "attach": _attached, "autosave": _kept}
"""What scripts ask of the page instead of the whole; without scripts the same requests draw the page again."""
