"""The demo world: two provinces of people in every state, the same on every machine."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from xueshi.accounts.models import User
from xueshi.kernel import clock
from xueshi.organisations import selectors as bodies
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import OrganisationKind
from xueshi.portal.seeds import (
    accounts,
    adjusting,
    agreeing,
    certifying,
    changing,
    lives,
    newcomers,
    on_behalf,
    registering,
    sending,
    telling,
)
from xueshi.portal.seeds.accounts import ACCOUNTS, Fixed
from xueshi.portal.seeds.bodies import BODIES, Body
from xueshi.portal.seeds.building import Builder, Person, Sketch
from xueshi.portal.seeds.chance import Chance
from xueshi.portal.seeds.living import Life

SEED: Final = 20261121


@dataclass
class Demo:
    """The world while it is made."""

    builder: Builder
    people: list[Person] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)


def is_there() -> bool:
    """Whether this database holds the demo world already."""
    return bodies.active_by_name(BODIES[0].portal, BODIES[0].name) is not None


@transaction.atomic
def build() -> Demo:
    """Make the whole world or nothing; some tens of seconds."""
    demo = Demo(Builder(Chance(SEED), accounts.PASSWORD))
    demo.builder.chance.keep(*(one.name for one in ACCOUNTS), *(one.document for one in ACCOUNTS))
    with clock.as_of(_first_day()):
        _found(demo)
    for newcomer in newcomers.applicants():
        registering.register(demo.builder, newcomer)
    life = Life(demo.builder)
    life.live(lives.deeds(demo.builder.chance, demo.people))
    certifying.print_papers(demo.people)
    list(changing.change_some(demo.builder, demo.people))
    list(adjusting.adjust_some(demo.builder, demo.people))
    on_behalf.declare_some(demo.builder, demo.people)
    telling.tell(_writers(demo), clock.year())
    sending.send_all()
    return demo


def _writers(demo: Demo) -> list[Actor]:
    """The highest bureau's administrator of each portal."""
    tops = {row.portal: row for row in reversed(BODIES) if row.kind == OrganisationKind.BUREAU}
    return [demo.builder.desks[demo.builder.bodies[row.key].pk][0] for row in tops.values()]


def _first_day() -> datetime:
    """Early in the first of the three years that the world knows."""
    today = clock.now()
    return today.replace(year=today.year - 2, month=1, day=8, hour=1) + timedelta()


def _found(demo: Demo) -> None:
    for row in BODIES:
        demo.builder.body(row)
    for fixed in ACCOUNTS:
        _enter(demo, fixed)
    for row in BODIES:
        _staff(demo, row)
    desks = (actor for desk in demo.builder.desks.values() for actor in desk)
    agreeing.agree([*desks, *(person.actor for person in demo.people)], demo.users)


def _enter(demo: Demo, fixed: Fixed) -> None:
    user = demo.users.get(fixed.document) or demo.builder.user(
        Sketch(fixed.name, fixed.document, demo.builder.chance.phone(), fixed.login_name)
    )
    demo.users[fixed.document] = user
    row = next((row for row in BODIES if row.key == fixed.body), None)
    if row is None:
        return
    if fixed.is_professional:
        demo.people.append(demo.builder.professional(user, row))
    else:
        role = (fixed.role_name, fixed.powers) if fixed.powers else None
        demo.builder.administrator(user, fixed.body, role)


def _staff(demo: Demo, row: Body) -> None:
    """A super administrator where no fixed account is one, and the body's professionals."""
    builder = demo.builder
    if not any(actor.membership and actor.membership.is_super for actor in builder.desks[builder.bodies[row.key].pk]):
        actor = builder.administrator(builder.user(builder.sketch(row.area)), row.key)
        _to_front(builder.desks[builder.bodies[row.key].pk], actor)
    here = sum(person.body.key == row.key for person in demo.people)
    for _ in range(row.people - here):
        demo.people.append(builder.professional(builder.user(builder.sketch(row.area)), row))


def _to_front[Thing](things: list[Thing], thing: Thing) -> None:
    things.remove(thing)
    things.insert(0, thing)


def summary(demo: Demo) -> Iterable[str]:
    """What was made, for the console."""
    yield f"演示数据：{len(demo.builder.bodies)} 个机构，{len(demo.people)} 名专业技术人员"
