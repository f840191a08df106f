"""Two at once claim the same: one stands, the other is told (two tabs of one person, two people)."""

import pytest

from tests import small_world as make
from tests.checks.races.contest import together
from tests.declarations import world as w
from tests.duplicates import world as d
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.duplicates.models import Trace
from xueshi.kernel.errors import Problems, RuleBroken


@pytest.mark.django_db(transaction=True)
def test_two_tabs_and_two_people_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make.build()
    content = d.scan(1)
    tabs = [d.paper(world.person, doi=d.DOI) for _ in range(2)]
    people = [(one, d.paper(one, content=content)) for one in (world.person, world.colleague)]
    for number, contest in enumerate(([(world.person, tab) for tab in tabs], people), start=1):
        results = together(*(lambda pair=pair: services.submit(*pair) for pair in contest))
        assert sorted(type(one).__name__ for one in results) == ["Declaration", "Problems"]
        assert Declaration.objects.count() == number
    monkeypatch.setattr("xueshi.duplicates.services._alone", lambda *_asked: None)
    monkeypatch.setattr("xueshi.duplicates.services.judge", lambda *_asked: ())
    twice = [d.paper(world.person, doi="10.3901/other.1") for _ in range(2)]
    results = together(*(lambda one=one: services.submit(world.person, one) for one in twice))
    assert sorted(type(one).__name__ for one in results) == ["Declaration", "RuleBroken"]
    assert [str(one) for one in results if isinstance(one, RuleBroken | Problems)] == ["同一成果已经申报过，只计一次"]
    assert Declaration.objects.count() == 3
    assert Trace.objects.filter(kind="doi").count() == 2
    assert w.case(Declaration.objects.latest("pk")).state == "pending"
