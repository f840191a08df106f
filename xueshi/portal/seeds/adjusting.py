"""Requirement events: people appointed only last year, of whom nothing was asked before; some wait, some stand."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from xueshi.adjustments import selectors, services
from xueshi.adjustments.models import Adjustment
from xueshi.kernel import clock
from xueshi.ledger import selectors as ledger
from xueshi.policies.events import EventKind
from xueshi.portal.seeds import scans
from xueshi.portal.seeds.accounts import ACCOUNTS
from xueshi.portal.seeds.building import Builder, Person
from xueshi.reviews import deciding
from xueshi.reviews.states import Verdict

_REASON: Final = "appointed"


def adjust_some(builder: Builder, people: Sequence[Person]) -> Iterator[Adjustment]:
    """In every body that has a known administrator: the event of one person waits, another's has gone its whole way.

    Only people who have not passed the year before last, for that one is no longer asked of them.
    """
    fixed = {one.name for one in ACCOUNTS}
    known = dict.fromkeys(one.body for one in ACCOUNTS if one.body and not one.is_professional)
    year = clock.year() - 1
    for body in known:
        here = [one for one in people if one.body.key == body and one.actor.user.name not in fixed]
        chosen = [one for one in here if not _passed(one, year - 1)][:2]
        for place, person in enumerate(chosen):
            event = ask(person, year)
            yield decided(builder, event) if place else event


def _passed(person: Person, year: int) -> bool:
    account = ledger.account_of(person.record.pk, year)
    return account is not None and account.passed


def ask(person: Person, year: int) -> Adjustment:
    """起算 from this year on, with the appointment as proof."""
    with clock.as_of(clock.now() - timedelta(days=6)):
        name, day = person.actor.user.name, date(year, 7, 1)
        lines = (f"{name}同志：", f"自 {year} 年 7 月 1 日起聘任专业技术职务。")
        proof = scans.hand_in(scans.draw("聘任文件", lines, "人事专用章"), "聘任文件.jpg", person.actor.user.pk)
        asked = services.Asked(
            year=year,
            kind=EventKind.START,
            reason=_REASON,
            starts_on=day,
            ends_on=date(year, 12, 31),
            explanation=f"{year} 年 7 月新聘任。",
            files=(proof,),
            submission_key=f"seed-event-{year}-{person.record.pk}",
        )
        return services.ask(person.actor, asked)


def decided(builder: Builder, event: Adjustment) -> Adjustment:
    """Let every desk of its way pass it."""
    with clock.as_of(clock.now() - timedelta(days=3)):
        while (case := selectors.case_of(event)) is not None and case.desk_id is not None:
            deciding.decide(builder.desks[case.desk_id][0], deciding.Order(Verdict.PASS, {case.pk: case.version}))
    return event
