"""What every review queue has in common: the four buttons, the set they act on, words for states.

A queue page itself is declared by the app that owns the document, as a ``ui.lists.ListPage``; ``buttons`` and ``token``
connect it to the one way of deciding.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.core import signing
from django.db.models import Model, QuerySet
from django.urls import reverse

from xueshi.organisations.actors import Actor
from xueshi.reviews.models import CaseEvent, ReviewCase, ReviewStep
from xueshi.reviews.states import CaseState, Move, Stage, StepState, Verdict
from xueshi.ui import parts
from xueshi.ui.lists import BatchAction
from xueshi.ui.printing import printed

SHOWN_AT_MOST = 5_000
"""The largest set that one 全部 button takes; the rest is offered again afterwards."""

_SALT = "reviews.shown"

STATE_WORDS = {
    CaseState.PENDING: parts.State("待审核", "wait"),
    CaseState.APPROVED: parts.State("审核通过", "ok"),
    CaseState.REJECTED: parts.State("审核不通过", "no"),
    CaseState.WITHDRAWN: parts.State("待提交", "idle"),
    CaseState.REVOKED: parts.State("审验不通过", "no"),
}
RESULT_WORDS = {StepState.PASSED: parts.State("通过", "ok"), StepState.FAILED: parts.State("不通过", "no")}
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


def row_value(case: ReviewCase) -> str:
    """What a ticked row posts: the case and the version that was shown (D3)."""
    return f"{case.pk}:{case.version}"


def token[M: Model](kind: str, stage: Stage, *, case: str = "case") -> Callable[[Any, QuerySet[M]], str]:
    """For ``ListPage.token``: signs which cases the reviewer is being shown; ``case`` is the path from row to case."""

    def sign(actor: Actor, rows: QuerySet[M]) -> str:
        path = f"{case}__pk"
        shown = rows.order_by(path).values_list(path, flat=True)[
            :SHOWN_AT_MOST
        ]  # rule 5: named in code, never by a request
        body = json.dumps([kind, stage, actor.desk_id, list(shown)], separators=(",", ":"))
        return signing.dumps(body, salt=_SALT, compress=True)

    return sign


def shown(actor: Actor, token_text: str) -> tuple[str, Stage, tuple[int, ...]]:
    """The set behind a token; ``signing.BadSignature`` when it is not one of ours or of another desk."""
    kind, stage, desk_id, ids = json.loads(signing.loads(token_text, salt=_SALT, max_age=12 * 3600))
    if desk_id != actor.desk_id:
        raise signing.BadSignature
    return str(kind), Stage(stage), tuple(int(one) for one in ids)


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
        comment=step.comment,
    )
