"""The queues: one declaration for the waiting and one for the reviewed tab of each role."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.policies.packs import Pack
from xueshi.registrations import permissions, rules, selectors
from xueshi.registrations.models import Registration
from xueshi.registrations.web import columns, filters
from xueshi.registrations.web.columns import CaseColumn
from xueshi.registrations.web.filing_filters import FiledFilters, filed_filters
from xueshi.reviews import queues
from xueshi.reviews import selectors as reviews
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import Stage
from xueshi.ui.filters import FilterSet
from xueshi.ui.lists import Column, ListPage, RowAction


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One role's queue: what it is called for whom, its columns and filters."""

    role: str
    title: str
    columns: Sequence[CaseColumn]
    waiting: type[FilterSet]
    reviewed: type[FilterSet]
    titles: tuple[tuple[str, str], ...] = ()
    columns_of: tuple[tuple[str, Sequence[CaseColumn]], ...] = ()

    def columns_for(self, actor: Actor) -> Sequence[CaseColumn]:
        """The columns as this actor's page prints them."""
        return dict(self.columns_of).get(actor.role_key, self.columns)

    def title_for(self, key: str, actor: Actor, pack: Pack) -> str:
        """As the role's menu prints it; without an entry an employer calls employers its subordinates (REV-15)."""
        otherwise = dict(self.titles).get(actor.role_key, self.title)
        return pack.called(actor.role_key, f"registrations:{key}", otherwise)


QUEUES = {
    "people": Queue(
        role="professional",
        title="审核注册人员",
        columns=columns.PEOPLE,
        waiting=filters.PeopleFilters,
        reviewed=filters.ReviewedPeopleFilters,
    ),
    "units": Queue(
        role="employer",
        title="审核用人单位",
        titles=(("employer", "审核下级单位"),),
        columns=columns.unit(),
        columns_of=(("department", columns.unit(columns.CREDIT_CODE_LABEL)),),
        waiting=filters.UnitFilters,
        reviewed=filters.UnitFilters,
    ),
    "departments": Queue(
        role="department",
        title="审核主管部门",
        columns=columns.unit(),
        waiting=filters.UnitFilters,
        reviewed=filters.UnitFilters,
    ),
    "bases": Queue(
        role="base",
        title="审核继续教育基地",
        columns=(
            columns.body("继续教育基地名称"),
            Column(key="level", label="继续教育基地级别", value=columns.base_level),
            columns.MANAGER,
            columns.NUMBER,
            columns.PHONE,
        ),
        waiting=filters.BaseFilters,
        reviewed=filters.BaseFilters,
    ),
    "bureaux": Queue(
        role="bureau",
        title="审核人社部门",
        columns=(
            columns.body("人社部门"),
            columns.code(),
            columns.MANAGER,
            columns.NUMBER,
            columns.PHONE,
            Column(key="email", label="电子邮件", value=columns.email),
        ),
        waiting=filters.BureauFilters,
        reviewed=filters.BureauFilters,
    ),
}


def page(key: str, actor: Actor, pack: Pack, *, reviewed: bool) -> ListPage[ReviewCase]:
    """The waiting or the reviewed tab of a queue (REV-01)."""
    shape = replace(QUEUES[key], columns=QUEUES[key].columns_for(actor))
    title = shape.title_for(key, actor, pack)
    return _reviewed_page(key, shape, title) if reviewed else _waiting_page(key, shape, title, actor)


def _rows(role: str) -> Callable[[Any], QuerySet[ReviewCase]]:
    return lambda actor: selectors.queue(actor, role)


def _waiting_page(key: str, shape: Queue, title: str, actor: Actor) -> ListPage[ReviewCase]:
    detail: RowAction[ReviewCase] = RowAction(label="详情", url=partial(_opened, key))
    return ListPage(
        key=f"registrations.{key}",
        title=title,
        rows=_rows(shape.role),
        allowed=permissions.can_review_registrations,
        columns=queues.told(shape.columns),
        order_by=("waiting_since",),
        filters=shape.waiting,
        tabs=queues.tabs(),
        batch=queues.buttons(),
        actions=(*queues.decisions(actor, partial(_opened, key)), detail),
        remarks=partial(_remarks, shape.role),
        token=queues.token(rules.kind_key(shape.role), Stage.REVIEW, key="pk"),
        row_value=queues.row_value,
        numbered=True,
        template="registrations/queue.html",
        detail_param="case",
    )


def _reviewed_page(key: str, shape: Queue, title: str) -> ListPage[ReviewCase]:
    return ListPage(
        key=f"registrations.{key}",
        title=title,
        rows=partial(selectors.reviewed, role=shape.role),
        allowed=permissions.can_review_registrations,
        columns=(*shape.columns, *queues.REVIEWED),
        order_by=("-settled_at",),
        filters=shape.reviewed,
        tabs=queues.tabs(),
        actions=(
            RowAction(label="详情", url=lambda case: f"{_opened(key, case)}&tab=reviewed"),
            queues.removal(),
        ),
        numbered=True,
        template="registrations/queue.html",
        detail_param="case",
    )


def _remarks(role: str, actor: Any) -> list[str]:
    return [reason.text for reason in reviews.reasons(actor, rules.kind_key(role))]


def _opened(key: str, case: ReviewCase) -> str:
    return f"{reverse(f'registrations:{key}')}?case={case.pk}"


def queue_of(role: str) -> str:
    """The key of a role's queue."""
    return next(key for key, shape in QUEUES.items() if shape.role == role)


def _unit(row: Registration) -> Organisation:
    assert row.organisation is not None  # noqa: S101 - `filed_units` asks for employers
    return row.organisation


def _superior(row: Registration) -> str:
    parent = _unit(row).parent
    return parent.name if parent is not None else ""


FILED: ListPage[Registration] = ListPage(
    key="registrations.filed",
    title="用人单位备案",
    rows=selectors.filed_units,
    allowed=permissions.can_see_filed,
    columns=(
        Column(
            key="name", label="用人单位名称", value=lambda row: _unit(row).name, wrap=True,
            order_by="organisation__name_key",
            link=lambda row: reverse("registrations:unit", args=[row.organisation_id]),
        ),
        Column(key="code", label="统一社会信用代码", value=lambda row: _unit(row).code or ""),
        Column(key="superior", label="所属人社部门", value=_superior, wrap=True),
        Column(key="head", label="机构负责人", value=lambda row: _unit(row).head),
        Column(key="administrator", label="管理员", value=lambda row: row.user.name),
        Column(key="filed_at", label="备案时间", value=lambda row: row.created_at, order_by="created_at"),
    ),
    order_by=("-created_at",),
    filters=FiledFilters,
    numbered=True,
)  # fmt: skip


def filed(portal: str) -> ListPage[Registration]:
    """The units on record, with the areas of one portal."""
    return replace(FILED, filters=filed_filters(portal))
