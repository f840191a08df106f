"""学时申报: the form, fresh or for editing."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from xueshi.declarations import permissions, selectors, services
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import Edit
from xueshi.declarations.services.drafting import Declarer, claim, declarer
from xueshi.declarations.services.submitting import desks
from xueshi.declarations.web import choosing, forms, images
from xueshi.declarations.web.choosing import ChooseForm, Chosen
from xueshi.declarations.web.forms import AnswersForm, Posted
from xueshi.kernel import one_time
from xueshi.kernel.errors import MovedOn, Problems, RuleBroken
from xueshi.ledger import selectors as ledger
from xueshi.organisations.actors import Actor
from xueshi.policies.answers import Answers
from xueshi.policies.formulas import plain
from xueshi.policies.requests import actor_of, pack_of
from xueshi.policies.values import Mark
from xueshi.ui import parts
from xueshi.ui.forms import add_problems
from xueshi.ui.routes import route

_NOUGHT = Decimal(0)
_MARKS = {
    Mark.CONFIRMED: "已公布",
    Mark.MANUAL: "操作手册",
    Mark.SECONDARY: "转引",
    Mark.ASSUMED: "待本地人社部门确认",
}


@dataclass
class _Page:
    """One reading or posting of the form."""

    actor: Actor
    by: Declarer
    what: Chosen
    url: str
    posted: Posted | None
    declaration: Declaration | None = None
    key: str = ""
    form: AnswersForm | None = None
    choose: ChooseForm | None = None
    problems: tuple[str, ...] = ()


@route("GET", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """A fresh declaration (CR-01, CR-02)."""
    return _answer(request, None)


@route("GET", "POST", object_kind="declarations.declaration")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A declaration that is to be submitted, opened again with all that was entered (CR-19)."""
    actor = actor_of(request)
    declaration = selectors.declaration_for(actor, pk)
    permissions.can_edit(actor, declaration).require()
    return _answer(request, declaration)


def _answer(request: HttpRequest, declaration: Declaration | None) -> HttpResponse:
    page = _page(request, declaration)
    if page.posted is None or page.form is None or not page.form.is_valid():
        failed = page.posted is not None and page.form is not None and bool(page.form.errors)
        return _draw(request, page, 422 if failed else 200)
    try:
        saved = _save(page, request.POST.get("do") == "save", request.POST.get("version", ""))
    except (RuleBroken, Problems) as refusal:
        _show(page, refusal)
        return _draw(request, page, 422)
    draft = saved.case_id is None or request.POST.get("do") == "save"
    messages.success(request, page.by.pack.word("declaration.saved" if draft else "declaration.submitted"))
    return redirect("declarations:mine")


def _page(request: HttpRequest, declaration: Declaration | None) -> _Page:
    actor = actor_of(request)
    by = declarer(actor)
    posted = Posted(request.POST, request.FILES) if request.method == "POST" else None
    asked = request.POST if posted else request.GET
    initial: dict[str, Any] | None = None
    what = choosing.chosen(by.pack, asked)
    if declaration is not None and posted is None:
        what = choosing.chosen(by.pack, _chosen_before(declaration))
        initial = _typed_before(actor, declaration, what)
    page = _Page(actor, by, what, request.path, posted, declaration)
    page.key = (request.POST.get("key", "")[:48] if posted else "") or one_time.token()
    page.form = forms.answers_form(actor, what, posted, initial)
    page.choose = ChooseForm(what, request.path)
    return page


def _chosen_before(declaration: Declaration) -> dict[str, str]:
    return {"year": str(declaration.year), "form": declaration.form, "subject": declaration.subject}


def _typed_before(actor: Actor, declaration: Declaration, what: Chosen) -> dict[str, Any] | None:
    if what.form is None:
        return None
    filled: dict[str, Any] = dict(what.form.form.typed(selectors.answers_of(declaration, what.form)))
    return filled | {"evidence": [images.key_of(actor, one.file) for one in selectors.evidence_of(declaration)]}


def _save(page: _Page, draft: bool, version: str) -> Declaration:
    if page.form is None:
        raise RuleBroken("请选择学习形式", "form")
    if page.posted is None or page.posted.data.get("year") != str(page.what.year):
        # An open page outlives the turn of the year: hours never go to a year that was not the one chosen (CR-05).
        raise RuleBroken("该年度不能申报", "year")
    entry = forms.entry_of(page.actor, page.what, page.form, "" if page.declaration else page.key)
    edit = None
    if page.declaration is not None:
        if not version.isascii() or not version.isdigit():
            raise MovedOn("该申报已变更，请刷新后再操作")
        edit = Edit(page.declaration.pk, int(version))
    return (services.save_draft if draft else services.submit)(page.actor, entry, edit)


def _show(page: _Page, refusal: RuleBroken | Problems) -> None:
    broken = refusal.problems if isinstance(refusal, Problems) else (refusal,)
    page.problems = tuple(one.message for one in broken if one.field in {"year", "form"})
    rest = [one for one in broken if one.field not in {"year", "form"}]
    if rest and page.form is not None:
        add_problems(page.form, Problems(rest))


def _draw(request: HttpRequest, page: _Page, status: int) -> HttpResponse:
    pack = pack_of(request)
    context = {
        "title": pack.word("declaration.title"),
        "note": pack.word("declaration.online"),
        "banner": page.what.rules.declaration.banner,
        "what": page.what,
        "form": page.form,
        "choose": page.choose,
        "key": page.key,
        "declaration": page.declaration,
        "problems": page.problems,
        "drafts": "professional" in page.what.rules.declaration.drafts,
        "chain": _after(page),
        "rule": _rule(page),
        "file_note": pack.word("declaration.file_note"),
        "words": {
            "submit": pack.word("buttons.submit_declaration"),
            "save": pack.word("buttons.save_draft"),
            "policy": pack.word("declaration.policy_link"),
        },
    }
    return render(request, "declarations/declare.html", context, status=status)


def _after(page: _Page) -> list[parts.ChainStep]:
    """提交之后: the real desks, and where the hours go."""
    entry = services.Entry(page.what.year, page.what.form.key if page.what.form else "", Answers({}))
    if page.what.form is None:
        return []
    steps = [parts.ChainStep(title="提交申报", tone="now")]
    steps += [parts.ChainStep(title=label, who=who) for label, who in desks(page.by, claim(page.by.pack, entry))]
    return [*steps, parts.ChainStep(title=f"计入 {page.what.year} 年度学时")]


def _rule(page: _Page) -> list[parts.Pair]:
    """怎么算学时: the rule in words, its yearly cap and what is used of it, the evidence, the source."""
    form, unit = page.what.form, page.by.pack.word("hours")
    if form is None:
        return []
    held = [one.hours for one in ledger.held(page.by.person.pk, page.what.year) if one.form == form.key]
    yearly = [cap for cap in page.what.rules.caps if cap.per == "year" and form.key in cap.forms]
    most = f"{plain(yearly[0].hours)} {unit}" if yearly else "不限"
    return [
        parts.Pair(label="标准", value=form.policy.text),
        parts.Pair(label="年度上限", value=most, note=f"已计入 {plain(sum(held, start=_NOUGHT))} {unit}"),
        parts.Pair(label="材料", value=form.evidence),
        parts.Pair(label="依据", value=page.what.rules.title, note=_MARKS[form.rule.mark]),
    ]
