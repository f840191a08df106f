"""How the verdict on a year is shown, on whichever page it stands."""

from xueshi.kernel import clock
from xueshi.policies.years import YearRules
from xueshi.ui.parts import State, Tone


def verdict(of_year: YearRules, year: int, *, passed: bool, waived: bool) -> State:
    """The verdict on a year in the words of its rules."""
    annual = of_year.annual
    if waived:
        return State(annual.waived, "idle")
    if passed:
        return State(annual.passed, "ok")
    return State(annual.failed, unfinished(year))


def unfinished(year: int) -> Tone:
    """The colour of what is missing: a year that is still running has not gone wrong yet."""
    return "no" if year < clock.year() else "idle"
