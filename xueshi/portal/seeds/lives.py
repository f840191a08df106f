"""Who does what in which year: enough for passed and failed years and for every state a declaration can have."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from xueshi.kernel import clock
from xueshi.policies import registry
from xueshi.portal.seeds.building import Person
from xueshi.portal.seeds.chance import Chance
from xueshi.portal.seeds.deeds import Deed, Ending, Slot, Wanted, deed

_TRAININGS: Final = ("on_the_job", "seminar", "course")
_LATE: Final = (
    Ending.PENDING, Ending.PENDING, Ending.PENDING, Ending.HALFWAY, Ending.HALFWAY, Ending.COMPLETE, Ending.COMPLETE,
    Ending.COMPLETE, Ending.DRAFT, Ending.WITHDRAWN, Ending.REJECTED, Ending.FAILED, Ending.LOWERED,
)  # fmt: skip
"""How the declarations of the last months stand."""


def deeds(chance: Chance, people: Sequence[Person]) -> Iterator[Deed]:
    """Every declaration of the world, in no order of time."""
    this_year = clock.year()
    for person in people:
        if person.actor.user.name in _TOLD:
            yield from _TOLD[person.actor.user.name](chance, person, this_year)
            continue
        for year in (this_year - 2, this_year - 1):
            yield from _past(chance, person, year)
        yield from _present(chance, person, this_year)


def _past(chance: Chance, person: Person, year: int) -> Iterator[Deed]:
    """Many pass with a long course and a paper; some did too little; of the rest nothing was ever declared."""
    dice = chance.number(1, 100)
    if dice <= 26:
        wanted = [_training(chance, 64), _paper(26)]
    elif dice <= 36:
        wanted = [_training(chance, chance.pick((24, 40, 56)))]
    else:
        return
    if chance.often(8):
        wanted[-1] = _with(wanted[-1], Ending.REJECTED)
    for month, one in zip(sorted(chance.random.sample(range(2, 12), len(wanted))), wanted, strict=True):
        yield deed(chance, person, _slot(chance, year, month, one), one)


def _present(chance: Chance, person: Person, year: int) -> Iterator[Deed]:
    """The running year: early things are settled, late things stand in every state."""
    months = _months(year)
    early = [_training(chance, chance.pick((24, 40))), *_public(chance, person)] if chance.often(20) else []
    for month, one in zip(chance.random.sample(months, min(len(early), len(months))), early, strict=False):
        yield deed(chance, person, _slot(chance, year, month, one), one)
    for _ in range(chance.pick((0, 1, 1))):
        one = _with(chance.pick((_training(chance, 16), _paper(24), _meeting(chance))), chance.pick(_LATE))
        yield deed(chance, person, _recent(chance, year, one), one)


def _training(chance: Chance, hours: int) -> Wanted:
    return Wanted(chance.pick(_TRAININGS), "professional", Decimal(hours))


def _paper(hours: int) -> Wanted:
    return Wanted("paper", "professional", Decimal(hours))


def _meeting(chance: Chance) -> Wanted:
    return Wanted("conference", "professional", Decimal(chance.pick((8, 12, 16))))


def _public(chance: Chance, person: Person) -> list[Wanted]:
    """Public hours where they can be declared; elsewhere they come from online learning."""
    organisation = person.actor.organisation
    rules = registry.pack(organisation.portal).year(clock.year()) if organisation is not None else None
    declarable = rules is not None and any(one.key == "public" for one in rules.declarable_subjects())
    return [Wanted("seminar", "public", Decimal(26))] if declarable and chance.often(85) else []


def _with(wanted: Wanted, ending: Ending) -> Wanted:
    return Wanted(wanted.form, wanted.subject, wanted.hours, ending, wanted.told, wanted.comment)


def _slot(chance: Chance, year: int, month: int, wanted: Wanted) -> Slot:
    days = 1 if wanted.form == "paper" else max(-(-int(wanted.hours) // 8), 1)
    return Slot(year, date(year, month, chance.number(1, 16)), days)


def _months(year: int) -> list[int]:
    """The months of the running year that are well over: what is recent comes after them."""
    return list(range(1, clock.today().month - 2)) if clock.year() == year else list(range(1, 12))


def _recent(chance: Chance, year: int, wanted: Wanted) -> Slot:
    """Some days in the last weeks, so that the hand-in lies just behind us."""
    days = 1 if wanted.form == "paper" else max(-(-int(wanted.hours) // 8), 1)
    starts = clock.today() - timedelta(days=days + chance.number(10, 30))
    return Slot(year, max(starts, date(year, 1, 1)), days)


def _wang(chance: Chance, person: Person, year: int) -> Iterator[Deed]:
    """The professional whose pages the README shows: two passed years, a third under way."""
    for back, hours in ((2, (40, 24, 26)), (1, (40, 32, 18))):
        for month, part, form in zip((4, 7, 10), hours, ("on_the_job", "seminar", "paper"), strict=True):
            wanted = Wanted(form, "professional", Decimal(part))
            yield deed(chance, person, _slot(chance, year - back, month, wanted), wanted)
    training = Wanted("on_the_job", "professional", Decimal(24), told="数控机床安全操作与维护")
    yield deed(chance, person, Slot(year, max(clock.today() - timedelta(days=120), date(year, 1, 1)), 3), training)
    waiting = Wanted("paper", "professional", Decimal(36), Ending.PENDING, "五轴加工中心热误差补偿方法研究")
    yield deed(chance, person, Slot(year, clock.today() - timedelta(days=11), 1), waiting)
    refused = Wanted(
        "conference", "professional", Decimal(12), Ending.REJECTED, "第十八届制造技术年会",
        "会议通知未盖章，请补传后再次提交",
    )  # fmt: skip
    yield deed(chance, person, Slot(year, clock.today() - timedelta(days=40), 2), refused)
    draft = Wanted("seminar", "professional", Decimal(16), Ending.DRAFT, "智能制造技术专题培训班")
    yield deed(chance, person, Slot(year, clock.today() - timedelta(days=14), 2), draft)


def _li(chance: Chance, person: Person, year: int) -> Iterator[Deed]:
    """A year short by half an hour, a year filled by one posting, a waiting one."""
    for month, part in ((3, "49.5"), (8, "40")):
        wanted = Wanted("seminar", "professional", Decimal(part))
        yield deed(chance, person, Slot(year - 2, date(year - 2, month, 2), 7), wanted)
    posted = Wanted("posting", "any", Decimal(90))
    yield deed(chance, person, Slot(year - 1, date(year - 1, 3, 1), 180), posted)
    waiting = Wanted("on_the_job", "professional", Decimal(16), Ending.PENDING)
    yield deed(chance, person, _recent(chance, year, waiting), waiting)


def _zhao(chance: Chance, person: Person, year: int) -> Iterator[Deed]:
    """The running year passed early; in its first months there is nothing to tell yet."""
    if clock.today().month < 9:
        return
    for month, part, form in ((2, 40, "on_the_job"), (4, 24, "seminar"), (5, 26, "paper")):
        wanted = Wanted(form, "professional", Decimal(part))
        yield deed(chance, person, _slot(chance, year, month, wanted), wanted)


_TOLD: Final = {"王志远": _wang, "李春燕": _li, "赵国栋": _zhao}
"""People with a life of their own, by name."""
