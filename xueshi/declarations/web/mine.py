"""申报进度查询 and the page of one declaration."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from xueshi.declarations import permissions, selectors, services
from xueshi.declarations.models import Declaration
from xueshi.declarations.states import GROUPS
from xueshi.declarations.web import forms, images, rows, shown
from xueshi.duplicates import selectors as duplicates
from xueshi.kernel.errors import MovedOn
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.policies.packs import Pack
from xueshi.policies.requests import actor_of, pack_of
from xueshi.ui import again
from xueshi.ui.lists import Column, ListPage, RowAction, show_list
from xueshi.ui.routes import route


@route()
def mine(request: HttpRequest) -> HttpResponse:
    """All records of the person in four states (CR-15…CR-21)."""
    return show_list(request, _mine(actor_of(request), pack_of(request)))


def _mine(actor: Actor, pack: Pack) -> ListPage[Declaration]:
    return ListPage(
        key="declarations.mine",
        title=pack.word("declaration.progress"),
        rows=selectors.own_declarations,
        order_by=("-changed_at",),
        columns=_columns(pack),
        tabs=rows.tabs(pack, GROUPS),
        actions=_actions(actor, pack),
        empty_text="没有申报记录",
        template="declarations/mine.html",
        numbered=True,
    )


def _columns(pack: Pack) -> tuple[Column[Declaration], ...]:
    return (
        Column(key="number", label="申报单号", value=lambda row: row.number, link=rows.page_of),
        Column(key="year", label=pack.word("declaration.year"), value=lambda row: str(row.year), order_by="year"),
        Column(key="form", label=pack.word("declaration.learning_form"), value=shown.form_label),
        Column(key="subject", label="科目类型", value=shown.subject_label),
        *rows.hours(pack),
        Column(key="handler", label=pack.word("declaration.handler"), value=shown.handler),
        Column(key="state", label=pack.word("declaration.result"), value=lambda row: shown.progress(row, pack)),
    )


def again_url(row: Declaration) -> str:
    """Where a new declaration starts from one that did not pass."""
    return f"{reverse('declarations:new')}?{urlencode({'again': row.pk})}"


def _actions(actor: Actor, pack: Pack) -> tuple[RowAction[Declaration], ...]:
    def when_editable(row: Declaration) -> str | None:
        return reverse("declarations:edit", args=[row.pk]) if permissions.can_edit(actor, row) else None

    def when_refused(row: Declaration) -> str | None:
        return again_url(row) if permissions.can_declare_again(actor, row) else None

    return (
        rows.detail(pack),
        rows.withdrawing(pack),
        RowAction(label="再次申报", url=when_refused),
        RowAction(label=pack.word("buttons.edit"), url=when_editable),
        rows.deleting(pack, lambda row: bool(permissions.can_edit(actor, row))),
    )


@route(object_kind="declarations.declaration")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """All that was declared, its evidence, its way through the desks (CR-17, CV-10)."""
    actor, pack = actor_of(request), pack_of(request)
    return _detail(request, selectors.declaration_for(actor, pk), pack)


@route(object_kind="reviews.reviewcase")
def of_case(request: HttpRequest, case_id: int) -> HttpResponse:
    """The same page, found by its case: what reviews link to."""
    return _detail(request, selectors.declaration_of_case(actor_of(request), case_id), pack_of(request))


def _detail(request: HttpRequest, row: Declaration, pack: Pack) -> HttpResponse:
    actor, steps = actor_of(request), selectors.steps_of(row)
    context = {
        "title": f"{shown.form_label(row)} {row.number}",
        "row": row,
        "state": shown.state(row, pack),
        "pairs": shown.pairs(row, pack),
        "scans": images.evidence_scans(row, selectors.evidence_of(row)),
        "chain": shown.chain(row, steps),
        "handler": shown.handler(row),
        "own": row.person.user_id == actor.user.pk,
        "flags": duplicates.flags(actor, selectors.KIND, row.pk) if row.person.user_id != actor.user.pk else None,
        "again": again_url(row) if permissions.can_declare_again(actor, row) else "",
        "may_edit": bool(permissions.can_edit(actor, row)),
        "edit_url": reverse(f"declarations:{'for_others_edit' if row.declaring_body_id else 'edit'}", args=[row.pk]),
        "words": {key: pack.word(f"buttons.{key}") for key in ("withdraw", "edit", "delete")},
        "may_withdraw": row.case is not None and bool(permissions.can_withdraw(actor, row)),
    }
    return render(request, "declarations/detail.html", context)


def _list_of(request: HttpRequest) -> str:
    """Where one's own stand: the person's, or under a unit's hat what it has declared."""
    return "declarations:records" if actor_of(request).has(Power.RECORDS) else "declarations:mine"


@route("POST", object_kind="declarations.declaration")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销: back to 待提交 (CR-18)."""
    services.withdraw(actor_of(request), pk)
    messages.success(request, "已撤销，可以修改后再次提交")
    return redirect(_list_of(request))


@route("POST", object_kind="declarations.declaration")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """删除: only what is to be submitted (CR-20)."""
    try:
        services.delete_draft(actor_of(request), forms.edit_of(pk, request.GET.get("version", "")))
    except MovedOn as refusal:
        return again.told(request, f"{refusal.message}，没有删除；请查看后再操作", "declarations:detail", pk)
    messages.success(request, "已删除")
    return redirect(_list_of(request))
