"""What a decision form posts, made into an ``Order``; the form of a reason."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from xueshi.kernel import text
from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.reviews.batches import AT_ONCE
from xueshi.reviews.deciding import Order
from xueshi.reviews.states import Verdict
from xueshi.ui.fields import PLEASE_CHOOSE
from xueshi.ui.forms import BaseForm

_ROW = re.compile(r"(\d{1,18}):(\d{1,9})")
FINDING = "finding"
"""Stands for whatever the kind lets a reviewer find, where a refusal does not name its field."""
_FINDING = re.compile(r"([a-z]+)-(\d{1,18})")


def order_from(posted: QueryDict) -> Order:
    """The order in a posted form: ``row`` (id:version, repeated), ``action`` or ``verdict``, ``comment``, findings."""
    rows = posted.getlist("row")
    if len(rows) > AT_ONCE:
        message = f"一次最多处理 {AT_ONCE} 条"
        raise RuleBroken(message)
    items = dict(_row(value) for value in rows)
    verdict = verdict_from(posted)
    comment, concerns = remark_from(posted, verdict)
    return Order(verdict, items, comment, _findings(posted, items), concerns)


def verdict_from(posted: QueryDict) -> Verdict:
    """通过 or 驳回; anything else was not sent by our page."""
    try:
        return Verdict(posted.get("verdict") or posted.get("action") or "")
    except ValueError:
        raise NotFound from None


def remark_from(posted: QueryDict, verdict: Verdict) -> tuple[str, str]:
    """The reviewer's remark, cleaned, and the key of the field it concerns.

    A chosen reason (``reason``: "field:words") stands in for what was not typed; nothing concerns a field when passing.
    """
    concerns, _colon, words = posted.get("reason", "").partition(":")
    comment = text.clean(posted.get("comment", ""), field="comment")
    if verdict == Verdict.PASS:
        return comment, ""
    return comment or text.clean(words, field="comment"), posted.get("concerns", "") or concerns


def case_ids_from(posted: QueryDict) -> list[int]:
    """The cases of the posted rows, whatever else is wrong with them; what names none is left out."""
    found = (_ROW.fullmatch(value) for value in posted.getlist("row"))
    return [int(one[1]) for one in found if one is not None]


def _row(value: str) -> tuple[int, int]:
    found = _ROW.fullmatch(value)
    if found is None:
        raise NotFound
    return int(found[1]), int(found[2])


def _findings(posted: QueryDict, items: Mapping[int, int]) -> dict[int, dict[str, str]]:
    """What was offered to be found, also where it was left empty: only the kind knows what an empty input means."""
    findings: dict[int, dict[str, str]] = {}
    for name in posted:
        found = _FINDING.fullmatch(name)
        value = posted.get(name, "").strip()
        if found and int(found[2]) in items:
            findings.setdefault(int(found[2]), {})[found[1]] = text.clean(value, field=name)
    return findings


def typed_from(posted: QueryDict, problem: str, field: str) -> tuple[int, dict[str, str]]:
    """The single case of a posted decision, with what was typed and chosen, and what is wrong with which field."""
    case_id = _row(posted.getlist("row")[0])[0]
    names = ("comment", "concerns", "reason")
    typed = {name: posted.get(name, "") for name in names} | {"hours": posted.get(f"hours-{case_id}", "")}
    return case_id, typed | {"problem": problem, "field": field if field in names else FINDING}


class EntrustForm(BaseForm):
    """转交: to which colleague, with which words."""

    to = forms.ChoiceField(label="转交给")
    note = forms.CharField(
        label="转交说明", max_length=300, required=False, widget=forms.Textarea({"rows": 3}),
        help_text="选填，说明会显示在审核流程中",
    )  # fmt: skip

    def __init__(self, *args: Any, colleagues: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["to"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.choices = [PLEASE_CHOOSE, *colleagues.items()]


class ReasonForm(BaseForm):
    """常用驳回原因: its words and the field it concerns."""

    text = forms.CharField(label="驳回原因", max_length=200)
    concerns = forms.ChoiceField(label="涉及项目", required=False)

    def __init__(self, *args: Any, fields: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["concerns"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.choices = [PLEASE_CHOOSE, *fields.items()]
