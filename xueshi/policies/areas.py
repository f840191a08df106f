"""地区 of lists: an area of the portal with everything inside it (ORG-55)."""

from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from xueshi.policies import registry
from xueshi.ui import filters


def inside(code: str) -> str:
    """How the codes of an area and of all areas inside it begin: its own digits without the empty levels."""
    own = code.rstrip("0")
    return own + "0" * (len(own) % 2)


def within(path: str, code: str) -> Q:
    """The rows whose area code, found along ``path``, is that area or lies inside it."""
    return Q((f"{path}__startswith", inside(code)))


@cache
def offered(portal: str) -> tuple[tuple[str, str], ...]:
    """The areas of a portal, its own one first, as choices."""
    table, own = registry.catalogue("areas"), registry.pack(portal).portal.area
    return tuple(
        (item.code, item.label) for item in table.items if any(one.code == own for one in table.ancestors(item.code))
    )


def area_filter(portal: str, path: str, label: str = "地区") -> filters.ChoiceFilter:
    """The filter of a list on one portal; ``path`` leads from a row to the area code of its unit."""

    def by_area(rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(within(path, value))

    return filters.ChoiceFilter(label=label, method=by_area, choices=offered(portal), empty_label="全部")
