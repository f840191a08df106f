"""One's own events, and the desk where they are decided."""

from typing import Any

from django.urls import reverse

from xueshi.adjustments import permissions, rules, selectors
from xueshi.adjustments.models import Adjustment
from xueshi.adjustments.web import shown
from xueshi.reviews import queues
from xueshi.reviews import selectors as reviews
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import Stage
from xueshi.ui import filters
from xueshi.ui.lists import Column, ListPage, RowAction

TITLE = "学时要求调整"
DESK = "审核学时要求调整"


class ByName(filters.FilterSet):
    """姓名; the title of a case holds more words than the name."""

    name = filters.CharFilter(
        label="姓名", field_name="adjustment__person__user__name", lookup_expr="contains", max_length=40
    )


def _own_page(row: Adjustment) -> str | None:
    return reverse("adjustments:case", args=[row.case_id]) if row.case_id is not None else None


def mine() -> ListPage[Adjustment]:
    """What one has asked for, with its result."""
    return ListPage(
        key="adjustments.mine",
        title=TITLE,
        rows=selectors.own_adjustments,
        columns=(
            Column(key="year", label="年度", value=lambda row: str(row.year), order_by="year"),
            Column(key="what", label="调整内容", value=selectors.words, wrap=True),
            Column(key="period", label="起止时间", value=lambda row: f"{row.starts_on} 至 {row.ends_on}"),
            Column(key="asked", label="申请时间", value=lambda row: row.created_at, order_by="created_at"),
            Column(key="state", label="审核状态", value=shown.state),
            Column(key="handler", label="当前处理人", value=shown.handler, wrap=True),
        ),
        order_by=("-created_at",),
        actions=(RowAction(label="详细", url=_own_page),),
        empty_text="还没有申请过学时要求调整",
        template="adjustments/mine.html",
        numbered=True,
    )


def desk(*, reviewed: bool) -> ListPage[ReviewCase]:
    """The waiting or the reviewed tab."""
    columns: tuple[Column[ReviewCase], ...] = (
        Column(key="name", label="姓名", value=lambda case: case.adjustment.person.user.name, order_by="title"),
        Column(key="year", label="年度", value=lambda case: str(case.adjustment.year)),
        Column(key="what", label="调整内容", value=lambda case: selectors.words(case.adjustment), wrap=True),
        Column(key="unit", label="所在单位", value=lambda case: case.organisation.name, wrap=True, minor=True),
        Column(
            key="asked", label="申请时间", value=lambda case: case.submitted_at, order_by="submitted_at", minor=True
        ),
    )
    waiting = not reviewed
    return ListPage(
        key="adjustments.desk",
        title=DESK,
        rows=selectors.queue,
        allowed=permissions.can_review_adjustments,
        columns=queues.told(columns) if waiting else (*columns, *queues.REVIEWED),
        order_by=("waiting_since",) if waiting else ("-settled_at",),
        filters=ByName,
        tabs=queues.tabs(),
        batch=queues.buttons() if waiting else (),
        actions=(
            RowAction(label="详细", url=lambda case: f"{reverse('adjustments:desk')}?case={case.pk}{_tab(reviewed)}"),
        ),
        remarks=_remarks if waiting else (lambda _actor: ()),
        token=queues.token(rules.KIND, Stage.REVIEW, key="pk") if waiting else None,
        row_value=queues.row_value,
        numbered=True,
        template="adjustments/desk.html",
        detail_param="case",
    )


def _tab(reviewed: bool) -> str:
    return "&tab=reviewed" if reviewed else ""


def _remarks(actor: Any) -> list[str]:
    return [reason.text for reason in reviews.reasons(actor, rules.KIND)]
