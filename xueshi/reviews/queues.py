"""What every review queue has in common: the four buttons, the set they act on, words for states.

A queue page itself is declared by the app that owns the document, as a ``ui.lists.ListPage``; ``buttons`` and ``token``
connect it to the one way of deciding.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from typing import Any

from django.core import signing
from django.db.models import Model, QuerySet
from django.urls import reverse

from xueshi.organisations.actors import Actor
from xueshi.reviews import kinds, permissions, selectors
from xueshi.reviews.models import CaseEvent, ReviewCase, ReviewStep
from xueshi.reviews.selectors import HandedOn, Reason
from xueshi.reviews.states import CaseState, Move, Stage, StepState, Verdict
from xueshi.ui import parts
from xueshi.ui.lists import BatchAction, Column, ListTab, Matching, RowAction
from xueshi.ui.printing import printed

SHOWN_AT_MOST = 5_000
"""The largest set that one 全部 button takes; the rest is offered again afterwards."""

_SALT = "reviews.shown.versions"

STATE_WORDS = {
    CaseState.PENDING: parts.State("待审核", "wait"),
    CaseState.APPROVED: parts.State("审核通过", "ok"),
    CaseState.REJECTED: parts.State("审核不通过", "no"),
    CaseState.WITHDRAWN: parts.State("待提交", "idle"),
    CaseState.REVOKED: parts.State("审验不通过", "no"),
}
RESULT_WORDS = {StepState.PASSED: parts.State("通过", "ok"), StepState.FAILED: parts.State("不通过", "no")}
_ENTRUSTED = {Move.ENTRUST: "转交", Move.TAKE_BACK: "收回"}
_MOVE_WORDS = {Move.SUBMIT: "提交", Move.RESUBMIT: "再次提交", Move.WITHDRAW: "撤销"}


def buttons() -> tuple[BatchAction, ...]:
    """批量通过, 全部通过, 批量驳回, 全部驳回 (REV-02)."""
    decide, freeze = partial(reverse, "reviews:decide"), partial(reverse, "reviews:freeze")
    return (
        BatchAction(key=Verdict.PASS, label="批量通过", url=decide, style="success", comment=True),
        BatchAction(key=Verdict.PASS, label="全部通过", url=freeze, everything=True),
        BatchAction(key=Verdict.FAIL, label="批量驳回", url=decide, style="danger", comment=True),
        BatchAction(key=Verdict.FAIL, label="全部驳回", url=freeze, everything=True),
    )


def closed(actor: Actor, stage: Stage) -> str:
    """Why this unit does not review hours for the time being (CV-11); empty while it does."""
    unit = actor.organisation
    if unit is None or not unit.review_closed or stage != Stage.REVIEW:
        return ""
    return f"上级部门已关闭本单位的审核权限，待审核的事项由上级部门审核。原因：{unit.review_closed_for or '未填写'}"


def row_value(case: ReviewCase) -> str:
    """What a ticked row posts: the case and the version that was shown (D3)."""
    return f"{case.pk}:{case.version}"


def token[M: Model](kind: str, stage: Stage, *, key: str = "case_id") -> Callable[[Any, Matching[M]], str]:
    """For ``ListPage.token``: signs which cases the reviewer is being shown, in which version.

    ``key`` is the column of a row that holds the key of its case: ``pk`` where the rows are the cases themselves.
    """

    return lambda actor, matching: token_of(kind, stage, actor, _shown(matching, key))


def token_of(kind: str, stage: Stage, actor: Actor, cases: Iterable[tuple[int, int]]) -> str:
    """Signs which cases the reviewer is being shown, each with its version."""
    body = json.dumps([kind, stage, actor.desk_id, _by_version(cases)], separators=(",", ":"))
    return signing.dumps(body, salt=_SALT, compress=True)


def _by_version(cases: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Most cases are in one of few versions: a page of thousands carries their keys and hardly more."""
    found: dict[int, list[int]] = defaultdict(list)
    for case_id, version in cases:
        found[version].append(case_id)
    return found


def _shown[M: Model](matching: Matching[M], key: str) -> list[tuple[int, int]]:
    """At most as many as one button takes, in their order; ``key`` is named in code, never by a request (rule 5)."""
    version = "version" if key == "pk" else "case__version"
    if isinstance(matching, QuerySet):
        return list(matching.order_by(key).values_list(key, version)[:SHOWN_AT_MOST])
    return sorted(map(attrgetter(key, version.replace("__", ".")), matching))


def shown(actor: Actor, token_text: str) -> tuple[str, Stage, dict[int, int]]:
    """The set behind a token, the version of each case by its key in their order.

    ``signing.BadSignature`` when it is not one of ours or of another desk.
    """
    kind, stage, desk_id, by_version = json.loads(signing.loads(token_text, salt=_SALT, max_age=12 * 3600))
    if desk_id != actor.desk_id:
        raise signing.BadSignature
    cases = sorted((case_id, int(version)) for version, case_ids in by_version.items() for case_id in case_ids)
    return str(kind), Stage(stage), dict(cases)


def timeline(steps: Sequence[ReviewStep], events: Sequence[CaseEvent] = ()) -> list[parts.ChainStep]:
    """The way of a case: what its people did, then each desk's turn, round by round."""
    lines: list[parts.ChainStep] = []
    for number in sorted({step.round for step in steps}):
        own = [event for event in events if event.round == number and event.move in _MOVE_WORDS]
        sent = [event for event in own if event.move != Move.WITHDRAW]
        lines += [_event_line(event) for event in sent]
        lines += [_step_line(step) for step in steps if step.round == number]
        lines += [_event_line(event) for event in own if event.move == Move.WITHDRAW]
    return lines


def entrusted(events: Sequence[HandedOn]) -> list[parts.ChainStep]:
    """How a case went from hand to hand inside its desk (转交), as lines of its way."""
    return [
        parts.ChainStep(
            title=_ENTRUSTED[Move(event.move)],
            who=f"{event.by} → {event.to}" if event.to is not None else event.by,
            at=str(printed(event.at)),
            tone="now",
            comment=event.comment,
        )
        for event in events
    ]


def _event_line(event: CaseEvent) -> parts.ChainStep:
    return parts.ChainStep(
        title=_MOVE_WORDS[Move(event.move)],
        who=event.by.name,
        at=str(printed(event.at)),
        tone="ok",
        comment=event.comment,
    )


def _step_line(step: ReviewStep) -> parts.ChainStep:
    tones: dict[str, parts.Tone] = {StepState.PASSED: "ok", StepState.FAILED: "no", StepState.ACTIVE: "now"}
    who = step.desk.name
    if step.decided_by is not None:
        who = f"{who} · {step.decided_by.name}"
    at = str(printed(step.decided_at)) if step.decided_at is not None else ""
    words = {StepState.ACTIVE: "待处理", StepState.DROPPED: "未进行"}
    return parts.ChainStep(
        title=step.label,
        who=who,
        at=at or words.get(StepState(step.state), ""),
        tone=tones.get(step.state, "idle"),
        comment=f"{step.concerns_label}：{step.comment}" if step.concerns_label else step.comment,
    )


@dataclass(frozen=True, slots=True)
class Refusing:
    """What a reviewer is offered when refusing: reasons to choose, fields to name, where the list is kept."""

    reasons: tuple[Reason, ...]
    fields: tuple[tuple[str, str], ...]
    url: str


def refusing(actor: Actor, kind: str) -> Refusing:
    """The offer for a kind of document; one query."""
    portal = actor.organisation.portal if actor.organisation is not None else ""
    fields = tuple(kinds.kind(kind).fields(portal).items())
    return Refusing(tuple(selectors.reasons(actor, kind)), fields, reverse("reviews:reasons_of", args=[kind]))


def decision(actor: Actor, case: ReviewCase, next_url: str) -> dict[str, Any]:
    """The context of ``reviews/parts/decide.html``: may they decide, with which reasons, and where to go then.

    The case needs its steps.
    """
    allowed = permissions.can_decide(actor, case)
    return {
        "case": case,
        "row": row_value(case),
        "next": next_url,
        "may_decide": bool(allowed),
        "may_take_back": not allowed and bool(permissions.can_take_back(actor, case)),
        "why_not": allowed.reason if case.state == CaseState.PENDING else "",
        "refusing": refusing(actor, case.kind) if allowed else None,
    }


_TYPED = "typed_decision"


def keep_typed(request: object, case_id: int, typed: Mapping[str, str]) -> None:
    """Keep what a reviewer typed into a decision that is refused, with ``problem`` and its ``field``, for the desk."""
    setattr(request, _TYPED, {"case": str(case_id), **typed})


def typed(request: object, case_id: int | None) -> Mapping[str, str]:
    """What ``keep_typed`` kept for this case while this request lasts."""
    kept: Mapping[str, str] = getattr(request, _TYPED, {})
    return kept if kept.get("case") == str(case_id) else {}


def tabs() -> tuple[ListTab[ReviewCase], ...]:
    """待审核 and 已审核 over ``selectors.queue`` (REV-01)."""
    return (
        ListTab(key="waiting", label="待审核", narrow=lambda rows: rows.filter(waits_here=True), count=True),
        ListTab(key="reviewed", label="已审核", narrow=lambda rows: rows.filter(decided_here=True)),
    )


def is_ours(actor: Actor, case: ReviewCase | None) -> bool:
    """Whether the case was not given to a colleague, who alone decides it then."""
    handler = case.handler_id if case is not None else None
    return handler is None or (actor.membership is not None and handler == actor.membership.pk)


def handed_to(case: ReviewCase | None) -> str:
    """已转交 and to whom; empty while the whole desk may decide."""
    return f"已转交{case.handler.user.name}" if case is not None and case.handler is not None else ""


def told(columns: Sequence[Column[ReviewCase]]) -> tuple[Column[ReviewCase], ...]:
    """The columns of what waits: the first one says who has the case."""
    first, *rest = columns
    named = replace(first, value=lambda case: parts.Cell(text=first.value(case), note=handed_to(case)))
    return (named, *rest)


def decisions(actor: Actor, opened: Callable[[ReviewCase], str]) -> tuple[RowAction[ReviewCase], RowAction[ReviewCase]]:
    """通过 and 驳回 of a row (REV-03), which a colleague's lacks; ``opened`` is where it stands beside the list."""

    def passing(case: ReviewCase) -> str | None:
        return reverse("reviews:decide") if is_ours(actor, case) else None

    def denying(case: ReviewCase) -> str | None:
        return f"{opened(case)}#decide" if is_ours(actor, case) else None

    def fields(case: ReviewCase) -> dict[str, str]:
        return {"row": row_value(case), "verdict": Verdict.PASS}

    passes: RowAction[ReviewCase] = RowAction(label="通过", url=passing, post=True, fields=fields)
    return passes, RowAction(label="驳回", url=denying)


def _decided(case: ReviewCase | None) -> ReviewStep | None:
    steps = [step for step in case.steps.all() if step.state in RESULT_WORDS] if case is not None else []
    return steps[-1] if steps else None


def _reviewer(case: ReviewCase | None) -> str:
    step = _decided(case)
    return step.decided_by.name if step is not None and step.decided_by is not None else ""


def _reviewed_at(case: ReviewCase | None) -> object:
    step = _decided(case)
    return step.decided_at if step is not None else None


def _result(case: ReviewCase) -> object:
    step = _decided(case)
    return RESULT_WORDS[StepState(step.state)] if step is not None else ""


def reviewer[M: Model](case_of: Callable[[M], ReviewCase | None], order_by: str) -> tuple[Column[M], Column[M]]:
    """审核人 and 审核时间 of rows whose case is ``case_of(row)``; the cases need their steps with ``decided_by``."""
    return (
        Column(key="reviewer", label="审核人", value=lambda row: _reviewer(case_of(row))),
        Column(key="reviewed_at", label="审核时间", value=lambda row: _reviewed_at(case_of(row)), order_by=order_by),
    )


def _itself(case: ReviewCase) -> ReviewCase:
    return case


REVIEWED: tuple[Column[ReviewCase], ...] = (
    *reviewer(_itself, "settled_at"),
    Column(key="result", label="审核状态", value=_result),
)
"""What the reviewed tab adds (REV-06); its cases need their steps with ``decided_by``."""


def removal[M: Model](case_id: Callable[[M], int | None] = lambda row: row.pk) -> RowAction[M]:
    """删除 of the reviewed tab: off one's own list, nothing else (SYS-21); ``case_id`` leads from a row to its case."""
    return RowAction(
        label="删除",
        url=lambda row: reverse("reviews:remove", args=[case_id(row)]),
        post=True,
        confirm="删除后，此记录不再显示在您的列表中；人员和单位不受影响。确定删除？",
    )
