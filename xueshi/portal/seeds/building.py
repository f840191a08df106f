"""Bodies and people entered directly: what stood before anybody signed in."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password

from xueshi.accounts.models import User, document_index, phone_index
from xueshi.accounts.states import AccountState
from xueshi.audit.services import By
from xueshi.kernel import clock, identity
from xueshi.organisations import services as organisations
from xueshi.organisations.actors import Actor, actor_from
from xueshi.organisations.models import Department, Membership, Organisation, Role
from xueshi.organisations.services import HatDraft, OrganisationDraft
from xueshi.organisations.states import Hat, MembershipState, OrganisationState, Power
from xueshi.people import services as people
from xueshi.people.models import Professional
from xueshi.portal.seeds.bodies import Body
from xueshi.portal.seeds.chance import Chance
from xueshi.portal.seeds.sectors import SECTORS, Sector

NOBODY: Final = By(None)
"""Entered by the program; the audit names no person."""
STREETS: Final = ("海滨路", "文化路", "青年路", "和平路", "世昌大道", "滨河路")
DIALLING: Final = {
    "3500": "0591", "3501": "0591", "3502": "0592", "3505": "0595", "3700": "0531", "3710": "0631", "3715": "0635",
}  # fmt: skip
"""The telephone prefix of the cities by the first four digits of the area."""
SCHOOLS: Final = ("海岱大学", "齐鲁理工学院", "闽江大学", "东海师范大学", "江淮医科大学", "北方工业学院")


@dataclass(frozen=True, slots=True)
class Sketch:
    """Who somebody is: enough for an account."""

    name: str
    document: str
    phone: str
    login_name: str | None = None
    state: AccountState = AccountState.ACTIVE


@dataclass(frozen=True, slots=True)
class Person:
    """A professional of the world, with what they do for a living."""

    actor: Actor
    record: Professional
    body: Body


@dataclass
class Builder:
    """Makes bodies and people and remembers them by key; the one password is hashed once, for a hash takes its time."""

    chance: Chance
    password: str
    bodies: dict[str, Organisation] = field(default_factory=dict)
    departments: dict[str, list[Department]] = field(default_factory=dict)
    desks: dict[int, list[Actor]] = field(default_factory=lambda: defaultdict(list))
    """The administrators of a body by its key, super administrators first."""
    roles: dict[tuple[int, str], Role] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hashed = make_password(self.password)

    def body(self, row: Body) -> Organisation:
        """A live body with its departments."""
        sector = SECTORS[row.sector]
        draft = OrganisationDraft(
            kind=row.kind,
            name=row.name,
            portal=row.portal,
            area_code=row.area,
            parent=self.bodies.get(row.parent),
            code=self.chance.credit_code(row.area, sector.authority),
            nature=sector.nature,
            unit_level="none" if sector.authority == "91" else "county",
            industry=sector.industry,
            phone=self.telephone(row.area),
            address=f"{self.chance.pick(STREETS)} {self.chance.number(1, 299)} 号",
            head=self.chance.name(male=True),
        )
        made = organisations.create_organisation(draft, state=OrganisationState.ACTIVE, by=NOBODY)
        self.bodies[row.key] = made
        self.departments[row.key] = [organisations.create_department(made, name) for name in sector.departments]
        return made

    def telephone(self, area: str) -> str:
        """A number of the city that an area belongs to."""
        return f"{DIALLING[area[:4]]}-{self.chance.number(2_000_000, 8_999_999)}"

    def sketch(self, area: str, *, male: bool | None = None) -> Sketch:
        """Somebody from an area whom nobody has met."""
        is_male = self.chance.often(52) if male is None else male
        number = self.chance.resident(area, self.chance.born(), male=is_male)
        return Sketch(self.chance.name(male=is_male), number, self.chance.phone())

    def user(self, sketch: Sketch) -> User:
        """An account that can sign in with the world's password."""
        made = User(
            name=sketch.name,
            login_name=sketch.login_name,
            document_type=identity.DocumentType.RESIDENT,
            document_number=sketch.document,
            document_index=document_index(identity.DocumentType.RESIDENT, sketch.document),
            phone=sketch.phone,
            phone_index=phone_index(sketch.phone),
            state=sketch.state,
            password=self.hashed,
            created_at=clock.now(),
        )
        made.save(force_insert=True)
        return made

    def administrator(self, user: User, key: str, role: tuple[str, frozenset[Power]] | None = None) -> Actor:
        """A live administrator; without a role the super administrator."""
        body = self.bodies[key]
        draft = HatDraft(
            user=user, organisation=body, hat=Hat.ADMINISTRATOR, is_super=role is None,
            role=self._role(body, *role) if role is not None else None,
        )  # fmt: skip
        actor = actor_from(user, organisations.give_hat(draft, state=MembershipState.ACTIVE, by=NOBODY))
        self.desks[body.pk].append(actor)
        return actor

    def professional(self, user: User, row: Body) -> Person:
        """A live professional of a body, with a record as its trade has them."""
        department = self.chance.pick(self.departments[row.key])
        membership = organisations.give_hat(
            HatDraft(user=user, organisation=self.bodies[row.key], hat=Hat.PROFESSIONAL, department=department),
            state=MembershipState.ACTIVE,
            by=NOBODY,
        )
        return self.entered(user, membership, row)

    def entered(self, user: User, membership: Membership, row: Body) -> Person:
        """The record behind a professional's hat."""
        draft = self.record(user.document_number, SECTORS[row.sector])
        record = people.enter_professional(user, membership, draft, by=NOBODY)
        return Person(actor_from(user, membership), record, row)

    def record(self, document: str, sector: Sector) -> people.ProfessionalDraft:
        """What the personal block of the registration would hold for somebody of a trade."""
        born, rank = identity.birth_date(document), self.chance.pick(sector.ranks)
        graduated = date(born.year + 23, 7, 1)
        titled = min(date(born.year + {"junior": 25, "middle": 29, "senior": 36}[rank.level], 12, 20), self._lately())
        return people.ProfessionalDraft(
            sex="male" if identity.is_male(document) else "female",
            born_on=born,
            education=self.chance.pick(("21", "21", "14", "31")),
            school=self.chance.pick(SCHOOLS),
            major=self.chance.pick(sector.majors),
            graduated_on=graduated,
            degree=self.chance.pick(("4", "4", "3")),
            title_series=sector.series,
            title_level=rank.level,
            title=rank.code,
            title_effective_on=titled,
            title_certificate=f"ZC{titled.year}{self.chance.number(10_000, 99_999)}",
            appointed_on=titled,
        )

    def _lately(self) -> date:
        return clock.today() - timedelta(days=200)

    def _role(self, body: Organisation, name: str, powers: frozenset[Power]) -> Role:
        if (body.pk, name) not in self.roles:
            self.roles[body.pk, name] = organisations.create_role(body, name, powers)
        return self.roles[body.pk, name]
