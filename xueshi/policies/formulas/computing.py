"""A rule meets a claim."""

from dataclasses import replace
from decimal import Decimal

from xueshi.policies.formulas.inputs import Computed, Inputs, Limit
from xueshi.policies.formulas.kinds import Formula
from xueshi.policies.formulas.limits import limit_of
from xueshi.policies.numbers import plain, round_down


def compute(rule: Formula, inputs: Inputs) -> Computed:
    """What a claim is worth under a rule: never more than the rule gives, never more than was claimed.

    Both are rounded down to the pack's step, so that a result can always be booked.
    """
    limit = _rounded(limit_of(rule, inputs), inputs)
    claimed = inputs.claimed
    if claimed is None or (limit.hours is not None and claimed > limit.hours):
        hours, cap = limit.hours or Decimal(0), limit.cap or limit.text
    else:
        hours, cap = round_down(claimed, inputs.step), ""
    used = limit.inputs + ((("申报学时", plain(claimed)),) if claimed is not None else ())
    return Computed(hours, limit.hours, limit.text, used, cap if claimed is not None else "", rule.mark)


def _rounded(limit: Limit, inputs: Inputs) -> Limit:
    if limit.hours is None or limit.hours % inputs.step == 0:
        return limit
    hours = round_down(limit.hours, inputs.step)
    text = f"{limit.text}，不足 {inputs.said(inputs.step)}的部分不计，为 {inputs.said(hours)}"
    return replace(limit, hours=hours, text=text)
