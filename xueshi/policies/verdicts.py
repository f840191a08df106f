"""How the verdict on a year is shown, on whichever page it stands."""

from xueshi.kernel import clock
from xueshi.policies.years import YearRules
from xueshi.ui.parts import State


def verdict(of_year: YearRules, *, passed: bool, waived: bool) -> State:
    """A verdict in the words of a year; one that is still running has not gone wrong yet."""
    annual = of_year.annual
    if waived:
        return State(annual.waived, "idle")
    if passed:
        return State(annual.passed, "ok")
    return State(annual.failed, "no" if of_year.year < clock.year() else "idle")
