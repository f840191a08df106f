"""The tree of bodies, hats, and the two answers to "may I see it?"."""

import pytest
from django.db import IntegrityError, transaction

from tests import small_world as make
from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.organisations import permissions, rules, selectors, services
from xueshi.organisations.actors import actor_from
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import CEILING, Hat, MembershipState, OrganisationKind, Power

pytestmark = pytest.mark.django_db


def test_paths_by_rule() -> None:
    assert rules.path_of("1.4.", 17) == "1.4.17."
    assert rules.is_within("1.4.17.", "1.4.")
    assert not rules.is_within("1.41.", "1.4.")
    assert rules.moved_path("1.4.17.", "1.4.", "1.9.4.") == "1.9.4.17."


def test_everything_below_is_one_prefix() -> None:
    world = make.build()
    found = Organisation.objects.filter(path__startswith=world.department.path).order_by("pk")
    assert list(found) == [world.department, world.employer, world.branch, world.stranger]


def test_the_check_and_the_filter_agree() -> None:
    world = make.build()
    plain = actor_from(world.person.user, None)
    for actor in (world.city_admin, world.department_admin, world.employer_admin, world.person, plain):
        allowed = {one.pk for one in Organisation.objects.all() if permissions.can_see_organisation(actor, one)}
        assert set(selectors.within(actor).values_list("pk", flat=True)) == allowed
        hats = {
            one.pk
            for one in Membership.objects.select_related("organisation")
            if permissions.can_see_membership(actor, one)
        }
        assert (
            set(Membership.objects.filter(permissions.memberships_seen_by(actor)).values_list("pk", flat=True)) == hats
        )


def test_foreign_and_absent_are_the_same() -> None:
    world = make.build()
    for pk in (world.stranger.pk, 0):
        with pytest.raises(NotFound):
            selectors.organisation_for(world.employer_admin, pk)


def test_moving_a_body_moves_its_subtree() -> None:
    world = make.build()
    services.move_organisation(world.employer.pk, world.city.pk, by=make.NOBODY)
    world.branch.refresh_from_db()
    assert world.branch.path == f"{world.city.path}{world.employer.pk}.{world.branch.pk}."
    assert list(selectors.within(world.department_admin)) == [world.department, world.stranger]


def test_a_body_cannot_move_below_itself() -> None:
    world = make.build()
    with pytest.raises(RuleBroken, match="不能移动到自己的下级"):
        services.move_organisation(world.employer.pk, world.branch.pk, by=make.NOBODY)
    world.employer.refresh_from_db()
    assert world.employer.parent == world.department


@pytest.mark.parametrize("kind", [OrganisationKind.BUREAU, OrganisationKind.DEPARTMENT])
def test_authorities_do_not_stand_under_employers(kind: OrganisationKind) -> None:
    world = make.build()
    with pytest.raises(RuleBroken, match="上级部门"):
        make.body(kind, "某局", world.employer)


def test_one_super_administrator_by_constraint() -> None:
    world = make.build()
    with pytest.raises(RuleBroken):
        make.administrator("第二个", world.employer)
    assert Membership.objects.filter(organisation=world.employer, is_super=True).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(organisation=world.stranger, is_super=True).update(organisation=world.employer)


def test_one_current_employer_by_constraint() -> None:
    world = make.build()
    with pytest.raises(RuleBroken):
        make.hat(world.person.user, world.stranger, Hat.PROFESSIONAL)
    assert make.hat(world.person.user, world.stranger, Hat.ADMINISTRATOR).state == MembershipState.ACTIVE


def test_powers_never_exceed_the_ceiling() -> None:
    world = make.build()
    assert world.employer_admin.powers == CEILING[OrganisationKind.EMPLOYER]
    assert Power.VERIFY_HOURS not in world.employer_admin.powers
    with pytest.raises(RuleBroken, match="权限范围"):
        services.create_role(world.employer, "越权", frozenset({Power.VERIFY_HOURS}))


def test_the_picker_finds_parts_of_names() -> None:
    world = make.build()
    assert list(selectors.employers_named("weihai", "海天")) == [world.employer, world.branch]
    assert list(selectors.employers_named("weihai", "精密机械有限公司荣")) == [world.branch]
    assert list(selectors.employers_named("fujian", "海天")) == []
