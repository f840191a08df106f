"""What a decision form posts, made into an ``Order``."""

import re
from collections.abc import Mapping

from django.http import QueryDict

from xueshi.kernel import text
from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.reviews.batches import AT_ONCE
from xueshi.reviews.deciding import Order
from xueshi.reviews.states import Verdict

_ROW = re.compile(r"(\d{1,18}):(\d{1,9})")
_FINDING = re.compile(r"([a-z]+)-(\d{1,18})")


def order_from(posted: QueryDict) -> Order:
    """The order in a posted form: ``row`` (id:version, repeated), ``action`` or ``verdict``, ``comment``, findings."""
    rows = posted.getlist("row")
    if len(rows) > AT_ONCE:
        message = f"一次最多处理 {AT_ONCE} 条"
        raise RuleBroken(message)
    items = dict(_row(value) for value in rows)
    return Order(verdict_from(posted), items, comment_from(posted), _findings(posted, items))


def verdict_from(posted: QueryDict) -> Verdict:
    """通过 or 驳回; anything else was not sent by our page."""
    try:
        return Verdict(posted.get("verdict") or posted.get("action") or "")
    except ValueError:
        raise NotFound from None


def comment_from(posted: QueryDict) -> str:
    """The reviewer's remark, cleaned."""
    return text.clean(posted.get("comment", ""), field="comment")


def _row(value: str) -> tuple[int, int]:
    found = _ROW.fullmatch(value)
    if found is None:
        raise NotFound
    return int(found[1]), int(found[2])


def _findings(posted: QueryDict, items: Mapping[int, int]) -> dict[int, dict[str, str]]:
    findings: dict[int, dict[str, str]] = {}
    for name in posted:
        found = _FINDING.fullmatch(name)
        value = posted.get(name, "").strip()
        if found and value and int(found[2]) in items:
            findings.setdefault(int(found[2]), {})[found[1]] = text.clean(value, field=name)
    return findings
