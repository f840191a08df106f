"""截至日期: a past day, as asked for in an address."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.http import QueryDict

from xueshi.kernel import clock
from xueshi.ledger import selectors
from xueshi.ledger.models import YearAccount
from xueshi.ledger.selectors import Standing

NAME = "on"
"""What addresses call it."""


def asked(data: QueryDict) -> date | None:
    """The past day asked for; None for today, the future, and what is no day."""
    try:
        day = date.fromisoformat(data.get(NAME, ""))
    except ValueError:
        return None
    return day if date(1900, 1, 1) <= day < clock.today() else None


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
