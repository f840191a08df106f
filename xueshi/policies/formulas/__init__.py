"""The named formulas of conversion: how many hours one piece of learning is worth at most (policy facts 5.1).

A formula is one class in ``amounts`` or ``grades``, which a pack fills with numbers, one function in ``limits``, which
computes, and one in ``sayings``, which puts it in words. To add a kind: write the three, name the class in
``kinds.Formula``, and give the worked examples of its source as a test.
"""

from xueshi.policies.formulas.amounts import (
    AsApproved,
    AsLabelled,
    CompleteBucket,
    Multiplier,
    PerCourse,
    PerDay,
    PerItem,
    PerSubject,
    PerWords,
    Spread,
    Tiers,
    WholeYear,
)
from xueshi.policies.formulas.computing import compute
from xueshi.policies.formulas.grades import AuthorShare, Bonus, FixedByGrade, RankDecay, RankTable
from xueshi.policies.formulas.inputs import Computed, Inputs
from xueshi.policies.formulas.kinds import Choice, Formula, Sum
from xueshi.policies.formulas.sharing import shared_total
from xueshi.policies.numbers import plain, round_down

__all__ = [
    "AsApproved",
    "AsLabelled",
    "AuthorShare",
    "Bonus",
    "Choice",
    "CompleteBucket",
    "Computed",
    "FixedByGrade",
    "Formula",
    "Inputs",
    "Multiplier",
    "PerCourse",
    "PerDay",
    "PerItem",
    "PerSubject",
    "PerWords",
    "RankDecay",
    "RankTable",
    "Spread",
    "Sum",
    "Tiers",
    "WholeYear",
    "compute",
    "plain",
    "round_down",
    "shared_total",
]
