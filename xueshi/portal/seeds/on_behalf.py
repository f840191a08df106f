"""Declared by units for their people: waiting, approved, rejected and taken back again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from xueshi.declarations import services as declarations
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import Entry, for_others
from xueshi.kernel import clock
from xueshi.ledger import selectors as ledger
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.policies import registry
from xueshi.portal.seeds import scans
from xueshi.portal.seeds.bodies import BODIES
from xueshi.portal.seeds.building import Builder, Person
from xueshi.reviews import deciding
from xueshi.reviews.states import Verdict

_UNITS: Final = ("haitian", "sd-college", "lc-school", "fz-school")
_OFFICES: Final = ("hc-industry", "hc", "wh")
_ALONE: Final = frozenset({"hc", "wh"})
"""Bureaux review what they declare themselves, by a second administrator, whom these do not have."""
_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class Course:
    """What several people went to: its name, its hours, how long ago it was declared."""

    name: str
    hours: int
    days_ago: int


_LIVES: Final = (
    (Course("安全生产法规与应急处置专题培训", 16, 24), Verdict.PASS),
    (Course("职业道德与知识产权保护讲习班", 8, 17), Verdict.FAIL),
    (Course("数字化转型与数据安全专题培训", 12, 6), None),
)
"""What each unit declared this year, and what became of it."""


def declare_some(builder: Builder, people: Sequence[Person]) -> None:
    """Some units of each portal declare for two of their people each time, and take one of a third back."""
    staffed = {key: _least([person for person in people if person.body.key == key]) for key in _UNITS}
    staffed |= {key: _hired(builder, key) for key in _OFFICES}
    for key, own in staffed.items():
        actor = _with(Power.DECLARE, builder.desks[builder.bodies[key].pk])
        if key in _ALONE:
            continue
        for course, verdict in _LIVES:
            decide(builder, declare(actor, own[:2], course), verdict)
        for one in own[2:3]:
            [taken_back] = declare(actor, [one], Course("新技术推广应用观摩交流", 6, 4))
            declarations.withdraw(actor, taken_back.pk)


def _with(power: Power, actors: Sequence[Actor]) -> Actor:
    """The first of a body's administrators who has a module."""
    return next(actor for actor in actors if actor.has(power))


def _least(people: Sequence[Person]) -> list[Person]:
    """Three people whose year has the most room left."""
    accounts = ledger.accounts_in(clock.year(), {person.record.pk for person in people})
    hours = {one.person_id: one.total_hours for one in accounts}
    return sorted(people, key=lambda person: hours.get(person.record.pk, 0))[:3]


def _hired(builder: Builder, key: str) -> list[Person]:
    """Offices have people of their own too."""
    row = next(one for one in BODIES if one.key == key)
    return [builder.professional(builder.user(builder.sketch(row.area)), row) for _ in range(2)]


def declare(actor: Actor, people: Sequence[Person], course: Course) -> list[Declaration]:
    """Hand in one course for all of some people of the actor's body, with one scan for all."""
    with clock.as_of(clock.now() - timedelta(days=course.days_ago)):
        body = people[0].record.employment.organisation
        lines = (
            f"“{course.name}”",
            f"举办单位：{body.name}",
            f"参训人员 {len(people)} 人，考核合格。",
            "    特此证明。",
        )
        file = scans.hand_in(scans.draw("培训证明", lines, "培训专用章"), "培训证明.jpg", actor.user.pk)
        end = clock.today() - timedelta(days=5)
        typed = {
            "school": body.name,
            "class_name": course.name,
            "content": f"{course.name}：集中授课、案例讨论与结业考核。",
            "period_from": (end - timedelta(days=_DAYS - 1)).isoformat(),
            "period_to": end.isoformat(),
            "result": "合格",
            "hours": str(Decimal(course.hours)),
            "subject": "professional",
            "evidence": str(file.pk),
        }
        form = registry.pack(body.portal).year(clock.year()).learning_form("on_the_job").form
        answers = form.clean(typed, actor.role_key, today=clock.today())
        key = f"seed-unit-{body.pk}-{file.pk}"
        entry = Entry(clock.year(), "on_the_job", answers, (file.pk,), key)
        return for_others.declare(actor, entry, [person.record.pk for person in people])


def decide(builder: Builder, rows: Sequence[Declaration], verdict: Verdict | None) -> None:
    """Let the desk above speak, some days later; nothing for what waits on."""
    if verdict is None:
        return
    for case in [row.case for row in rows if row.case is not None]:
        comment = "培训时间与通知不一致，请核对后重新申报。" if verdict == Verdict.FAIL else ""
        with clock.as_of(case.submitted_at + timedelta(days=3)):
            order = deciding.Order(verdict, {case.pk: case.version}, comment)
            deciding.decide_many(_with(Power.REVIEW_HOURS, builder.desks[case.desk_id or 0]), order)
