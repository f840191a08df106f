"""Made-up worlds: valid and unique numbers, the same for the same seed, every object in every state."""

from datetime import date
from io import StringIO

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from tests import small_world
from tests.browsers import signed_in
from tests.world import built_world, snapshot, world
from xueshi.accounts.models import User
from xueshi.certificates.states import CertificateState
from xueshi.declarations.states import DeclarationState
from xueshi.kernel import clock, identity
from xueshi.organisations.states import MembershipState, OrganisationState
from xueshi.policies import registry
from xueshi.portal.seeds import accounts, agreeing
from xueshi.portal.seeds.accounts import ACCOUNTS
from xueshi.portal.seeds.bodies import BODIES
from xueshi.portal.seeds.chance import Chance
from xueshi.portal.seeds.world import PASSWORD, World

__all__ = ["built_world", "snapshot", "world"]


def test_numbers_check_and_never_repeat() -> None:
    chance, today = Chance(7), date(2026, 11, 21)
    numbers = [chance.resident("371002", chance.born(), male=male) for male in (True, False) * 200]
    codes = [chance.credit_code("371002", "91") for _ in range(200)]
    assert [identity.canonical_document("resident", one, today=today) for one in numbers] == numbers
    assert [identity.is_male(one) for one in numbers] == [True, False] * 200
    assert [identity.canonical_organisation_code(one) for one in codes] == codes
    assert len({*numbers, *codes}) == 600


def test_the_same_seed_gives_the_same_people() -> None:
    def met(seed: int) -> list[str]:
        chance = Chance(seed)
        return [chance.name(male=True), chance.phone(), chance.resident("371002", chance.born(), male=True)]

    assert met(3) == met(3)
    assert met(3) != met(4)


def test_fixed_accounts_check_and_stand_in_known_bodies() -> None:
    today = date(2026, 11, 21)
    everybody = (*accounts.ACCOUNTS, *accounts.REFUSED)
    for one in everybody:
        assert identity.canonical_document("resident", one.document, today=today) == one.document
        assert one.body in {"", *(row.key for row in BODIES if row.portal == one.portal)}
    assert len(list(accounts.lines())) == len(everybody) + 1


def test_bodies_stand_below_their_superiors() -> None:
    seen = {""}
    for row in BODIES:
        assert row.parent in seen
        seen.add(row.key)


def test_the_world_has_its_actors_and_their_password(world: World) -> None:
    assert [name for name in world.actors if "-" not in name] == [
        "anonymous", "person_1", "person_2", "person_other", "employer_super", "employer_limited", "employer_branch",
        "employer_sibling", "department_1", "department_2", "district_1", "district_2", "city", "base_1", "base_2",
        "transferred", "two_hats", "two_hats_administrator", "system_administrator", "security_administrator",
        "audit_administrator", "b_person_2",
    ]  # fmt: skip
    assert check_password(PASSWORD, User.objects.get(pk=world.actor("person_1").user.pk).password)


def test_the_world_has_every_state_twice(world: World) -> None:
    declared = {state: len(world.of("declaration", state=state)) for state in DeclarationState}
    assert min(number for state, number in declared.items() if state != DeclarationState.APPROVED) >= 2
    assert all(len(world.of("certificate", state=state)) >= 2 for state in CertificateState)
    assert all(len(world.of("membership", state=state)) >= 2 for state in MembershipState)
    met = set(OrganisationState) - {OrganisationState.CLOSED}
    assert all(len(world.of("organisation", state=state)) >= 2 for state in met)
    for kind in ("professional", "employer", "department", "base", "bureau"):
        states = [one.state for one in world.of(f"registration.{kind}")]
        assert sorted(states) == ["approved", "approved", "pending", "pending", "rejected", "rejected"]


def test_the_past_was_lived_in_the_past(world: World) -> None:
    person = world.actor("person_1").user
    years = {one.year for one in person.professional.declarations.values_list("changed_at", flat=True)}
    assert years == {clock.year(), clock.year() - 1, clock.year() - 2}


def test_a_second_world_is_refused(world: World) -> None:
    with pytest.raises(CommandError):
        call_command("seed", size="s", stdout=StringIO())


def test_no_world_in_production(world: World, settings: object) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("seed", demo=True, stdout=StringIO())


def test_who_was_entered_directly_has_agreed_as_at_a_registration(db: None) -> None:
    world = small_world.build("fujian")
    added = small_world.administrator("新增的管理员", world.employer, is_super=False)
    agreeing.agree(
        [world.person, world.employer_admin, added], {one.document: world.colleague.user for one in ACCOUNTS}
    )
    said = ("信息真实承诺", *(getattr(registry.pack("fujian").agreement, one) for one in ("title", "sensitive_title")))
    for actor in (world.person, world.employer_admin, added, world.colleague):
        page = signed_in(actor).get("/account/privacy/").content.decode()
        assert ([title for title in said if title not in page], page.count("网页（注册）")) == ([], 3)
    filed = signed_in(world.department_admin).get("/registrations/filed/").context["list"].rows
    assert [one.organisation for one in filed] == [world.employer]
