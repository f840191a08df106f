"""What passing many declarations at once would do to the years of their people, before a reviewer confirms it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from xueshi.declarations import selectors
from xueshi.declarations.models import Declaration
from xueshi.ledger import selectors as ledger
from xueshi.ledger.rules import ZERO, judge, spread
from xueshi.policies.formulas import plain
from xueshi.policies.years import Requirement

type _Year = tuple[int, int]
"""A person and a year."""


def foreseen(case_ids: Sequence[int]) -> Sequence[str]:
    """People, hours, how many years would newly be passed, how many hours the rule does not give; a few queries.

    Says nothing where passing does not make hours count yet. Caps are asked when it is done, under the year's lock.
    """
    rows = selectors.about_to_count(case_ids)
    if not rows:
        return ()
    hours = sum((row.hours_declared or ZERO for row in rows), ZERO)
    people = len({row.person_id for row in rows})
    lines = [f"涉及 {people} 人，共申报 {plain(hours)} 学时；超过年度上限的将保留在待审核并说明原因。"]
    passed = _newly_passed(rows)
    lines.append(f"通过后有 {passed} 人的年度学时达标。" if passed else "通过后没有人因此达到年度要求。")
    return lines


def _newly_passed(rows: Iterable[Declaration]) -> int:
    coming: dict[_Year, list[Declaration]] = defaultdict(list)
    for row in rows:
        coming[row.person_id, row.year].append(row)
    had = _sums(coming)
    asked = ledger.requirements_of((person, waiting[0].portal, year) for (person, year), waiting in coming.items())
    return sum(_passes(waiting, had.get(key, {}), asked[key]) for key, waiting in coming.items())


def _sums(years: Iterable[_Year]) -> dict[_Year, dict[str, Decimal]]:
    accounts = ledger.years_of({person for person, _year in years})
    return {(one.person_id, one.year): one.by_subject for one in accounts}


def _passes(waiting: Sequence[Declaration], sums: dict[str, Decimal], requirement: Requirement) -> bool:
    """Whether a year that is not passed now would be with all these hours."""
    if judge(sums, requirement).passed:
        return False
    later = dict(sums)
    for row in waiting:
        for share in spread(row.subject, row.hours_declared or ZERO, later, requirement):
            later[share.subject] = later.get(share.subject, ZERO) + share.hours
    return judge(later, requirement).passed
