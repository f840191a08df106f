"""The declaration opened beside a desk's list: all that was declared, what the rule gives, what the year becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest

from xueshi.declarations import rules, selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import settling
from xueshi.declarations.web import images, shown
from xueshi.duplicates import selectors as duplicates
from xueshi.kernel import clock
from xueshi.kernel.decisions import deny
from xueshi.kernel.errors import NotFound
from xueshi.kernel.text import number
from xueshi.ledger import selectors as ledger
from xueshi.ledger.rules import Held
from xueshi.organisations.actors import Actor
from xueshi.policies.formulas import plain
from xueshi.policies.packs import Pack
from xueshi.policies.years import Requirement
from xueshi.reviews import permissions as reviews
from xueshi.reviews import queues
from xueshi.reviews.states import Stage
from xueshi.ui import parts


@dataclass(frozen=True)
class Opened:
    """Which declaration, by the key of its case in the address, at which desk, for whom."""

    actor: Actor
    pack: Pack
    stage: Stage
    key: str


@dataclass(frozen=True)
class Year:
    """The year a declaration is for: what it holds, and what it asks of this person."""

    held: Sequence[Held]
    requirement: Requirement


def notice(pack: Pack) -> str:
    """What this year's rules tell administrators who recognise hours (policy facts 5.7); often nothing."""
    return pack.year(clock.year()).declaration.notice


def context(opened: Opened, request: HttpRequest) -> dict[str, object]:
    """What the detail shows; ``NotFound`` when it is not on this desk."""
    key = number(opened.key)
    if key is None:
        raise NotFound
    row = selectors.at_desk(opened.actor, opened.stage, key)
    year = Year(ledger.held(row.person_id, row.year), selectors.required_of(row))
    return (
        _said(row, year, opened.pack)
        | _deciding(row, year, opened)
        | {"typed": queues.typed(request, row.case_id)}
        | {"flags": duplicates.flags(opened.actor, selectors.KIND, row.pk)}
    )


def _said(row: Declaration, year: Year, pack: Pack) -> dict[str, object]:
    steps = selectors.steps_of(row)
    return {
        "row": row,
        "state": shown.state(row, pack),
        "heading": f"{row.person.user.name} · {shown.form_label(row)}",
        "unit": row.organisation.name,
        "pairs": [*shown.pairs(row, pack), *_rule(row, year, pack)],
        "scans": images.evidence_scans(row, selectors.shown_evidence(row)),
        "chain": _way(shown.chain(row, steps), queues.entrusted(selectors.entrustings(row))),
    }


def _way(chain: list[parts.ChainStep], entrusted: Sequence[parts.ChainStep]) -> list[parts.ChainStep]:
    """The chain with what happened inside the present desk before the desks to come."""
    to_come = next((place for place, step in enumerate(chain) if step.tone == "idle"), len(chain))
    return [*chain[:to_come], *entrusted, *chain[to_come:]]


def _deciding(row: Declaration, year: Year, opened: Opened) -> dict[str, object]:
    case = row.case
    decision = reviews.can_decide(opened.actor, case) if case is not None else deny("该申报尚未提交")
    settles, waits = shown.counts_next(selectors.steps_of(row)), shown.decides(row, opened.stage)
    verifying = opened.stage == Stage.VERIFICATION
    return {
        "case": case,
        "standing": [
            *shown.standing(row, year.held, year.requirement, adding=settles and waits),
            *(_if_failed(row, year) if waits and verifying else ()),
        ],
        "value": queues.row_value(case) if case is not None else "",
        "waits": waits,
        "refusal": decision.reason,
        "may_lower": settles,
        "verifying": verifying,
        "may_take_back": case is not None and not decision and bool(reviews.can_take_back(opened.actor, case)),
        "word": opened.pack.word("declaration.recognised"),
        "refusing": queues.refusing(opened.actor, selectors.KIND) if decision else None,
    }


def _rule(row: Declaration, year: Year, pack: Pack) -> list[parts.Pair]:
    """What the form's rule gives at most, in its words, and the tightest cap; while it waits to count."""
    claim = settling.claim_of(row)
    if claim is None or not shown.counts_next(selectors.steps_of(row)):
        return []
    lines, worth = [], rules.worth(claim)
    if worth.limit is not None:
        most = f"最多 {plain(worth.limit)} {pack.word('hours')}"
        lines.append(parts.Pair(label="规则核算", value=most, note=worth.text))
    allowed = rules.within_caps(claim, year.held, year.requirement)
    if not allowed:
        lines.append(parts.Pair(label="年度上限", value=allowed.reason, state=parts.State("超出上限", "no")))
    return lines


def _if_failed(row: Declaration, year: Year) -> list[parts.Pair]:
    """What the year is left with when the verification fails."""
    if row.hours_recognised is None:
        return []
    total = sum((one.hours for one in year.held), Decimal(0))
    left = f"{plain(total)} → {plain(total - row.hours_recognised)}"
    return [parts.Pair(label="审验不通过", value=left, note="已计入的学时将被取消，本人需重新申报")]
