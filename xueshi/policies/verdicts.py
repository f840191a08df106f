"""How the verdict on a year is shown, on whichever page it stands."""

from datetime import date

from xueshi.kernel import clock
from xueshi.policies.years import YearRules
from xueshi.ui.parts import State, Tone


def verdict(of_year: YearRules, year: int, *, passed: bool, waived: bool, on: date | None = None) -> State:
    """The verdict on a year in the words of its rules; ``on`` is the past day as of which it is shown."""
    annual = of_year.annual
    if waived:
        return State(annual.waived, "idle")
    if passed:
        return State(annual.passed, "ok")
    return State(annual.failed, unfinished(year, on))


def unfinished(year: int, on: date | None = None) -> Tone:
    """The colour of what is missing: a year that is still running, today or on that day, has not gone wrong yet."""
    return "no" if year < (on or clock.today()).year else "idle"
