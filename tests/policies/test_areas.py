"""The areas of a portal, and what lies inside one of them."""

import pytest

from xueshi.policies import areas


@pytest.mark.parametrize(
    ("code", "begins"),
    [("370000", "37"), ("371000", "3710"), ("371002", "371002"), ("350100", "3501"), ("371010", "371010")],
)
def test_what_lies_inside_begins_with_the_filled_digits(code: str, begins: str) -> None:
    assert areas.inside(code) == begins


def test_a_portal_offers_its_own_areas_its_own_one_first() -> None:
    for portal, own, foreign in (
        ("weihai", "371000", "371500"),
        ("shandong", "370000", "350100"),
        ("fujian", "350000", "371000"),
    ):
        codes = [code for code, _label in areas.offered(portal)]
        assert (codes[0], foreign in codes, len(codes) > 4) == (own, False, True)
