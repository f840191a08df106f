"""学时申报记录: what a unit has declared, or all of its people's declarations where the pack says so (CR-27…CR-31)."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xueshi.declarations import permissions, selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.states import DeclarationState
from xueshi.declarations.web import filters, rows, shown
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.policies.packs import Pack
from xueshi.policies.requests import actor_of, pack_of
from xueshi.reviews.states import CaseState
from xueshi.ui import parts
from xueshi.ui.lists import Column, ListPage, RowAction, show_list
from xueshi.ui.routes import route

RESULTS = (DeclarationState.PENDING, DeclarationState.APPROVED, DeclarationState.REJECTED)
"""What a unit tells its records apart by: 待审核, 审核通过, 审核不通过."""


@dataclass(frozen=True)
class _Reader:
    """Who reads, and the pack whose words and fashion the list has."""

    actor: Actor
    pack: Pack

    @property
    def of_people(self) -> bool:
        """Whether the unit reads everything of its people, by results, and not only what it declared itself."""
        return self.pack.year(clock.year()).declaration.records == "people"


@route(powers=(Power.RECORDS.value,))
def records(request: HttpRequest) -> HttpResponse:
    """学时申报记录 of the unit; in some regions 我申报的 (REV-37)."""
    reader = _Reader(actor_of(request), pack_of(request))
    extra = {"declare_word": reader.pack.word("declaration.title") if _declares(reader.actor) else ""}
    return show_list(request, _page(reader), extra)


def _declares(actor: Actor) -> bool:
    return bool(permissions.can_declare_for_others(actor))


def _page(reader: _Reader) -> ListPage[Declaration]:
    return ListPage(
        key="declarations.records",
        title=reader.pack.called(
            reader.actor.role_key, "declarations:records", reader.pack.word("declaration.records")
        ),
        rows=selectors.records_of_people if reader.of_people else selectors.records,
        order_by=("-changed_at",),
        filters=(filters.result_filters if reader.of_people else filters.record_filters)(reader.pack.key),
        columns=columns(reader.pack),
        tabs=() if reader.of_people else rows.tabs(reader.pack, RESULTS),
        actions=_actions(reader),
        empty_text="没有申报记录",
        template="declarations/records.html",
        numbered=True,
        export=True,
    )


def columns(pack: Pack) -> tuple[Column[Declaration], ...]:
    """姓名 to 认定结果 as printed (CR-27)."""
    return (
        Column(key="name", label="姓名", value=_who, order_by="person__name_pinyin"),
        Column(key="year", label="认定年度", value=lambda row: str(row.year), order_by="year"),
        Column(key="subject", label="科目类型", value=shown.subject_label),
        Column(key="form", label=pack.word("declaration.learning_form"), value=shown.form_label),
        *rows.hours(pack),
        Column(key="handler", label=pack.word("declaration.handler"), value=_handler, wrap=True),
        Column(key="result", label=pack.word("declaration.result"), value=lambda row: shown.progress(row, pack)),
    )


def _who(row: Declaration) -> parts.Cell:
    others = str((row.typed or {}).get("people", "")).count(",") if row.case_id is None else 0
    name = f"{row.person.user.name} 等 {others + 1} 人" if others else row.person.user.name
    return parts.Cell(text=name, note=row.person.user.listed_document, strong=True)


def _handler(row: Declaration) -> str:
    """Who has it while it waits for its review; empty after the decision, also while it is verified (CR-31)."""
    pending = row.case is not None and row.case.state == CaseState.PENDING
    return shown.handler(row) if pending else ""


def _actions(reader: _Reader) -> tuple[RowAction[Declaration], ...]:
    pack = reader.pack

    def editing(row: Declaration) -> str | None:
        may = row.declaring_body_id is not None and permissions.can_edit(reader.actor, row)
        return reverse("declarations:for_others_edit", args=[row.pk]) if may else None

    return (
        rows.detail(pack),
        rows.withdrawing(pack),
        RowAction(label=pack.word("buttons.edit"), url=editing),
        rows.deleting(pack, lambda row: editing(row) is not None),
    )
