"""学时试算 for several people at once: the rule, the hours of each, and for whom a cap leaves too little."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from xueshi.declarations import rules
from xueshi.declarations.rules import Claim
from xueshi.declarations.web import calculator
from xueshi.declarations.web.calculator import Card, PersonRow, Standing
from xueshi.policies.formulas import Computed, plain
from xueshi.ui import parts

FEW: Final = 5
"""Up to so many people are all listed; of more only those for whom a cap bites."""
MOST_NAMED: Final = 20
"""Of those at most so many: the others are counted."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of the people chosen, and how their year stands."""

    name: str
    standing: Standing


def card(claim: Claim, people: Sequence[Somebody], unread: Sequence[str] = ()) -> Card:
    """The calculator of a unit: of one person as their own, else what the rule gives each and what each has left."""
    if len(people) == 1:
        return calculator.card(claim, people[0].standing, unread)
    computed = rules.worth(claim)
    rows = [_row(claim, computed, one) for one in people]
    short = [row for row in rows if row.short]
    named = (rows if len(rows) <= FEW else short)[:MOST_NAMED]
    return Card(
        headline=_headline(claim, computed, len(short)),
        lines=(*calculator.rule_lines(claim, computed), parts.Pair(label="上限", value=_caps(rows, len(short)))),
        unread=calculator.left_out(unread),
        people=tuple(named),
        rest=_rest(rows, len(short), len(named)),
    )


def _row(claim: Claim, computed: Computed, one: Somebody) -> PersonRow:
    standing = one.standing
    left = rules.room_for(claim, standing.held, standing.requirement).hours
    return PersonRow(
        one.name,
        calculator.total(standing.held),
        calculator.total(standing.pending),
        left,
        short=not calculator.facts_wanting(computed) and left is not None and left < _wanted(claim, computed),
    )


def _wanted(claim: Claim, computed: Computed) -> Decimal:
    """The hours asked for each; before they are filled in what the rule gives at most."""
    return computed.hours if claim.hours is None else claim.hours


def _headline(claim: Claim, computed: Computed, short: int) -> parts.State:
    within = claim.hours is None or claim.hours <= computed.hours
    if short and within:
        wanted = f"{plain(_wanted(claim, computed))} {claim.unit}"
        return parts.State(f"有 {short} 人受上限限制，不能计入 {wanted}", "no")
    return calculator.headline(claim, computed, computed.hours, "每人")


def _caps(rows: Sequence[PersonRow], short: int) -> str:
    if not rows:
        return "选择申请人后显示"
    return f"{len(rows)} 人中有 {short} 人余额不足" if short else f"{len(rows)} 人都没有达到上限"


def _rest(rows: Sequence[PersonRow], short: int, named: int) -> str:
    if len(rows) <= FEW:
        return ""
    others = [f"另有 {short - named} 人余额不足"] if short > named else []
    enough = len(rows) - short
    return "，".join([*others, f"其余 {enough} 人没有达到上限"] if short and enough else others)
