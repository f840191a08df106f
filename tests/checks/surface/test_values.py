"""IN-02: values nobody expects, in every parameter, every place of an address, every field of a form."""

from collections import defaultdict

from tests.checks.report import Outcome, Tell
from tests.checks.surface.crawling import Visit
from tests.checks.surface.odd_values import ROUNDS, VALUES, Filled, forms, parameters, value_at
from tests.checks.surface.sheets import Sheet
from tests.checks.surface.stage import Stage

SLOW = 2.0


def test_in_02_values_nobody_expects(stage: Stage, visits: list[Visit], odd_visits: list[Visit], tell: Tell) -> None:
    broken = [one for one in odd_visits if one.status >= 500 or float(one.headers["took"]) > SLOW]
    bad = [f"{one.actor} {one.url[:120]!r} → {one.status} in {one.headers['took']} s" for one in broken]
    found, typed = sum(map(len, parameters(visits).values())), list(forms(visits))
    met = _met(typed)
    control = bool(found) and all(len(values) >= ROUNDS for values in met.values()) and _each_value_in(typed)
    more = f"parameters={found} forms={len({sheet.url for sheet, _ in typed})} fields={len(met)} typed={len(typed)}"
    tell(Outcome("IN-02", len(odd_visits), bad, control, 1500, more))


def _met(typed: list[tuple[Sheet, Filled]]) -> dict[tuple[str, str], set[str | bytes]]:
    """The odd values that each field of each form was given."""
    known, found = {value_at(place) for place in range(len(VALUES))}, defaultdict(set)
    for sheet, data in typed:
        for name in sheet.fields:
            found[sheet.url, name] |= {data[name]} & known
    return found


def _each_value_in(typed: list[tuple[Sheet, Filled]]) -> bool:
    """Whether every value came to stand in every form."""
    found: dict[str, set[str | bytes]] = defaultdict(set)
    for (url, _name), values in _met(typed).items():
        found[url] |= values
    return bool(found) and all(len(values) == len(VALUES) for values in found.values())
