"""The reference world of the security checks: two mirrored trees under one bureau, the same for the same seed.

Every name and number in it is unique, so that a leak is found by plain search. What the trees hold is in
``world_objects``.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from xueshi.kernel import clock
from xueshi.organisations import selectors as bodies
from xueshi.organisations import services as organisations
from xueshi.organisations.actors import Actor
from xueshi.organisations.services import HatDraft
from xueshi.organisations.states import Hat, MembershipState, OrganisationKind, Power
from xueshi.portal.seeds.bodies import Body
from xueshi.portal.seeds.building import NOBODY, Builder, Person
from xueshi.portal.seeds.chance import Chance

PORTAL: Final = "weihai"
PASSWORD: Final = "Reference-World-1"  # noqa: S105 - of made-up people only
TREES: Final = {"a": "371002", "b": "371003"}
SIZES: Final = {"s": 1, "m": 10}
"""Multiples of 60 professionals a tree."""
CITY: Final = "city"
_PEOPLE: Final = {"unit": 20, "branch": 8, "sibling": 12, "third": 10, "fourth": 10}
_PARENTS: Final = {
    "unit": "department", "branch": "unit", "sibling": "department", "third": "second", "fourth": "bureau",
}  # fmt: skip
_SYLLABLES: Final = "岱岳崮岚沂沭汶泗淄潍胶莱芝罘昆嵛峄蒙琅琊邹峰涞澜溟湛浔沅澧渌漪滢濠泓"
REVIEWER: Final = frozenset({Power.REVIEW_HOURS, Power.REVIEW_ACCOUNTS})
_CITY_ROLES: Final = {
    "system": frozenset({Power.ADMINISTRATORS}),
    "security": frozenset({Power.PROFILE}),
    "audit": frozenset({Power.STATISTICS}),
}
"""The three that exclude each other hold no power over hours."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One object: what it is, its key, its state, the actor it belongs to (or none), and its tree."""

    kind: str
    pk: int
    state: str = ""
    owner: str = ""
    tree: str = ""


@dataclass
class World:
    """Everybody and everything by name."""

    builder: Builder
    actors: dict[str, Actor | None] = field(default_factory=lambda: {"anonymous": None})
    people: dict[str, Person] = field(default_factory=dict)
    rows: dict[str, Body] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)

    def actor(self, name: str) -> Actor:
        """An actor who is somebody; ``KeyError`` for nobody."""
        found = self.actors[name]
        if found is None:
            raise KeyError(name)
        return found

    def of(self, kind: str, *, owner: str | None = None, state: str | None = None) -> list[Thing]:
        """The objects of a kind, in the order in which they came to be."""
        return [
            thing
            for thing in self.things
            if thing.kind == kind and owner in {None, thing.owner} and state in {None, thing.state}
        ]

    def as_json(self) -> dict[str, Any]:
        """Log-ins and object ids per owner, for ``--json``."""
        return {
            "portal": PORTAL,
            "password": PASSWORD,
            "actors": {name: _log_in(actor) for name, actor in self.actors.items()},
            "objects": [
                {"kind": one.kind, "id": one.pk, "state": one.state, "owner": one.owner, "tree": one.tree}
                for one in self.things
            ],
        }


def _log_in(actor: Actor | None) -> dict[str, Any] | None:
    if actor is None:
        return None
    return {
        "name": actor.user.name,
        "account": actor.user.document_number,
        "user": actor.user.pk,
        "role": actor.role_key,
        "membership": actor.membership.pk if actor.membership is not None else None,
        "organisation": actor.organisation.pk if actor.organisation is not None else None,
    }


def is_there() -> bool:
    """Whether any world stands in this database."""
    return bodies.same_level_bureau(PORTAL, "371000") is not None


@transaction.atomic
def found(rng: int, size: str) -> World:
    """Bodies, administrators and people of both trees, without any document yet."""
    world = World(Builder(Chance(rng), PASSWORD))
    moment = clock.now()
    with clock.as_of(moment.replace(year=moment.year - 2, month=1, day=8)):
        _plant(world)
        for tree in TREES:
            _settle(world, tree, SIZES[size])
    _name_actors(world)
    return world


def _row(world: World, key: str, parent: str, kind: OrganisationKind, ending: str) -> Body:
    chance, area = world.builder.chance, TREES.get(key[0], "371000") if key != CITY else "371000"
    name = "".join(chance.random.sample(_SYLLABLES, 4)) + ending
    row = Body(key, parent, kind, name, PORTAL, area, "machinery" if kind == OrganisationKind.EMPLOYER else "authority")
    world.rows[key] = row
    return row


def _plant(world: World) -> None:
    kinds, build = OrganisationKind, world.builder.body
    build(_row(world, CITY, "", kinds.BUREAU, "市人力资源和社会保障局"))
    for tree in TREES:
        build(_row(world, f"{tree}-bureau", CITY, kinds.BUREAU, "区人力资源和社会保障局"))
        for key in ("department", "second"):
            build(_row(world, f"{tree}-{key}", f"{tree}-bureau", kinds.DEPARTMENT, "局"))
        for key, parent in _PARENTS.items():
            build(_row(world, f"{tree}-{key}", f"{tree}-{parent}", kinds.EMPLOYER, "有限公司"))
        build(_row(world, f"{tree}-base", f"{tree}-bureau", kinds.BASE, "继续教育基地"))
    for key in world.rows:
        world.actors[f"{key}-super"] = _administrator(world, key)


def _administrator(world: World, key: str, role: tuple[str, frozenset[Power]] | None = None) -> Actor:
    user = world.builder.user(world.builder.sketch(world.rows[key].area))
    return world.builder.administrator(user, key, role)


def _settle(world: World, tree: str, times: int) -> None:
    for unit, number in _PEOPLE.items():
        row = world.rows[f"{tree}-{unit}"]
        for position in range(number * times):
            person = world.builder.professional(world.builder.user(world.builder.sketch(row.area)), row)
            world.people[f"{tree}-{unit}-{position}"] = person
    world.actors[f"{tree}-unit-limited"] = _administrator(world, f"{tree}-unit", ("审核员", REVIEWER))
    _move(world, tree)


def _move(world: World, tree: str) -> None:
    """The last of the sibling unit went to the fourth: an ended hat, a new one, the same record."""
    leaver = world.people.pop(f"{tree}-sibling-{_PEOPLE['sibling'] - 1}")
    if leaver.actor.membership is None:
        return
    organisations.set_hat_state(leaver.actor.membership, MembershipState.ENDED, by=NOBODY)
    world.things.append(Thing("membership", leaver.actor.membership.pk, MembershipState.ENDED, "transferred", tree))
    user, row = leaver.actor.user, world.rows[f"{tree}-fourth"]
    draft = HatDraft(user=user, organisation=world.builder.bodies[row.key], hat=Hat.PROFESSIONAL)
    membership = organisations.give_hat(draft, state=MembershipState.ACTIVE, by=NOBODY)
    world.people[f"{tree}-transferred"] = world.builder.entered(user, membership, row)


def _name_actors(world: World) -> None:
    """The seventeen of security §2 and the two with a past or a second hat."""
    people, actors = world.people, world.actors
    named = {
        "person_1": people["a-unit-0"].actor,
        "person_2": people["a-unit-1"].actor,
        "person_other": people["b-unit-0"].actor,
        "employer_super": actors["a-unit-super"],
        "employer_limited": actors["a-unit-limited"],
        "employer_branch": actors["a-branch-super"],
        "employer_sibling": actors["a-sibling-super"],
        "department_1": actors["a-department-super"],
        "department_2": actors["b-department-super"],
        "district_1": actors["a-bureau-super"],
        "district_2": actors["b-bureau-super"],
        "city": actors["city-super"],
        "base_1": actors["a-base-super"],
        "base_2": actors["b-base-super"],
        "transferred": people["a-transferred"].actor,
        "two_hats": people["a-third-0"].actor,
    }
    second = people["a-third-0"].actor.user
    named["two_hats_administrator"] = world.builder.administrator(second, "b-sibling", ("审核员", REVIEWER))
    for name, powers in _CITY_ROLES.items():
        named[f"{name}_administrator"] = _administrator(world, CITY, (name, powers))
    world.actors = {"anonymous": None, **named, **{key: one for key, one in actors.items() if one is not None}}
