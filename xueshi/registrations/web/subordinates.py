"""管理下级单位: the units below, their administrators, and 关闭审核权限 (ORG-42 to ORG-44)."""

from functools import lru_cache
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from xueshi.kernel import masking, text
from xueshi.kernel.errors import RuleBroken
from xueshi.organisations import selectors as bodies
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import Power
from xueshi.policies import registry
from xueshi.policies.areas import area_filter
from xueshi.policies.packs import Pack
from xueshi.policies.requests import PortalRequest, actor_of, pack_of
from xueshi.registrations import permissions, selectors, services
from xueshi.registrations.web.detail import unit_pairs
from xueshi.ui import filters
from xueshi.ui.forms import BaseForm, add_problems
from xueshi.ui.lists import Column, ListPage, RowAction, show_list
from xueshi.ui.parts import State
from xueshi.ui.routes import route

MANAGING = (Power.SUBORDINATES.value,)
_OPEN, _CLOSED = State("正常", "ok"), State("已关闭", "no")


class SubordinateFilters(filters.FilterSet):
    """单位名称, 单位性质."""

    name = filters.CharFilter(label="单位名称", method="by_name", max_length=60)
    nature = filters.ChoiceFilter(
        label="单位性质",
        choices=lambda: [(item.code, item.label) for item in registry.catalogue("unit_natures").items],
        empty_label="全部",
    )

    def by_name(self, rows: QuerySet[Organisation], _name: str, value: str) -> QuerySet[Organisation]:
        """Part of the name, whatever its brackets."""
        return rows.filter(name_key__contains=text.name_key(value))


@lru_cache(maxsize=16)
def subordinate_filters(portal: str) -> type[filters.FilterSet]:
    """The same with 地区 of the portal (ORG-55)."""
    return type("SubordinateFiltersOfPortal", (SubordinateFilters,), {"area": area_filter(portal, "area_code")})


class ReviewForm(BaseForm):
    """Why the right to review is closed or given back."""

    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required


@route(powers=MANAGING)
def subordinates(request: PortalRequest) -> HttpResponse:
    """管理下级单位 (山东: 下属机构管理)."""
    return show_list(request, _page(actor_of(request), pack_of(request)))


@route(powers=MANAGING, object_kind="organisations.organisation")
def administrators(request: PortalRequest, organisation_id: int) -> HttpResponse:
    """管理员信息 of a subordinate unit."""
    body = selectors.subordinate(actor_of(request), organisation_id)
    context = {"title": "管理员信息", "body": body, "rows": managers(actor_of(request), body)}
    return render(request, "registrations/administrators.html", context)


@route("GET", "POST", powers=MANAGING, object_kind="organisations.organisation")
def review_right(request: PortalRequest, organisation_id: int) -> HttpResponse:
    """关闭审核权限, or the reverse when it is closed: confirmed with a reason."""
    body = selectors.closable(actor_of(request), organisation_id)
    form = ReviewForm(request.POST or None, required=not body.review_closed)
    if request.method == "POST" and form.is_valid() and _changed(request, form, body):
        return redirect("registrations:subordinates")
    context = {"title": _verb(body), "body": body, "form": form, "pairs": unit_pairs(body)[:5]}
    return render(request, "registrations/review_right.html", context, status=422 if form.errors else 200)


def managers(actor: Actor, body: Organisation) -> list[dict[str, object]]:
    """Who acts for a body, and whose password the actor may have reset; nothing for who may not see them."""
    if not permissions.can_see_managers(actor, body):
        return []
    people = bodies.administrators(body.pk)
    resettable = bodies.resettable(actor, people)
    return [_person(hat, resettable=hat.pk in resettable) for hat in people]


def _page(actor: Actor, pack: Pack) -> ListPage[Organisation]:
    closing: RowAction[Organisation] = RowAction(
        label="关闭审核权限", url=lambda row: _closing(actor, row, closed=False)
    )
    opening: RowAction[Organisation] = RowAction(
        label="开放审核权限", url=lambda row: _closing(actor, row, closed=True)
    )
    return ListPage(
        key="registrations.subordinates",
        title=pack.called(actor.role_key, "registrations:subordinates", pack.word("review.subordinates")),
        rows=selectors.subordinates,
        allowed=permissions.can_see_filed,
        columns=_COLUMNS,
        order_by=("name_key",),
        filters=subordinate_filters(pack.key),
        actions=(
            RowAction(label="管理员信息", url=lambda row: reverse("registrations:administrators", args=[row.pk])),
            RowAction(label="详细", url=lambda row: reverse("registrations:unit", args=[row.pk])),
            closing,
            opening,
        ),
        numbered=True,
        export=True,
    )


def _closing(actor: Actor, row: Organisation, *, closed: bool) -> str | None:
    if row.review_closed != closed or not permissions.can_close_review(actor, row):
        return None
    return reverse("registrations:review_right", args=[row.pk])


_COLUMNS: tuple[Column[Organisation], ...] = (
    Column(key="name", label="单位名称", value=lambda row: row.name, wrap=True, order_by="name_key"),
    Column(key="nature", label="单位性质", value=lambda row: registry.catalogue("unit_natures").label(row.nature)),
    Column(key="industry", label="所属行业", value=lambda row: registry.catalogue("industries").label(row.industry)),
    Column(key="code", label="组织机构代码", value=lambda row: row.code or ""),
    Column(key="review", label="审核权限", value=lambda row: _CLOSED if row.review_closed else _OPEN),
)


def _person(hat: Membership, *, resettable: bool) -> dict[str, object]:
    role = "超级管理员" if hat.is_super else (hat.role.name if hat.role is not None else "")
    email = masking.email(hat.user.email) if hat.user.email else ""
    return {"pk": hat.pk, "user": hat.user, "role": role, "email": email, "resettable": resettable}


def _verb(body: Organisation) -> str:
    return "开放审核权限" if body.review_closed else "关闭审核权限"


def _changed(request: PortalRequest, form: ReviewForm, body: Organisation) -> bool:
    change = services.open_review if body.review_closed else services.close_review
    try:
        moved = change(actor_of(request), body.pk, form.cleaned_data["reason"])
    except RuleBroken as refused:
        add_problems(form, refused)
        return False
    where = "退回该单位审核" if body.review_closed else "转由本单位审核"
    told = f"，{moved} 条待审核的事项{where}" if moved else ""
    messages.success(request, f"已{_verb(body)}：{body.name}{told}")
    return True
