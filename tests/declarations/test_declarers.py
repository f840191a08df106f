"""Who declared for a unit goes on with it under the hat of that unit alone; what is a person's own stays theirs."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.units import administering, declared, sub_administrator
from xueshi.declarations import permissions, services
from xueshi.declarations.models import Declaration
from xueshi.organisations.actors import Actor, actor_from
from xueshi.organisations.models import Membership
from xueshi.organisations.states import MembershipState, Power
from xueshi.reviews import permissions as reviews
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import CaseState

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Declared:
    """A unit, its administrator who declares and does nothing else, and what they declared for a colleague."""

    world: make.SmallWorld
    admin: Actor
    row: Declaration


@pytest.fixture
def unit() -> Declared:
    world = make.build()
    admin = sub_administrator("赵建国", world.employer, Power.DECLARE)
    [row] = declared(admin, world.colleague_record)
    return Declared(world, admin, row)


def left(unit: Declared) -> Actor:
    """The hat has ended, they are a professional of another unit."""
    _end(unit)
    return make.employed(unit.admin.user, unit.world.stranger)[0]


def moved(unit: Declared) -> Actor:
    """The hat has ended, they declare for another unit."""
    _end(unit)
    return administering(unit.admin.user, unit.world.stranger, Power.DECLARE, Power.RECORDS)


def bared(unit: Declared) -> Actor:
    """The hat is there still, without 学时申报."""
    _end(unit)
    return administering(unit.admin.user, unit.world.employer, Power.STATISTICS)


def changed_hats(unit: Declared) -> Actor:
    """The hat is there still, they wear that of a professional of the unit."""
    return make.employed(unit.admin.user, unit.world.employer)[0]


def _end(unit: Declared) -> None:
    assert unit.admin.membership is not None
    Membership.objects.filter(pk=unit.admin.membership.pk).update(state=MembershipState.ENDED)


def read(browser: Client, row: Declaration) -> list[int]:
    """How the record, its scan and its case answer."""
    paths = (f"{row.pk}/", f"{row.pk}/evidence/1/", f"case/{row.case_id}/")
    return [browser.get(f"/declarations/{path}").status_code for path in paths]


def written(browser: Client, row: Declaration) -> list[int]:
    """How taking it back and deleting it answer."""
    version = w.fresh(row).version
    paths = (f"{row.pk}/withdraw/", f"{row.pk}/delete/?version={version}")
    return [browser.post(f"/declarations/{path}").status_code for path in paths]


@pytest.mark.req("CR-18", "CR-21", "CR-22")
@pytest.mark.parametrize("later", [left, moved, bared, changed_hats])
def test_without_the_hat_of_the_unit_what_one_declared_for_it_is_out_of_reach(
    unit: Declared, later: Callable[[Declared], Actor]
) -> None:
    assert read(signed_in(unit.admin), unit.row) == [200, 200, 200]
    browser = signed_in(later(unit))
    assert (read(browser, unit.row), written(browser, unit.row)) == ([404, 404, 404], [404, 404])
    assert w.case(unit.row).state == CaseState.PENDING
    # Whose hours they are reads on, and cannot take back what the unit declared.
    person = signed_in(unit.world.colleague)
    assert (read(person, unit.row), written(person, unit.row)) == ([200, 200, 200], [403, 403])


@pytest.mark.req("CR-18", "CR-19", "CR-22")
def test_what_was_taken_back_is_out_of_reach_too(unit: Declared) -> None:
    assert signed_in(unit.admin).post(f"/declarations/{unit.row.pk}/withdraw/").status_code == 302
    assert w.case(unit.row).state == CaseState.WITHDRAWN
    edit = f"/declarations/for-others/{unit.row.pk}/"
    assert [signed_in(unit.admin).get(path).status_code for path in (edit, f"/declarations/{unit.row.pk}/")] == [
        200,
        200,
    ]
    browser = signed_in(moved(unit))
    assert (browser.get(edit).status_code, read(browser, unit.row)) == (404, [404, 404, 404])
    assert written(browser, unit.row) == [404, 404]
    assert w.fresh(unit.row).deleted_at is None


@pytest.mark.req("CR-18")
def test_ones_own_hours_stay_ones_own_whatever_hat_ended(unit: Declared) -> None:
    _, record = make.employed(unit.admin.user, unit.world.employer)
    person = actor_from(unit.admin.user, record.employment)
    own = w.handed_in(person, "8")
    _end(unit)
    browser = signed_in(person)
    assert read(browser, own) == [200, 200, 200]
    assert browser.post(f"/declarations/{own.pk}/withdraw/").status_code == 302
    assert w.case(own).state == CaseState.WITHDRAWN


@pytest.mark.parametrize("later", [left, moved, bared, changed_hats])
def test_permissions_and_their_filters_agree_about_declarers(
    unit: Declared, later: Callable[[Declared], Actor]
) -> None:
    world, admin = unit.world, unit.admin
    [passed] = declared(admin, world.record)
    w.decided(world.department_admin, passed)
    [taken] = declared(admin, world.record, form="seminar", result=None)
    services.withdraw(admin, taken.pk)
    w.handed_in(world.person, "4", form="seminar", result=None, days=1)
    rows = list(Declaration.objects.select_related("person", "case__organisation"))
    cases = list(ReviewCase.objects.select_related("organisation"))
    for actor in (admin, later(unit), world.employer_admin, world.department_admin, world.person, world.colleague):
        for can, by in (
            (permissions.can_see_declaration, permissions.declarations_seen_by),
            (permissions.can_edit, permissions.editable_by),
            (permissions.can_withdraw, permissions.withdrawable_by),
        ):
            allowed = {row.pk for row in rows if can(actor, row)}
            assert set(Declaration.objects.filter(by(actor)).values_list("pk", flat=True)) == allowed
        for may, of in (
            (reviews.can_see_case, reviews.cases_seen_by),
            (reviews.can_withdraw, reviews.cases_withdrawable_by),
        ):
            found = {case.pk for case in cases if may(actor, case)}
            assert set(ReviewCase.objects.filter(of(actor)).values_list("pk", flat=True)) == found
