"""The queues: one declaration for the waiting and one for the reviewed tab of each role."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from xueshi.accounts.models import document_index
from xueshi.kernel import masking, text
from xueshi.kernel.identity import DocumentType
from xueshi.organisations.actors import Actor
from xueshi.policies import registry
from xueshi.registrations import permissions, rules, selectors
from xueshi.registrations.models import Registration
from xueshi.reviews import queues
from xueshi.reviews.models import ReviewCase, ReviewStep
from xueshi.reviews.states import Stage, StepState
from xueshi.ui import filters
from xueshi.ui.lists import Column, ListPage, ListTab, RowAction

type CaseColumn = Column[ReviewCase]

CODE_LABEL = "机构代码/统一社会信用代码"


def _behind(case: ReviewCase) -> Registration:
    return case.registration


def _decided(case: ReviewCase) -> ReviewStep | None:
    steps = [step for step in case.steps.all() if step.state in {StepState.PASSED, StepState.FAILED}]
    return steps[-1] if steps else None


def _reviewer(case: ReviewCase) -> str:
    step = _decided(case)
    return step.decided_by.name if step is not None and step.decided_by is not None else ""


def _reviewed_at(case: ReviewCase) -> object:
    step = _decided(case)
    return step.decided_at if step is not None else None


def _result(case: ReviewCase) -> object:
    step = _decided(case)
    return queues.RESULT_WORDS[StepState(step.state)] if step is not None else ""


def _title(case: ReviewCase) -> str:
    professional = _behind(case).professional
    if professional is None:
        return ""
    title = registry.catalogue("titles").label(professional.title)
    return (
        title if professional.title != "none" else registry.catalogue("title_series").label(professional.title_series)
    )


def _certificate(case: ReviewCase) -> str:
    professional = _behind(case).professional
    return professional.title_certificate if professional is not None else ""


def _base_level(case: ReviewCase) -> str:
    return registry.catalogue("base_levels").label(str(case.organisation.answers.get("base_level", "")))


_NUMBER: CaseColumn = Column(key="document", label="证件号", value=lambda case: _behind(case).user.masked_document)
_PHONE: CaseColumn = Column(key="phone", label="手机", value=lambda case: _behind(case).user.masked_phone)
_EMAIL: CaseColumn = Column(key="email", label="电子邮箱", value=lambda case: masking.email(_behind(case).user.email))
_MANAGER: CaseColumn = Column(key="administrator", label="管理员", value=lambda case: _behind(case).user.name)
_REVIEWED: tuple[CaseColumn, ...] = (
    Column(key="reviewer", label="审核人", value=_reviewer),
    Column(key="reviewed_at", label="审核时间", value=_reviewed_at, order_by="settled_at"),
    Column(key="result", label="审核状态", value=_result),
)
PEOPLE: tuple[CaseColumn, ...] = (
    Column(key="name", label="姓名", value=lambda case: _behind(case).user.name, order_by="title"),
    _NUMBER,
    Column(key="certificate", label="证书管理号", value=_certificate),
    Column(key="title", label="专业技术职务", value=_title),
    Column(key="phone", label="手机号", value=lambda case: _behind(case).user.masked_phone),
    _EMAIL,
)


def _body(label: str) -> CaseColumn:
    return Column(key="name", label=label, value=lambda case: case.organisation.name, order_by="title", wrap=True)


def _code(label: str = CODE_LABEL) -> CaseColumn:
    return Column(key="code", label=label, value=lambda case: case.organisation.code or "")


class PeopleFilters(filters.FilterSet):
    """姓名."""

    name = filters.CharFilter(label="姓名", method="by_name", max_length=40)

    def by_name(self, rows: QuerySet[ReviewCase], _name: str, value: str) -> QuerySet[ReviewCase]:
        """Part of the person's name; of the case's title, which is that name."""
        return rows.filter(title__contains=value.strip())


class ReviewedPeopleFilters(PeopleFilters):
    """姓名, 证件号, 电子邮箱; protected values only as a whole (C5)."""

    document = filters.CharFilter(label="证件号", method="by_document", max_length=20)
    email = filters.CharFilter(label="电子邮箱", method="by_email", max_length=100)

    def by_document(self, rows: QuerySet[ReviewCase], _name: str, value: str) -> QuerySet[ReviewCase]:
        """The whole number, of whatever kind of document."""
        number = text.half_width(value).strip().upper()
        indexes = [document_index(kind, number) for kind in DocumentType]
        return rows.filter(registration__user__document_index__in=indexes)

    def by_email(self, rows: QuerySet[ReviewCase], _name: str, value: str) -> QuerySet[ReviewCase]:
        """The whole address: it is stored encrypted, so the few rows of one's own list are compared."""
        wanted = value.strip().casefold()
        near = rows.select_related("registration__user").only("pk", "registration__user__email")
        return rows.filter(pk__in=[case.pk for case in near if case.registration.user.email.casefold() == wanted])


class UnitFilters(filters.FilterSet):
    """法人单位."""

    name = filters.CharFilter(label="法人单位", field_name="title", lookup_expr="contains", max_length=60)


class BureauFilters(UnitFilters):
    """法人单位, 管理员."""

    administrator = filters.CharFilter(
        label="管理员", field_name="registration__user__name", lookup_expr="contains", max_length=40
    )


class BaseFilters(filters.FilterSet):
    """继续教育基地名称, 继续教育基地级别."""

    name = filters.CharFilter(label="继续教育基地名称", field_name="title", lookup_expr="contains", max_length=60)
    level = filters.ChoiceFilter(
        label="继续教育基地级别",
        field_name="organisation__answers__base_level",
        choices=lambda: [(item.code, item.label) for item in registry.catalogue("base_levels").items],
        empty_label="全部",
    )


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One role's queue: what it is called for whom, its columns and filters."""

    role: str
    title: str
    columns: Sequence[CaseColumn]
    waiting: type[filters.FilterSet]
    reviewed: type[filters.FilterSet]
    titles: tuple[tuple[str, str], ...] = ()

    def title_for(self, actor: Actor) -> str:
        """An employer calls employers its subordinates (REV-15)."""
        return dict(self.titles).get(actor.role_key, self.title)


QUEUES = {
    "people": Queue(
        role="professional",
        title="审核注册人员",
        columns=PEOPLE,
        waiting=PeopleFilters,
        reviewed=ReviewedPeopleFilters,
    ),
    "units": Queue(
        role="employer",
        title="审核用人单位",
        titles=(("employer", "审核下级单位"),),
        columns=(_body("法人单位"), _code(), _MANAGER, _NUMBER, _PHONE),
        waiting=UnitFilters,
        reviewed=UnitFilters,
    ),
    "departments": Queue(
        role="department",
        title="审核主管部门",
        columns=(_body("法人单位"), _code(), _MANAGER, _NUMBER, _PHONE),
        waiting=UnitFilters,
        reviewed=UnitFilters,
    ),
    "bases": Queue(
        role="base",
        title="审核继续教育基地",
        columns=(
            _body("继续教育基地名称"),
            Column(key="level", label="继续教育基地级别", value=_base_level),
            _MANAGER,
            _NUMBER,
            _PHONE,
        ),
        waiting=BaseFilters,
        reviewed=BaseFilters,
    ),
    "bureaux": Queue(
        role="bureau",
        title="审核人社部门",
        columns=(
            _body("人社部门"),
            _code(),
            _MANAGER,
            _NUMBER,
            _PHONE,
            Column(key="email", label="电子邮件", value=lambda case: masking.email(_behind(case).user.email)),
        ),
        waiting=BureauFilters,
        reviewed=BureauFilters,
    ),
}


def _tabs() -> tuple[ListTab[ReviewCase], ...]:
    return (
        ListTab(key="waiting", label="待审核", narrow=lambda rows: rows.filter(waits_here=True), count=True),
        ListTab(key="reviewed", label="已审核", narrow=lambda rows: rows.filter(waits_here=False), count=True),
    )


def page(key: str, actor: Actor, *, reviewed: bool) -> ListPage[ReviewCase]:
    """The waiting or the reviewed tab of a queue (REV-01)."""
    shape = QUEUES[key]
    return (_reviewed_page if reviewed else _waiting_page)(key, shape, shape.title_for(actor))


def _rows(role: str) -> Callable[[Any], QuerySet[ReviewCase]]:
    return lambda actor: selectors.queue(actor, role)


def _waiting_page(key: str, shape: Queue, title: str) -> ListPage[ReviewCase]:
    return ListPage(
        key=f"registrations.{key}",
        title=title,
        rows=_rows(shape.role),
        allowed=permissions.can_review_registrations,
        columns=shape.columns,
        order_by=("waiting_since",),
        filters=shape.waiting,
        tabs=_tabs(),
        batch=queues.buttons(),
        actions=(
            RowAction(label="通过", url=lambda _case: reverse("reviews:decide"), post=True, fields=_passing),
            RowAction(label="驳回", url=lambda case: f"{_opened(key, case)}#decide"),
            RowAction(label="详情", url=lambda case: _opened(key, case)),
        ),
        token=queues.token(rules.kind_key(shape.role), Stage.REVIEW, case="registration__case"),
        row_value=queues.row_value,
        numbered=True,
        template="registrations/queue.html",
        detail_param="case",
    )


def _reviewed_page(key: str, shape: Queue, title: str) -> ListPage[ReviewCase]:
    return ListPage(
        key=f"registrations.{key}",
        title=title,
        rows=_rows(shape.role),
        allowed=permissions.can_review_registrations,
        columns=(*shape.columns, *_REVIEWED),
        order_by=("-settled_at",),
        filters=shape.reviewed,
        tabs=_tabs(),
        actions=(
            RowAction(label="详情", url=lambda case: f"{_opened(key, case)}&tab=reviewed"),
            RowAction(
                label="删除",
                url=lambda case: reverse("registrations:hide", args=[case.pk]),
                post=True,
                confirm="删除后，此记录不再显示在您的列表中；人员和单位不受影响。确定删除？",
            ),
        ),
        numbered=True,
        template="registrations/queue.html",
        detail_param="case",
    )


def _passing(case: ReviewCase) -> dict[str, str]:
    return {"row": queues.row_value(case), "verdict": "pass"}


def _opened(key: str, case: ReviewCase) -> str:
    return f"{reverse(f'registrations:{key}')}?case={case.pk}"


def queue_of(role: str) -> str:
    """The key of a role's queue."""
    return next(key for key, shape in QUEUES.items() if shape.role == role)


FILED: ListPage[Registration] = ListPage(
    key="registrations.filed",
    title="用人单位备案",
    rows=selectors.filed_units,
    allowed=permissions.can_see_filed,
    columns=(
        Column(
            key="name", label="用人单位名称", value=lambda row: row.organisation.name, wrap=True,
            order_by="organisation__name_key",
            link=lambda row: reverse("registrations:unit", args=[row.organisation_id]),
        ),
        Column(key="code", label="统一社会信用代码", value=lambda row: row.organisation.code or ""),
        Column(key="superior", label="所属人社部门", value=lambda row: row.organisation.parent.name, wrap=True),
        Column(key="head", label="机构负责人", value=lambda row: row.organisation.head),
        Column(key="administrator", label="管理员", value=lambda row: row.user.name),
        Column(key="filed_at", label="备案时间", value=lambda row: row.created_at, order_by="created_at"),
    ),
    order_by=("-created_at",),
    filters=None,
    numbered=True,
)  # fmt: skip
