"""The filters of the units on record: name, nature, level, industry, area (ORG-54, ORG-55)."""

from django.db.models import Q, QuerySet

from xueshi.kernel import text
from xueshi.policies import registry
from xueshi.registrations.models import Registration
from xueshi.ui import filters


def _choices(catalogue: str) -> list[tuple[str, str]]:
    return [(item.code, item.label) for item in registry.catalogue(catalogue).items]


def _choice(label: str, column: str, catalogue: str) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(
        label=label, field_name=f"organisation__{column}", choices=lambda: _choices(catalogue), empty_label="全部"
    )


class FiledFilters(filters.FilterSet):
    """用人单位名称, 单位性质, 单位级别, 所属行业, 单位地区."""

    name = filters.CharFilter(label="用人单位名称", method="by_name", max_length=60)
    nature = _choice("单位性质", "nature", "unit_natures")
    level = _choice("单位级别", "unit_level", "unit_levels")
    industry = _choice("所属行业", "industry", "industries")
    area = filters.ChoiceFilter(
        label="单位地区", method="by_area", choices=lambda: _choices("areas"), empty_label="全部"
    )

    def by_name(self, rows: QuerySet[Registration], _name: str, value: str) -> QuerySet[Registration]:
        """Part of the name, whatever its brackets."""
        return rows.filter(organisation__name_key__contains=text.name_key(value))

    def by_area(self, rows: QuerySet[Registration], _name: str, value: str) -> QuerySet[Registration]:
        """The area and every area inside it: the filled part of its code is their beginning."""
        inside = value.rstrip("0")
        inside += "0" * (len(inside) % 2)
        return rows.filter(Q(organisation__area_code=value) | Q(organisation__area_code__startswith=inside))
