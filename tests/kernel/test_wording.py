"""Questions worded once bring what Django would bring, for whatever values."""

from typing import Any

import pytest
from django.db.models import F, Prefetch, QuerySet

from tests import small_world as make
from xueshi.kernel.wording import worded, worded_row, worded_values
from xueshi.organisations.models import Membership, Organisation


def _hats(user_id: int, portal: str) -> QuerySet[Membership]:
    branches = Prefetch("organisation__children", Organisation.objects.order_by("pk"))
    rows = Membership.objects.filter(user_id=user_id, organisation__portal=portal, state="active")
    return rows.select_related("user", "organisation__parent").annotate(body=F("organisation__name")).prefetch_related(
        branches
    )  # fmt: skip


@pytest.mark.django_db
def test_rows_are_those_that_django_would_bring() -> None:
    world, asked = make.build(), worded_row(_hats)
    for actor in (world.employer_admin, world.person, world.department_admin):
        row = asked(actor.user.pk, "weihai")
        [plain] = _hats(actor.user.pk, "weihai")
        assert row is not None
        assert (row, row.user.name, row.organisation.parent, row.body) == (
            plain, plain.user.name, plain.organisation.parent, plain.body,
        )  # fmt: skip
        assert list(row.organisation.children.all()) == list(plain.organisation.children.all())
    assert asked(world.person.user.pk, "fujian") is None
    assert asked(10**30, "weihai") is None
    assert asked(world.person.user.pk, "'; DROP TABLE x; --%s") is None


@pytest.mark.django_db
def test_what_cannot_be_put_in_later_is_told_at_once() -> None:
    def part(name: str) -> QuerySet[Organisation]:
        return Organisation.objects.filter(name__contains=name)

    def several(keys: list[int]) -> QuerySet[Organisation]:
        return Organisation.objects.filter(pk__in=keys)

    with pytest.raises(TypeError, match="does not pass on its arguments"):
        worded(part)("威海")
    with pytest.raises(TypeError, match=r"list.* cannot be put"):
        worded(several)([1, 2])
    with pytest.raises(TypeError, match="cannot be put"):
        worded(several)(tuple(range(101)))
    with pytest.raises(TypeError, match=r"NoneType.* cannot be put"):
        worded(_hats)(None, "weihai")


@pytest.mark.django_db
def test_several_keys_at_once_have_words_by_their_number() -> None:
    world = make.build()
    bodies = [world.employer, world.department, world.city]

    @worded
    def named(keys: tuple[int, ...], year: int) -> QuerySet[Organisation]:
        return Organisation.objects.filter(pk__in=keys, pk__gt=year).order_by("pk")

    for some in (bodies, bodies[:2], bodies[1:]):
        assert set(named(tuple(one.pk for one in some), 0)) == set(some)


@pytest.mark.django_db
def test_columns_come_without_rows() -> None:
    world = make.build()

    @worded_values
    def bodies(portal: str) -> QuerySet[Any]:
        return Organisation.objects.filter(portal=portal).order_by("-pk").values_list("pk", "name")

    known = Organisation.objects.filter(portal=world.city.portal).order_by("-pk")
    assert bodies(world.city.portal) == [(body.pk, body.name) for body in known] != []
    assert bodies("fujian") == []
