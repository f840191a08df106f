"""IN-02: values nobody expects, in every parameter and every place of an address."""

from tests.checks.report import Outcome, Tell
from tests.checks.surface.crawling import Visit
from tests.checks.surface.odd_values import parameters
from tests.checks.surface.stage import Stage

SLOW = 2.0


def test_in_02_values_nobody_expects(stage: Stage, visits: list[Visit], odd_visits: list[Visit], tell: Tell) -> None:
    broken = [one for one in odd_visits if one.status >= 500 or float(one.headers["took"]) > SLOW]
    bad = [f"{one.actor} {one.url[:120]!r} → {one.status} in {one.headers['took']} s" for one in broken]
    found = sum(map(len, parameters(visits).values()))
    tell(Outcome("IN-02", len(odd_visits), bad, bool(found), 450, f"parameters={found}"))
