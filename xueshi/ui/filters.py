"""django-filter, typed as far as we use it (the package ships no types)."""

from typing import TYPE_CHECKING, Any

import django_filters
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, MultipleChoiceFilter, NumberFilter

from xueshi.ui.fields import DateField

if TYPE_CHECKING:
    from django import forms
    from django.db.models import QuerySet

    class DateFilter:
        """A day as ``DateField`` reads it."""

        field_class: type[DateField]

        def __init__(self, **how: Any) -> None:
            """As every filter."""

    class FilterSet:
        """A set of filters; what does not clean is left out of ``qs`` and named in ``form.errors``."""

        form: forms.Form
        qs: QuerySet[Any]

        def __init__(
            self, data: Any = None, queryset: QuerySet[Any] | None = None, *, prefix: str | None = None
        ) -> None:
            """Bind the filters to what was asked."""

else:
    from django_filters import FilterSet

    class DateFilter(django_filters.DateFilter):
        """A day as ``DateField`` reads it."""

        field_class = DateField


__all__ = [
    "BooleanFilter",
    "CharFilter",
    "ChoiceFilter",
    "DateFilter",
    "FilterSet",
    "MultipleChoiceFilter",
    "NumberFilter",
]
