"""How the verdict on a year is shown, on whichever page it stands."""

from xueshi.kernel import clock
from xueshi.policies.years import YearRules
from xueshi.ui.parts import State, Tone


def verdict(of_year: YearRules, *, passed: bool, waived: bool) -> State:
    """A verdict in the words of a year."""
    annual = of_year.annual
    if waived:
        return State(annual.waived, "idle")
    if passed:
        return State(annual.passed, "ok")
    return State(annual.failed, unfinished(of_year))


def unfinished(of_year: YearRules) -> Tone:
    """The colour of what is missing: a year that is still running has not gone wrong yet."""
    return "no" if of_year.year < clock.year() else "idle"
