"""The desk of title changes with each role's columns (REV-13, REV-24, REV-32), and one's own record of changes."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from xueshi.organisations.actors import Actor
from xueshi.organisations.states import OrganisationKind
from xueshi.people import permissions, rules, selectors
from xueshi.people.models import Title, TitleChange
from xueshi.people.web import shown
from xueshi.policies.packs import Pack
from xueshi.reviews import queues
from xueshi.reviews import selectors as reviews
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import Stage
from xueshi.ui import filters
from xueshi.ui.lists import Column, ListPage, RowAction
from xueshi.ui.parts import Cell

type CaseColumn = Column[ReviewCase]

_PATH: Final = "people:changes"


def _asked(case: ReviewCase) -> Title:
    return case.title_change.after


def _words(case: ReviewCase) -> Mapping[str, str]:
    return shown.values(_asked(case))


def _joined(case: ReviewCase, *keys: str) -> Cell:
    """Several values in one cell, the first one above the others, as the headings name them."""
    first, *rest = (_words(case)[key] for key in keys)
    return Cell(text=first, note=" / ".join(rest))


NAME: CaseColumn = Column(key="name", label="姓名", value=lambda case: case.title, order_by="title")
USUAL: tuple[CaseColumn, ...] = (
    NAME,
    Column(key="certificate", label="职称证书编号", value=lambda case: _words(case)["certificate_number"], minor=True),
    Column(
        key="title",
        label="专业技术职务系列/现专业技术职称资格",
        value=lambda case: _joined(case, "title_series", "title"),
        wrap=True,
    ),
    Column(
        key="dates",
        label="公布（生效）时间/聘任日期",
        value=lambda case: _joined(case, "title_effective", "appointed"),
    ),
)
OF_A_BUREAU: tuple[CaseColumn, ...] = (
    NAME,
    Column(key="department", label="工作部门", value=lambda case: _words(case)["department"], wrap=True, minor=True),
    Column(
        key="certificate",
        label="继续教育证书号",
        value=lambda case: getattr(case, "certificate_number", ""),
        minor=True,
    ),
    Column(
        key="title",
        label="专业技术职务系列/从事专业/专业技术职务职称",
        value=lambda case: _joined(case, "title_series", "practice_field", "title"),
        wrap=True,
    ),
    Column(
        key="dates", label="评审通过日期/聘任日期", value=lambda case: _joined(case, "title_effective", "appointed")
    ),
)


class ByName(filters.FilterSet):
    """姓名."""

    name = filters.CharFilter(label="姓名", field_name="title", lookup_expr="contains", max_length=40)


class ByPartOfName(filters.FilterSet):
    """姓名, with the words in the box that a bureau's page prints."""

    name = filters.CharFilter(
        label="姓名",
        field_name="title",
        lookup_expr="contains",
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "请输入姓名模糊查询"}),
    )


def page(actor: Actor, title: str, *, reviewed: bool) -> ListPage[ReviewCase]:
    """The waiting or the reviewed tab; a bureau has columns of its own."""
    bureau = actor.role_key == OrganisationKind.BUREAU
    columns = OF_A_BUREAU if bureau else USUAL
    chosen = ByPartOfName if bureau else ByName
    if reviewed:
        return ListPage(
            key="people.changes",
            title=title,
            rows=selectors.changes_reviewed,
            allowed=permissions.can_review_changes,
            columns=(*columns, *queues.REVIEWED),
            order_by=("-settled_at",),
            filters=chosen,
            tabs=queues.tabs(),
            actions=(
                RowAction(label="变更明细", url=lambda case: f"{_opened(case)}&tab=reviewed"),
                queues.removal(),
            ),
            numbered=True,
            template="people/changes.html",
            detail_param="case",
        )
    return _waiting(actor, title, columns, chosen)


def _waiting(
    actor: Actor, title: str, columns: tuple[CaseColumn, ...], chosen: type[filters.FilterSet]
) -> ListPage[ReviewCase]:
    return ListPage(
        key="people.changes",
        title=title,
        rows=selectors.change_queue,
        allowed=permissions.can_review_changes,
        columns=queues.told(columns),
        order_by=("waiting_since",),
        filters=chosen,
        tabs=queues.tabs(),
        batch=queues.buttons(),
        actions=(
            *queues.decisions(actor, _opened),
            RowAction(label="变更明细", url=_opened),
        ),
        remarks=_remarks,
        token=queues.token(rules.KIND, Stage.REVIEW, key="pk"),
        row_value=queues.row_value,
        numbered=True,
        template="people/changes.html",
        detail_param="case",
    )


def _remarks(actor: Any) -> list[str]:
    return [reason.text for reason in reviews.reasons(actor, rules.KIND)]


def _opened(case: ReviewCase) -> str:
    return f"{reverse(_PATH)}?case={case.pk}"


def _own(actor: Any) -> QuerySet[TitleChange]:
    return selectors.own_changes(actor)


def _reviewer(row: TitleChange) -> str:
    step = shown.decided(row)
    return step.decided_by.name if step is not None and step.decided_by is not None else ""


def _reviewed_at(row: TitleChange) -> object:
    step = shown.decided(row)
    return step.decided_at if step is not None else None


def _comment(row: TitleChange) -> str:
    step = shown.decided(row)
    return step.comment if step is not None else ""


def own_changes(pack: Pack) -> ListPage[TitleChange]:
    """变更记录 (PRO-22)."""
    return ListPage(
        key="people.own_changes",
        title="变更记录",
        rows=_own,
        columns=(
            Column(key="at", label="提交时间", value=lambda row: row.created_at, order_by="created_at"),
            Column(key="what", label="变更内容", value=lambda row: shown.changed_only(pack, row), wrap=True),
            Column(key="state", label="审核结果", value=shown.state),
            Column(key="reviewer", label="审核人", value=_reviewer),
            Column(key="reviewed_at", label="审核时间", value=_reviewed_at),
            Column(key="comment", label="审核意见", value=_comment, wrap=True),
        ),
        order_by=("-created_at",),
        actions=(
            RowAction(
                label="变更明细",
                url=lambda row: reverse("people:change", args=[row.case_id]) if row.case_id else None,
            ),
        ),
        numbered=True,
        template="people/own_changes.html",
    )
