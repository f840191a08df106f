"""学时申报 of a unit for its people: the applicants, then the form of the learning form (CR-22…CR-26)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from xueshi.declarations import permissions, selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import for_others
from xueshi.declarations.services.for_others import Unit, unit_of
from xueshi.declarations.web import beside, choosing, forms, images
from xueshi.declarations.web import for_others_people as people
from xueshi.declarations.web.choosing import ChooseForm, Chosen
from xueshi.declarations.web.forms import AnswersForm, Posted
from xueshi.kernel import one_time
from xueshi.kernel.errors import MovedOn, NotFound, Problems, RuleBroken
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.policies.numbers import plain
from xueshi.policies.requests import actor_of
from xueshi.ui.forms import add_problems
from xueshi.ui.routes import route

_POWERS = (Power.DECLARE.value,)
_CHOSEN_FIRST = ("year", "form")


@dataclass
class _Page:
    """One reading or posting of the form."""

    actor: Actor
    unit: Unit
    what: Chosen
    offer: people.Offer
    who: people.PeopleForm
    choose: ChooseForm
    form: AnswersForm | None
    key: str
    posted: Posted | None
    judged: bool
    declaration: Declaration | None = None
    problems: tuple[str, ...] = ()


@route("GET", "POST", powers=_POWERS)
def new(request: HttpRequest) -> HttpResponse:
    """A fresh declaration for one or several people (CR-22, CR-24, CR-25)."""
    return _answer(request, None)


@route("GET", "POST", powers=_POWERS, object_kind="declarations.declaration")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the unit took back, opened again for its person (CR-19)."""
    actor = actor_of(request)
    declaration = selectors.declaration_for(actor, pk)
    if declaration.declaring_body_id is None:
        raise NotFound
    permissions.can_edit(actor, declaration).require()
    return _answer(request, declaration)


def _answer(request: HttpRequest, declaration: Declaration | None) -> HttpResponse:
    page = _page(request, declaration)
    if page.form is not None and request.headers.get("HX-Request") and request.POST.get("do") == "attach":
        return beside.attached(request, page.form)
    if page.form is None or not page.judged:
        return _draw(request, page, 200)
    right = [page.who.is_valid(), page.form.is_valid()]
    if not all(right):
        return _draw(request, page, 422)
    try:
        saved = _save(page, page.form, request.POST.get("version", ""))
    except (RuleBroken, Problems) as refusal:
        _show(page, page.form, refusal)
        return _draw(request, page, 422)
    except MovedOn as refusal:
        page.problems = (f"{refusal.message}；以下是您在本页填写的内容",)
        return _draw(request, page, refusal.status)
    word = page.unit.pack.word("declaration.submitted")
    messages.success(request, f"{word}（{len(saved)} 人）" if len(saved) > 1 else word)
    return redirect("declarations:records" if page.actor.has(Power.RECORDS) else "declarations:for_others")


def _page(request: HttpRequest, declaration: Declaration | None) -> _Page:
    actor = actor_of(request)
    unit = unit_of(actor)
    data = _data(request) if request.method == "POST" else None
    posted = Posted(data, request.FILES) if data is not None else None
    first = declaration is not None and posted is None
    asked: Any = _chosen_before(declaration) if first and declaration is not None else data or request.GET
    what = choosing.chosen(unit.pack, asked, unit.role)
    offer = people.only(declaration) if declaration is not None else people.offer(actor, data)
    form = forms.answers_form(actor, what, posted, _typed_before(actor, declaration, what) if first else None)
    judged = data is not None and form is not None and not form.finding
    who = people.PeopleForm(unit.pack, offer, request.path, judged=judged, fixed=declaration is not None)
    key = (data.get("key", "")[:40] if data is not None else "") or one_time.token()
    choose = ChooseForm(what, request.path)
    return _Page(actor, unit, what, offer, who, choose, form, key, posted, judged, declaration)


def _data(request: HttpRequest) -> QueryDict:
    """What was posted; finding, adding and dropping people judges nothing of the form."""
    if request.POST.get("do") == "attach" or not people.is_choosing(request.POST):
        return request.POST
    data = request.POST.copy()
    data["do"] = "choose"
    return data


def _chosen_before(declaration: Declaration) -> dict[str, str]:
    return {"year": str(declaration.year), "form": declaration.form, "subject": declaration.subject}


def _typed_before(actor: Actor, declaration: Declaration | None, what: Chosen) -> dict[str, Any] | None:
    if what.form is None or declaration is None:
        return None
    filled: dict[str, Any] = dict(what.form.form.typed(selectors.answers_of(declaration, what.form)))
    if declaration.hours_declared is not None:
        filled["hours"] = plain(declaration.hours_declared)
    return filled | {"evidence": [images.key_of(actor, one.file) for one in selectors.evidence_of(declaration)]}


def _save(page: _Page, form: AnswersForm, version: str) -> list[Declaration]:
    beside.require_year(page.what, page.posted.data.get("year", "") if page.posted else "")
    entry = forms.entry_of(page.actor, page.what, form.answers, "" if page.declaration else page.key)
    if page.declaration is None:
        return for_others.declare(page.actor, entry, page.offer.keys)
    return [for_others.again(page.actor, entry, forms.edit_of(page.declaration.pk, version))]


def _show(page: _Page, form: AnswersForm, refusal: RuleBroken | Problems) -> None:
    broken = refusal.problems if isinstance(refusal, Problems) else (refusal,)
    page.problems = tuple(one.message for one in broken if one.field in _CHOSEN_FIRST)
    for one in broken:
        if one.field not in _CHOSEN_FIRST:
            add_problems(page.who if one.field == "people" else form, one)


def _draw(request: HttpRequest, page: _Page, status: int) -> HttpResponse:
    pack = page.unit.pack
    context = {
        "title": pack.word("declaration.title"),
        "page": page,
        "notice": page.what.rules.declaration.notice or page.what.rules.declaration.banner,
        "chain": beside.after(page.unit, page.what, sender=page.unit.organisation.name, whose="每人"),
        "rule": beside.rule(page.what),
        "file_note": pack.word("declaration.file_note"),
        "words": {"submit": pack.word("buttons.submit_declaration"), "policy": pack.word("declaration.policy_link")},
    }
    return render(request, "declarations/for_others.html", context, status=status)
