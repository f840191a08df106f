"""What the reference world holds: every kind of object in every state, in both trees."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from xueshi.certificates import selectors as papers
from xueshi.certificates import services as certificates
from xueshi.declarations import selectors as declarations
from xueshi.declarations import services as declaring
from xueshi.kernel import clock
from xueshi.ledger import selectors as ledger
from xueshi.organisations.states import OrganisationKind
from xueshi.people import services as people
from xueshi.portal.seeds import changing, on_behalf, sending
from xueshi.portal.seeds.bodies import Body
from xueshi.portal.seeds.building import Person
from xueshi.portal.seeds.deeds import Deed, Ending, Slot, Wanted, deed
from xueshi.portal.seeds.living import Life
from xueshi.portal.seeds.registering import Applicant, register
from xueshi.portal.seeds.world import PORTAL, TREES, Thing, World, found
from xueshi.registrations.models import Registration
from xueshi.reviews.states import Verdict

OWNERS: Final = {"person_1": "a-unit-0", "person_2": "a-unit-1", "person_other": "b-unit-0", "b_person_2": "b-unit-1"}
"""Whose documents stand in every state, by the names of actors and of people."""
ENDINGS: Final = (
    Ending.DRAFT, Ending.WITHDRAWN, Ending.PENDING, Ending.REJECTED, Ending.HALFWAY, Ending.COMPLETE, Ending.FAILED,
)  # fmt: skip
_WAYS: Final = (
    ("professional", OrganisationKind.EMPLOYER, "", "unit"),
    ("employer", OrganisationKind.EMPLOYER, "机械厂", "department"),
    ("department", OrganisationKind.DEPARTMENT, "管理局", "bureau"),
    ("base", OrganisationKind.BASE, "培训基地", "bureau"),
    ("bureau", OrganisationKind.BUREAU, "分局", "bureau"),
)
_VERDICTS: Final = ((Verdict.PASS, 40), (Verdict.FAIL, 20), (None, 3))


@transaction.atomic
def build(rng: int, size: str) -> World:
    """The whole world or nothing."""
    world = found(rng, size)
    world.actors["b_person_2"] = world.people["b-unit-1"].actor
    _register(world)
    life = Life(world.builder)
    life.live(deed for owner in OWNERS.values() for deed in _deeds(world, world.people[owner]))
    _certify(world, life)
    _list_declarations(world, life)
    _declare_for_people(world)
    _change_titles(world)
    _list_tree(world)
    sending.send_all()
    return world


def _register(world: World) -> None:
    for tree in TREES:
        for kind, body, ending, parent in _WAYS:
            for number, (verdict, days) in enumerate(_VERDICTS):
                row = _newcomer(world, tree, body, f"{number}{ending}", parent)
                one = Applicant(kind, row, verdict, days, "与证明材料不符。" if verdict == Verdict.FAIL else "")
                registration = register(world.builder, one)
                registration.refresh_from_db()
                state = registration.case.state if registration.case is not None else "filed"
                world.things.append(Thing(f"registration.{kind}", registration.case_id or 0, state, tree=tree))
                world.things += _brought(registration, tree)


def _brought(registration: Registration, tree: str) -> Iterator[Thing]:
    """The hat, and the body if it is new, in the state that the review has left them in."""
    hat, body = registration.membership, registration.organisation
    if hat is not None:
        yield Thing("membership", hat.pk, hat.state, tree=tree)
    if body is not None and registration.professional_id is None:
        yield Thing("organisation", body.pk, body.state, tree=tree)


def _newcomer(world: World, tree: str, kind: OrganisationKind, ending: str, parent: str) -> Body:
    """A body that does not exist yet; who joins names one that does."""
    if not ending[1:]:
        return world.rows[f"{tree}-{parent}"]
    head = "".join(world.builder.chance.random.sample("溱洧浚淇沁漳滹沱涑汾浍", 4))
    name = f"{head}第{'一二三'[int(ending[0])]}{ending[1:]}"
    return Body("", f"{tree}-{parent}", kind, name, PORTAL, TREES[tree], "machinery")


def _list_declarations(world: World, life: Life) -> None:
    owners = {world.people[key].actor.user.pk: name for name, key in OWNERS.items()}
    for done, declaration in life.done:
        user = done.person.actor.user
        seen = declarations.declaration_for(done.person.actor, declaration.pk)
        owner, tree = owners[user.pk], done.person.body.key[0]
        world.things.append(Thing("declaration", seen.pk, declarations.state(seen), owner, tree))
        if seen.case is not None:
            world.things.append(Thing("case", seen.case.pk, seen.case.state, owner, tree))
        world.things += [
            Thing("evidence", one.file_id, f"{seen.pk}/{one.position}", owner, tree)
            for one in declarations.evidence_of(seen)
        ]


def _declare_for_people(world: World) -> None:
    """Each unit has declared for the first two of its people together, and has taken back what it did for the first."""
    for tree in TREES:
        unit, people = world.actor(f"{tree}-unit-super"), [world.people[f"{tree}-unit-{number}"] for number in (0, 1)]
        name = "".join(world.builder.chance.random.sample("溱洧浚淇沁漳滹沱涑汾浍", 4))
        rows = on_behalf.declare(unit, people, on_behalf.Course(f"{name}专题培训", 8, 5))
        rows += on_behalf.declare(unit, people[:1], on_behalf.Course(f"{name}观摩交流", 4, 2))
        declaring.withdraw(unit, rows[-1].pk)
        owner = "employer_super" if tree == "a" else f"{tree}-unit-super"
        for row in rows:
            seen = declarations.declaration_for(unit, row.pk)
            world.things.append(Thing("unit_declaration", seen.pk, declarations.state(seen), owner, tree))


def _deeds(world: World, person: Person) -> Iterator[Deed]:
    """This year one in each state; the two years before are passed, the first of them by way of a second paper."""
    chance, year = world.builder.chance, clock.year()
    for position, ending in enumerate(ENDINGS):
        wanted = Wanted("paper", "professional", Decimal(6 + position), ending)
        yield deed(chance, person, Slot(year, clock.today() - timedelta(days=12 + position), 1), wanted)
    for back, month, hours, ending in (
        (2, 3, 64, Ending.COMPLETE),
        (2, 6, 30, Ending.COMPLETE),
        (1, 3, 64, Ending.COMPLETE),
        (1, 6, 30, Ending.HALFWAY),
    ):
        wanted = Wanted("paper", "professional", Decimal(hours), ending)
        yield deed(chance, person, Slot(year - back, date(year - back, month, 2), 1), wanted)


def _certify(world: World, life: Life) -> None:
    """Each owner prints both years; then one grows and is printed anew, the other falls and its paper with it."""
    for name, key in OWNERS.items():
        person, tree = world.people[key], key[0]
        for year in (clock.year() - 2, clock.year() - 1):
            _print(person, year)
        _grow(world, life, person)
        _fall(life, person)
        accounts = ledger.own_accounts(person.actor)
        world.things += [Thing("account", one.pk, "passed" if one.passed else "open", name, tree) for one in accounts]
        rows = papers.certificates_seen(person.actor).order_by("pk")
        world.things += [Thing("certificate", row.pk, row.state, name, tree) for row in rows]


def _print(person: Person, year: int) -> None:
    account = ledger.account_of(person.record.pk, year)
    if account is not None:
        certificates.issue(person.actor, account.pk)


def _grow(world: World, life: Life, person: Person) -> None:
    """More hours for a certified year, and a new paper that supersedes the old."""
    wanted = Wanted("paper", "professional", Decimal(8))
    year = clock.year() - 2
    slot = Slot(year, clock.today() - timedelta(days=13), 1)
    life.live([deed(world.builder.chance, person, slot, wanted)])
    _print(person, year)


def _fall(life: Life, person: Person) -> None:
    """The verification of last year's second paper takes back what a certificate states."""
    for done, declaration in life.done:
        mine = done.person is person and done.year == clock.year() - 1
        if mine and done.ending is Ending.HALFWAY:
            life.turn(declaration, Ending.FAILED)


def _change_titles(world: World) -> None:
    """Each owner had a change turned down, took one back, had one approved, and waits for the last."""
    for name, key in OWNERS.items():
        person, tree = world.people[key], key[0]
        for number, (verdict, days) in enumerate(((Verdict.FAIL, 9), (None, 8), (Verdict.PASS, 7), (None, 6))):
            change = changing.ask(person, f"ZC{number}{person.record.pk:06}", days_ago=days)
            if verdict is not None:
                changing.decide(world.builder, change, verdict)
            elif number == 1:
                people.withdraw_change(person.actor, change.case_id or 0)
            change.refresh_from_db()
            state = change.case.state if change.case is not None else "filed"
            world.things.append(Thing("title_change", change.case_id or 0, state, name, tree))
        changing.qualify(person)


def _list_tree(world: World) -> None:
    for key, body in world.builder.bodies.items():
        tree = key[0] if key[1] == "-" else ""
        world.things.append(Thing("organisation", body.pk, body.state, f"{key}-super", tree))
    for key, person in world.people.items():
        membership = person.actor.membership
        world.things.append(Thing("professional", person.record.pk, "active", _owner(world, key), key[0]))
        if membership is not None:
            world.things.append(Thing("membership", membership.pk, membership.state, _owner(world, key), key[0]))


def _owner(world: World, key: str) -> str:
    named = {person: name for name, person in OWNERS.items()}
    return named.get(key, "")
