"""How many of an actor's people learn and complete a year, by the region of their units."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q

from xueshi.ledger.selectors.accounts import archive
from xueshi.organisations.actors import Actor


@dataclass(frozen=True, slots=True)
class Completion:
    """People of one year: all of them, those with hours, those who reached what was asked of them."""

    people: int = 0
    learning: int = 0
    passed: int = 0

    @property
    def idle(self) -> int:
        """未参加学习: nothing counted yet."""
        return self.people - self.learning

    @property
    def rate(self) -> Decimal | None:
        """合格率 in percent, one decimal; nothing where there is nobody."""
        return (Decimal(100) * self.passed / self.people).quantize(Decimal("0.1")) if self.people else None


def total(parts: Iterable[Completion]) -> Completion:
    """All of them together."""
    found = list(parts)
    return Completion(
        sum(one.people for one in found), sum(one.learning for one in found), sum(one.passed for one in found)
    )


def completion_by_area(actor: Actor, year: int) -> Mapping[str, Completion]:
    """The figures of a year by the area code of the people's units; nobody whom the actor may not see, in one query.

    Somebody of whom the year asks nothing is counted among the people and never among those who passed.
    """
    rows = archive(actor, year).order_by()
    counted = rows.values(area=F("employment__organisation__area_code")).annotate(
        people=Count("pk"),
        learning=Count("pk", filter=Q(account__total_hours__gt=0)),
        reached=Count("pk", filter=Q(account__passed=True, nothing=False)),
    )
    return {row["area"]: Completion(row["people"], row["learning"], row["reached"]) for row in counted}
