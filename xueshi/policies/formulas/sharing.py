"""What all people together may claim for one achievement: "the sum may not exceed the table" (policy facts 6)."""

from dataclasses import replace
from decimal import Decimal

from xueshi.policies.formulas.amounts import PerItem, PerWords
from xueshi.policies.formulas.grades import AuthorShare, Bonus, FixedByGrade, RankDecay, RankTable
from xueshi.policies.formulas.inputs import Inputs
from xueshi.policies.formulas.kinds import Choice, Formula, Sum
from xueshi.policies.formulas.limits import author_hours, limit_of
from xueshi.policies.numbers import round_down

_WHOLE = (FixedByGrade, PerItem, PerWords, Bonus)


def shared_total(rule: Formula, inputs: Inputs) -> Decimal | None:
    """The hours of one achievement that all its people together may be granted, rounded down to the step.

    ``inputs`` are those of any one of them; ``people`` is what counts (at least their own rank). None: the rule sets no
    sum, because everybody has their own (a training, a course) or because the reviewer decides (``as_approved``).
    """
    if isinstance(rule, Choice):
        chosen = rule.cases.get(inputs.codes(rule.by))
        return Decimal(0) if chosen is None else shared_total(chosen, inputs)
    if isinstance(rule, Sum):
        sums = [shared_total(part, inputs) for part in rule.parts]
        return None if any(one is None for one in sums) else sum((one or Decimal(0) for one in sums), Decimal(0))
    total = _total(rule, replace(inputs, people=max(inputs.people, inputs.rank)))
    return None if total is None else round_down(total, inputs.step)


def _total(rule: Formula, inputs: Inputs) -> Decimal | None:
    ranks = range(1, inputs.people + 1)
    if isinstance(rule, AuthorShare):
        return sum((author_hours(rule, rank, inputs.people) for rank in ranks), Decimal(0))
    if isinstance(rule, RankTable | RankDecay):
        return sum((limit_of(rule, replace(inputs, rank=rank)).hours or Decimal(0) for rank in ranks), Decimal(0))
    return limit_of(rule, inputs).hours if isinstance(rule, _WHOLE) else None
