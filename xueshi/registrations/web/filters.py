"""The filters of the queues (REV-10, REV-11, REV-15, REV-22, REV-28)."""

from django.db.models import QuerySet

from xueshi.accounts.models import document_index
from xueshi.kernel import text
from xueshi.kernel.identity import DocumentType
from xueshi.policies import registry
from xueshi.reviews.models import ReviewCase
from xueshi.ui import filters


class PeopleFilters(filters.FilterSet):
    """姓名."""

    name = filters.CharFilter(label="姓名", method="by_name", max_length=40)

    def by_name(self, rows: QuerySet[ReviewCase], _name: str, value: str) -> QuerySet[ReviewCase]:
        """Part of the person's name; of the case's title, which is that name."""
        return rows.filter(title__contains=value.strip())


class ReviewedPeopleFilters(PeopleFilters):
    """姓名, 证件号, 电子邮箱; protected values only as a whole (C5)."""

    document = filters.CharFilter(label="证件号", method="by_document", max_length=20)
    email = filters.CharFilter(label="电子邮箱", method="by_email", max_length=100)

    def by_document(self, rows: QuerySet[ReviewCase], _name: str, value: str) -> QuerySet[ReviewCase]:
        """The whole number, of whatever kind of document."""
        number = text.half_width(value).strip().upper()
        indexes = [document_index(kind, number) for kind in DocumentType]
        return rows.filter(registration__user__document_index__in=indexes)

    def by_email(self, rows: QuerySet[ReviewCase], _name: str, value: str) -> QuerySet[ReviewCase]:
        """The whole address: it is stored encrypted, so the few rows of one's own list are compared."""
        wanted = value.strip().casefold()
        known = rows.order_by().values_list("pk", "registration__user__email")
        return rows.filter(pk__in=[pk for pk, email in known if email.casefold() == wanted])


class UnitFilters(filters.FilterSet):
    """法人单位."""

    name = filters.CharFilter(label="法人单位", field_name="title", lookup_expr="contains", max_length=60)


class BureauFilters(UnitFilters):
    """法人单位, 管理员."""

    administrator = filters.CharFilter(
        label="管理员", field_name="registration__user__name", lookup_expr="contains", max_length=40
    )


class BaseFilters(filters.FilterSet):
    """继续教育基地名称, 继续教育基地级别."""

    name = filters.CharFilter(label="继续教育基地名称", field_name="title", lookup_expr="contains", max_length=60)
    level = filters.ChoiceFilter(
        label="继续教育基地级别",
        field_name="organisation__answers__base_level",
        choices=lambda: [(item.code, item.label) for item in registry.catalogue("base_levels").items],
        empty_label="全部",
    )
