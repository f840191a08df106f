"""The bureau's list of its own notices."""

from django.urls import reverse

from xueshi.notices import permissions, selectors
from xueshi.notices.models import Notice
from xueshi.notices.states import NoticeKind, NoticeState
from xueshi.ui import filters, parts
from xueshi.ui.lists import Column, ListPage, ListTab

TONES: dict[str, parts.Tone] = {NoticeState.DRAFT: "wait", NoticeState.PUBLISHED: "ok", NoticeState.WITHDRAWN: "idle"}


def state(notice: Notice) -> parts.State:
    """Its state in words and colour."""
    return parts.State(NoticeState(notice.state).label, TONES[notice.state])


class NoticeFilters(filters.FilterSet):
    """标题, 栏目."""

    title = filters.CharFilter(label="标题", field_name="title", lookup_expr="contains", max_length=100)
    kind = filters.ChoiceFilter(
        label="栏目", field_name="kind", choices=[(kind.value, kind.label) for kind in NoticeKind], empty_label="全部"
    )


def _tab(key: NoticeState) -> ListTab[Notice]:
    return ListTab(key=key.value, label=key.label, narrow=lambda rows: rows.filter(state=key))


OWN: ListPage[Notice] = ListPage(
    key="notices",
    title="通知公告管理",
    rows=selectors.managed,
    allowed=permissions.can_write,
    filters=NoticeFilters,
    tabs=(ListTab(key="all", label="全部", narrow=lambda rows: rows), *(_tab(one) for one in NoticeState)),
    columns=(
        Column(
            key="title", label="标题", wrap=True, link=lambda row: reverse("notices:own", args=[row.pk]),
            value=lambda row: parts.Cell(text=row.title, badge="置顶" if row.pinned else ""),
        ),
        Column(key="kind", label="栏目", value=lambda row: NoticeKind(row.kind).label),
        Column(key="state", label="状态", value=state),
        Column(key="published", label="发布时间", value=lambda row: row.published_at, order_by="published_at"),
        Column(key="changed", label="修改时间", value=lambda row: row.changed_at, order_by="changed_at"),
    ),
    order_by=("-changed_at",),
    template="notices/own_list.html",
)  # fmt: skip
