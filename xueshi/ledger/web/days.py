"""截至日期: a past day, as asked for in an address; what is no day is refused beside its field, on every page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.http import QueryDict

from xueshi.kernel import clock
from xueshi.ledger import selectors
from xueshi.ledger.models import YearAccount
from xueshi.ledger.selectors import Standing
from xueshi.ui import filters
from xueshi.ui.fields import DateField
from xueshi.ui.forms import BaseForm

NAME: Final = "on"
"""What addresses call it."""

LABEL: Final = "截至日期"
_FIRST: Final = date(1900, 1, 1)


class DayField(DateField):
    """A day, or none; the one reading of ``NAME``."""

    default_validators = [MinValueValidator(_FIRST, f"{LABEL}不能早于 {_FIRST}")]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": LABEL, "required": False, **kwargs})


class DayFilter(filters.DateFilter):
    """The same among the filters of a list."""

    field_class = DayField


class DayForm(BaseForm):
    """The same by itself; bound where a day is asked for."""

    on = DayField()

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data if NAME in data else None)
        self.fields[NAME].widget.attrs["max"] = clock.today().isoformat()


def asked(data: QueryDict) -> date | None:
    """The past day asked for; None for today, the future, and what ``DayField`` refuses."""
    try:
        day = DayField().clean(data.get(NAME, ""))
    except ValidationError:
        return None
    return day if day is not None and day < clock.today() else None


def end_of(day: date | None) -> datetime | None:
    """The moment before which everything of that day has happened; None without a day."""
    return selectors.start_of(day + timedelta(days=1)) if day is not None else None


@dataclass
class AsOf:
    """Accounts as they stood on a day, computed all at once when the first is asked for."""

    day: date
    accounts: Callable[[], Iterable[YearAccount]]
    _found: dict[int, Standing] | None = field(default=None, init=False)

    def of(self, account: YearAccount) -> Standing:
        """One account on that day."""
        if self._found is None:
            self._found = selectors.standings(list(self.accounts()), end_of(self.day))
        return self._found[account.pk]
