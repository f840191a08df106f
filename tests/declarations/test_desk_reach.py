"""What opens at a desk is what its list finds: the question about one row agrees with its filter."""

from itertools import product

import pytest

from tests import small_world as make
from tests.declarations import world as w
from xueshi.declarations import selectors, services
from xueshi.declarations.models import Declaration
from xueshi.kernel.errors import NotFound
from xueshi.organisations.actors import Actor
from xueshi.reviews.states import Stage, Verdict


def _opens(actor: Actor, stage: Stage, row: Declaration) -> bool:
    try:
        return row.case_id is not None and selectors.at_desk(actor, stage, row.case_id) == row
    except NotFound:
        return False


@pytest.mark.django_db
def test_a_row_opens_at_a_desk_exactly_where_its_list_finds_it() -> None:
    world = make.build()
    waiting, passed, verified, refused, back = (w.handed_in(world.person, str(hours)) for hours in (8, 16, 24, 4, 12))
    services.save_draft(world.person, w.paper(world.person, "1"))
    w.decided(world.employer_admin, passed)
    for desk in (world.employer_admin, world.department_admin):
        w.decided(desk, verified)
    w.decided(world.employer_admin, refused, Verdict.FAIL, "证明不清")
    services.withdraw(world.person, back.pk)
    actors = (world.person, world.employer_admin, world.department_admin, world.stranger_admin)
    agreed = []
    for actor, stage, row in product(actors, (Stage.REVIEW, Stage.VERIFICATION), Declaration.objects.all()):
        found = Declaration.objects.filter(selectors.waiting_at(actor, stage) | selectors.decided_at(actor, stage))
        agreed.append((_opens(actor, stage, row), found.filter(pk=row.pk).exists()))
    assert {one for one, _other in agreed} == {True, False}
    assert [pair for pair in agreed if pair[0] != pair[1]] == []
    assert waiting.pk in {row.pk for row in selectors.desk_rows(world.employer_admin, Stage.REVIEW)}


@pytest.mark.django_db
def test_a_desk_opens_with_the_rows_that_its_list_finds() -> None:
    """The words that are kept for the opening list bring what the list asks anew, in its order, number by number."""
    world = make.build()
    sent = [w.handed_in(world.person, str(hours)) for hours in (8, 16, 24)]
    w.decided(world.employer_admin, sent[1])
    agreed = []
    for actor, stage, number in product((world.employer_admin, world.department_admin, world.person), Stage, (1, 50)):
        listed = selectors.desk_rows(actor, stage, waits=True).order_by(*selectors.WAITING_FIRST, "pk")[:number]
        opening = selectors.first_waiting(actor, number, stage=stage)
        agreed.append([_read(row) for row in opening] == [_read(row) for row in listed])
        waits = selectors.desk_rows(actor, stage, waits=True)
        waiting = sorted((row.case.pk, row.case.version) for row in waits if row.case is not None)
        agreed.append(selectors.waiting_cases(actor, number, stage=stage) == waiting[:number])
    assert set(agreed) == {True}
    first = selectors.first_waiting(world.employer_admin, 50, stage=Stage.REVIEW)
    assert [row.pk for row in first] == [sent[0].pk, sent[2].pk]


def _read(row: Declaration) -> dict[str, object]:
    case = row.case
    assert case is not None
    kept = {name: value for name, value in vars(row).items() if name != "_state"}
    return kept | {"user": vars(row.person.user)["name"], "case": vars(case)["version"], "unit": row.organisation.name}
