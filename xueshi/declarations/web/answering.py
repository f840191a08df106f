"""One address draws the form, keeps it, calculates and hands it in, whoever fills it in; ``do`` says what it is for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from xueshi.declarations.models import Declaration
from xueshi.declarations.web import beside
from xueshi.declarations.web.calculator import Card
from xueshi.declarations.web.page import Page
from xueshi.kernel import clock
from xueshi.kernel.clock import SHANGHAI
from xueshi.kernel.errors import MovedOn, NotAllowed, Problems, RuleBroken
from xueshi.policies.requests import pack_of
from xueshi.ui.forms import add_problems

_ABOVE = frozenset({"year", "form"})
"""Problems of what is chosen first stand above the form."""


def answer(request: HttpRequest, page: Page) -> HttpResponse:
    """The page drawn, a piece of it, or what was sent done."""
    if request.headers.get("HX-Request") and page.asked in _PIECES:
        return _PIECES[page.asked](request, page)
    if not page.judged:
        return _draw(request, page, 422 if page.posted and page.form and page.form.errors else 200)
    try:
        words, url = page.side.after(page, _saved(page))
    except (RuleBroken, Problems) as refusal:
        _show(page, refusal)
        return _draw(request, page, 422)
    except MovedOn as refusal:
        page.problems, page.moved = (f"{refusal.message}；以下是您在本页填写的内容，核对后可以再次提交",), True
        return _draw(request, page, refusal.status)
    messages.success(request, words)
    return redirect(url)


def _saved(page: Page) -> list[Declaration]:
    if page.form is None:
        raise RuleBroken("请选择学习形式", "form")
    page.require_year()
    right = [one.is_valid() for one in (page.side.who, page.form) if one is not None]
    if not all(right):
        raise Problems([])
    return list(page.side.save(page, page.form.answers))


def _show(page: Page, refusal: RuleBroken | Problems) -> None:
    broken = refusal.problems if isinstance(refusal, Problems) else (refusal,)
    page.problems = tuple(one.message for one in broken if one.field in _ABOVE)
    for one in broken:
        form = page.side.who if one.field == "people" and page.side.who is not None else page.form
        if one.field not in _ABOVE and form is not None:
            add_problems(form, one)


def _draw(request: HttpRequest, page: Page, status: int) -> HttpResponse:
    pack, (note, notice) = pack_of(request), page.side.notes
    menu = "declarations:new" if page.side.who is None else "declarations:for_others"
    context = {
        "title": pack.called(page.actor.role_key, menu, pack.word("declaration.title")),
        "note": note,
        "notice": notice,
        "page": page,
        "what": page.what,
        "form": page.form,
        "who": page.side.who,
        "choose": page.choose,
        "key": page.key,
        "declaration": page.declaration,
        "problems": page.problems,
        "kept": _kept_at(page.declaration),
        "chain": page.side.way,
        "rule": beside.rule(page.what),
        "card": _card(page),
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


def _card(page: Page) -> Card | None:
    """学时试算; None while no form is chosen."""
    return page.side.card(page) if page.what.form is not None else None


def _calculated(request: HttpRequest, page: Page) -> HttpResponse:
    """The calculator alone, as one types; nothing while no form is chosen that there is."""
    if page.what.form is None:
        return HttpResponse(status=204)
    return render(request, "declarations/parts/calculator.html", {"card": _card(page), "page": page})


def _attached(request: HttpRequest, page: Page) -> HttpResponse:
    return HttpResponse(status=204) if page.form is None else beside.attached(request, page.form)


def _kept(_request: HttpRequest, page: Page) -> HttpResponse:
    """The form keeps itself: where and when, or in words why not."""
    if page.form is None or not page.side.keeps or (page.declaration is None and page.blank):
        return JsonResponse({"words": ""})
    try:
        page.require_year()
        saved = page.side.keep(page)
    except MovedOn as refusal:
        return JsonResponse({"words": f"没有自动保存：{refusal.message}；本页内容仍在，提交时可以核对"}, status=409)
    except (RuleBroken, Problems, NotAllowed) as refusal:
        return JsonResponse({"words": f"没有自动保存：{_told(refusal)}"}, status=409)
    unread = page.read().unread
    at = f"草稿已自动保存 {clock.now().astimezone(SHANGHAI):%H:%M}"
    words = f"{at}，{'、'.join(unread)}还没有填写正确" if unread else at
    url = page.side.address(saved.pk)
    return JsonResponse({"words": words, "draft": saved.pk, "version": saved.version, "url": url})


def _told(refusal: RuleBroken | Problems | NotAllowed) -> str:
    return "；".join(one.message for one in refusal.problems) if isinstance(refusal, Problems) else refusal.message


_PIECES = {"calculate": _calculated, "attach": _attached, "autosave": _kept}
"""What scripts ask of the page instead of the whole; without scripts the same requests draw the page again."""
