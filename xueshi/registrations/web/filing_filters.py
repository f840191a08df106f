"""The filters of the units on record: name, nature, level, industry, area (ORG-54, ORG-55)."""

from functools import lru_cache

from django.db.models import QuerySet

from xueshi.kernel import text
from xueshi.policies import registry
from xueshi.policies.areas import area_filter
from xueshi.registrations.models import Registration
from xueshi.ui import filters


def _choices(catalogue: str) -> list[tuple[str, str]]:
    return [(item.code, item.label) for item in registry.catalogue(catalogue).items]


def _choice(label: str, column: str, catalogue: str) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(
        label=label, field_name=f"organisation__{column}", choices=lambda: _choices(catalogue), empty_label="全部"
    )


class FiledFilters(filters.FilterSet):
    """用人单位名称, 单位性质, 单位级别, 所属行业."""

    name = filters.CharFilter(label="用人单位名称", method="by_name", max_length=60)
    nature = _choice("单位性质", "nature", "unit_natures")
    level = _choice("单位级别", "unit_level", "unit_levels")
    industry = _choice("所属行业", "industry", "industries")

    def by_name(self, rows: QuerySet[Registration], _name: str, value: str) -> QuerySet[Registration]:
        """Part of the name, whatever its brackets."""
        return rows.filter(organisation__name_key__contains=text.name_key(value))


@lru_cache(maxsize=16)
def filed_filters(portal: str) -> type[filters.FilterSet]:
    """The same with 单位地区 of the portal."""
    area = area_filter(portal, "organisation__area_code", "单位地区")
    return type("FiledFiltersOfPortal", (FiledFilters,), {"area": area})
