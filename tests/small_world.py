"""A few bodies and people, made through the services, for tests that need a tree."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from tests.copies import copied
from xueshi.accounts.models import User, document_index, phone_index
from xueshi.accounts.states import AccountState
from xueshi.audit.services import By
from xueshi.kernel import clock, identity
from xueshi.organisations import services
from xueshi.organisations.actors import Actor, actor_from
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.services import HatDraft, OrganisationDraft
from xueshi.organisations.states import Hat, MembershipState, OrganisationKind, OrganisationState
from xueshi.people.models import Professional
from xueshi.people.services import ProfessionalDraft, enter_professional

NOBODY = By(None)
_order = count(1)


def body(kind: OrganisationKind, name: str, parent: Organisation | None, portal: str = "weihai") -> Organisation:
    draft = OrganisationDraft(kind=kind, name=name, portal=portal, area_code="371002", parent=parent)
    return services.create_organisation(draft, state=OrganisationState.ACTIVE, by=NOBODY)


PASSWORD = "test-Password-1"


def user(name: str, password: str = PASSWORD) -> User:
    order = next(_order)
    born = date(1980, 1, 1) + timedelta(days=order // 1000)
    number = identity.complete_resident(f"370602{born:%Y%m%d}{order % 1000:03}")
    phone = f"139{order:08}"
    made = User(
        name=name,
        document_type="resident",
        document_number=number,
        document_index=document_index("resident", number),
        phone=phone,
        phone_index=phone_index(phone),
        state=AccountState.ACTIVE,
        created_at=clock.now(),
    )
    made.set_password(password)
    made.save()
    return made


def hat(person: User, organisation: Organisation, kind: Hat, *, is_super: bool = False) -> Membership:
    draft = HatDraft(user=person, organisation=organisation, hat=kind, is_super=is_super)
    return services.give_hat(draft, state=MembershipState.ACTIVE, by=NOBODY)


def administrator(name: str, organisation: Organisation, *, is_super: bool = True) -> Actor:
    person = user(name)
    return actor_from(person, hat(person, organisation, Hat.ADMINISTRATOR, is_super=is_super))


def professional(name: str, organisation: Organisation) -> tuple[Actor, Professional]:
    return employed(user(name), organisation)


def employed(person: User, organisation: Organisation) -> tuple[Actor, Professional]:
    employment = hat(person, organisation, Hat.PROFESSIONAL)
    sex = "male" if identity.is_male(person.document_number) else "female"
    draft = ProfessionalDraft(sex, identity.birth_date(person.document_number))
    record = enter_professional(person, employment, draft, by=NOBODY)
    return actor_from(person, employment), record


@dataclass
class SmallWorld:
    """City and district bureau, department, two employers, a branch; administrators; two people of one unit."""

    city: Organisation
    district: Organisation
    department: Organisation
    employer: Organisation
    branch: Organisation
    stranger: Organisation
    city_admin: Actor
    district_admin: Actor
    branch_admin: Actor
    department_admin: Actor
    employer_admin: Actor
    stranger_admin: Actor
    person: Actor
    record: Professional
    colleague: Actor
    colleague_record: Professional


@copied
def build(portal: str = "weihai") -> SmallWorld:
    kinds = OrganisationKind
    city = body(kinds.BUREAU, "测试市人力资源和社会保障局", None, portal)
    district = body(kinds.BUREAU, "测试区人力资源和社会保障局", city, portal)
    department = body(kinds.DEPARTMENT, "测试区工业和信息化局", district, portal)
    employer = body(kinds.EMPLOYER, "海天精密机械有限公司", department, portal)
    branch = body(kinds.EMPLOYER, "海天精密机械有限公司荣成分公司", employer, portal)
    stranger = body(kinds.EMPLOYER, "别家单位有限公司", department, portal)
    person, record = professional("王志远", employer)
    colleague, colleague_record = professional("李春燕", employer)
    return SmallWorld(
        city, district, department, employer, branch, stranger,
        administrator("市管理员", city), administrator("区管理员", district), administrator("分公司管理员", branch),
        administrator("部门管理员", department), administrator("张敏", employer),
        administrator("别家管理员", stranger), person, record, colleague, colleague_record,
    )  # fmt: skip
