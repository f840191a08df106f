"""学时审批 and 学时审验: the list with the detail beside it. Decisions go to ``reviews:decide``."""

from dataclasses import dataclass
from functools import partial

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from xueshi.declarations import selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.web import filters, opened, rows, shown
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.policies import registry
from xueshi.policies.packs import Pack
from xueshi.policies.requests import actor_of, pack_of
from xueshi.reviews import queues
from xueshi.reviews import selectors as cases
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import Stage, Verdict
from xueshi.ui import parts
from xueshi.ui.lists import BatchAction, Column, ListPage, ListTab, Opening, RowAction, list_again, show_list
from xueshi.ui.routes import route

_PAGES = {
    Stage.REVIEW: ("declarations:desk", "review.hours"),
    Stage.VERIFICATION: ("declarations:verification", "review.verification"),
}
"""The URL name of either list, and the word that heads it where no menu does."""


@dataclass(frozen=True)
class _Desk:
    """One of the two desks for one reader."""

    actor: Actor
    pack: Pack
    stage: Stage
    tab: str
    here: str

    @property
    def waits(self) -> bool:
        """Whether the tab shows what is still to be decided."""
        return self.tab != "reviewed"

    def opening(self, row: Declaration) -> str:
        """Where a declaration is opened beside the list as it was asked for, at its decision."""
        return f"{self.here}{'&' if '?' in self.here else '?'}case={row.case_id}#decide"

    def is_ours(self, row: Declaration) -> bool:
        """Whether the row was not given to a colleague, who alone decides it then."""
        return queues.is_ours(self.actor, row.case)


@route(powers=(Power.REVIEW_HOURS.value,))
def review(request: HttpRequest) -> HttpResponse:
    """学时审批: what waits for the unit's review, and what it has reviewed (CV-02, CV-08)."""
    return _show(request, Stage.REVIEW)


@route(powers=(Power.VERIFY_HOURS.value,))
def verification(request: HttpRequest) -> HttpResponse:
    """成果备案 › 学时审验 (CV-12, CV-13)."""
    return _show(request, Stage.VERIFICATION)


def _show(request: HttpRequest, stage: Stage) -> HttpResponse:
    key, here = request.GET.get("case", ""), list_again(request)
    desk = _Desk(actor_of(request), pack_of(request), stage, request.GET.get("tab", ""), here)
    extra: dict[str, object] = {"detail_key": key, "title": _title(desk)}
    extra |= {"closed": queues.closed(desk.actor, stage), "notice": opened.notice(desk.pack)}
    if key:
        extra |= opened.context(opened.Opened(desk.actor, desk.pack, stage, key), request)
        extra |= {"next": here, "here": request.get_full_path()}
    if key and request.headers.get("HX-Target") == "detail":
        return render(request, "declarations/desk.html#detail", extra)
    return show_list(request, _page(desk), extra)


def _title(desk: _Desk) -> str:
    url, word = _PAGES[desk.stage]
    return desk.pack.called(desk.actor.role_key, url, desk.pack.word(word))


def _page(desk: _Desk) -> ListPage[Declaration]:
    review = desk.stage == Stage.REVIEW
    return ListPage(
        key="declarations.desk" if review else "declarations.verification",
        title=_title(desk),
        rows=partial(selectors.desk_rows, stage=desk.stage, waits=desk.waits),
        order_by=selectors.WAITING_FIRST if desk.waits else ("-case__settled_at", "-changed_at"),
        opening=_opening(desk.stage) if desk.waits else None,
        filters=(filters.review_filters if review else filters.verification_filters)(desk.pack.key),
        columns=_columns(desk),
        tabs=_tabs(desk),
        batch=_buttons(desk) if desk.waits else (),
        actions=_actions(desk),
        remarks=_remarks,
        refusal="驳回" if review else "不通过",
        token=queues.token(selectors.KIND, desk.stage),
        row_value=_value,
        selected_total=lambda row: row.hours_declared,
        template="declarations/desk.html",
        detail_param="case",
        detail_key=lambda row: row.case_id,
        numbered=True,
        export=True,
    )


def _opening(stage: Stage) -> Opening[Declaration]:
    return Opening(
        first=partial(selectors.first_waiting, stage=stage),
        keys=partial(selectors.waiting_cases, stage=stage),
        token=partial(queues.token_of, selectors.KIND, stage),
        at_most=queues.SHOWN_AT_MOST,
    )


def _remarks(actor: Actor) -> list[str]:
    return [reason.text for reason in cases.reasons(actor, selectors.KIND)]


def _actions(desk: _Desk) -> tuple[RowAction[Declaration], ...]:
    """通过, 驳回, 详细 (CV-02); 详细, 审验不通过 (CV-12). A refusal asks for its reason beside the list."""
    detail = rows.detail(desk.pack)
    if not desk.waits:
        return detail, queues.removal(lambda row: row.case_id)

    decide = reverse("reviews:decide")

    def deciding(row: Declaration) -> str | None:
        return decide if desk.is_ours(row) else None

    def refusing(row: Declaration) -> str | None:
        return desk.opening(row) if desk.is_ours(row) else None

    def passing(row: Declaration) -> dict[str, str]:
        return {"row": _value(row), "verdict": Verdict.PASS, "next": desk.here}

    if desk.stage == Stage.VERIFICATION:
        return detail, RowAction(label="审验不通过", url=refusing)
    passes: RowAction[Declaration] = RowAction(label="通过", url=deciding, post=True, fields=passing)
    return passes, RowAction(label="驳回", url=refusing), detail


def _value(row: Declaration) -> str:
    return queues.row_value(row.case) if row.case is not None else ""


def _tabs(desk: _Desk) -> tuple[ListTab[Declaration], ...]:
    def waiting(rows: QuerySet[Declaration]) -> QuerySet[Declaration]:
        return rows if desk.waits else rows.filter(selectors.waiting_at(desk.actor, desk.stage))

    def done(rows: QuerySet[Declaration]) -> QuerySet[Declaration]:
        return rows.filter(selectors.decided_at(desk.actor, desk.stage))

    words = ("pending", "reviewed") if desk.stage == Stage.REVIEW else ("awaiting_verification", "verified")
    return (
        ListTab(key="todo", label=desk.pack.word(f"states.{words[0]}"), narrow=waiting, count=True),
        ListTab(key="reviewed", label=desk.pack.word(f"states.{words[1]}"), narrow=done),
    )


def _buttons(desk: _Desk) -> tuple[BatchAction, ...]:
    if desk.stage == Stage.REVIEW:
        return queues.buttons()
    return tuple(
        BatchAction(
            key=one.key,
            label=one.label.replace("通过", "审验通过").replace("驳回", "审验不通过"),
            url=one.url,
            style=one.style,
            comment=one.comment,
            everything=one.everything,
        )
        for one in queues.buttons()
    )


def _columns(desk: _Desk) -> tuple[Column[Declaration], ...]:
    """年度 to 认定学时 as printed (CV-02, CV-12); then, while it waits, since when."""
    pack, review = desk.pack, desk.stage == Stage.REVIEW
    name: Column[Declaration] = Column(
        key="name", label="姓名", value=_who, order_by="person__name_pinyin", names_row=True
    )
    year: Column[Declaration] = Column(
        key="year", label="年度" if review else "认定年度", value=lambda row: str(row.year), order_by="year"
    )
    unit: Column[Declaration] = Column(key="unit", label="单位", value=lambda row: row.organisation.name, wrap=True)
    common: tuple[Column[Declaration], ...] = (
        Column(key="form", label=pack.word("declaration.learning_form"), value=_form),
        Column(key="subject", label="科目类型", value=shown.subject_label, minor=True),
        *rows.hours(pack, minor=review and desk.waits),
    )
    result: Column[Declaration] = Column(
        key="result", label=pack.word("declaration.result"), value=lambda row: shown.state(row, pack)
    )
    sent: Column[Declaration] = Column(
        key="sent", label="提交时间", value=lambda row: row.case.submitted_at if row.case else None
    )
    last = (sent,) if desk.waits else (*queues.reviewer(_case_of, "case__settled_at"), result)
    return (year, name, *(() if review else (unit,)), *common, *last)


def _case_of(row: Declaration) -> ReviewCase | None:
    return row.case


def _who(row: Declaration) -> parts.Cell:
    title = registry.catalogue("titles").label(row.person.title) if row.person.title not in {"", "none"} else ""
    note = " · ".join(filter(None, (title, row.person.user.listed_document)))
    return parts.Cell(text=row.person.user.name, note=note, strong=True)


def _form(row: Declaration) -> parts.Cell:
    return parts.Cell(
        text=shown.form_label(row),
        note=queues.handed_to(row.case),
        badge="可能重复" if getattr(row, "is_doubled", False) else "",
    )
