"""Two at once: reviewer against person, two reviewers, the same page sent twice, a cap filled by two."""

from collections.abc import Callable

import pytest

from tests import small_world as make
from tests.checks.races.contest import together
from tests.declarations import world as w
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.ledger.models import LedgerEntry
from xueshi.organisations.actors import Actor
from xueshi.reviews import deciding
from xueshi.reviews.deciding import Order
from xueshi.reviews.models import CaseEvent
from xueshi.reviews.states import CaseState, Verdict

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20


def passing(actor: Actor, declaration: Declaration) -> Callable[[], object]:
    order = Order(Verdict.PASS, {declaration.case_id or 0: 1})
    return lambda: deciding.decide_many(actor, order)


def test_approving_while_the_person_withdraws() -> None:
    world = make.build()
    approved = 0
    for _ in range(ROUNDS):
        declaration = services.submit(world.person, w.paper(world.person, "1"))
        together(passing(world.employer_admin, declaration), lambda: services.withdraw(world.person, declaration.pk))  # noqa: B023 - run at once
        state, posted = w.case(declaration).state, LedgerEntry.objects.filter(source_id=declaration.pk).count()
        assert (state, posted) in {(CaseState.APPROVED, 1), (CaseState.WITHDRAWN, 0)}
        assert w.fresh(declaration).hours_recognised == (1 if posted else None)
        assert CaseEvent.objects.filter(case=declaration.case_id).count() == 2
        approved += posted
    assert w.total(world) == approved


def test_two_reviewers_at_once() -> None:
    world = make.build()
    second = make.administrator("第二审核员", world.employer, is_super=False)
    second = Actor(second.user, second.membership, second.organisation, world.employer_admin.powers)
    for _ in range(5):
        declaration = services.submit(world.person, w.paper(world.person, "1"))
        reports = together(passing(world.employer_admin, declaration), passing(second, declaration))
        done = [report.done for report in reports if isinstance(report, deciding.Report)]
        assert sorted(done) == [(), (declaration.case_id,)]
        assert LedgerEntry.objects.filter(source_id=declaration.pk).count() == 1
    assert w.total(world) == 5


def test_the_same_page_sent_twice_at_once_is_one_declaration() -> None:
    world = make.build()
    for number in range(5):
        entry = w.entry(world.person, "8", key=f"page-{number}", form="seminar", days=1)
        results = together(*(lambda: services.submit(world.person, entry) for _ in range(2)))  # noqa: B023 - run at once
        stored = Declaration.objects.get(submission_key=f"page-{number}")
        assert [one.pk for one in results if isinstance(one, Declaration)] == [stored.pk, stored.pk], results
    assert Declaration.objects.count() == 5


def test_two_claims_for_the_last_hours_of_a_day() -> None:
    world = make.build()
    for round_number in range(3):
        before = w.total(world)
        first, second = (
            w.handed_in(world.person, "8", days=1, form="seminar", year=2026 - round_number) for _ in range(2)
        )
        together(passing(world.employer_admin, first), passing(world.employer_admin, second))
        states = sorted(w.case(one).state for one in (first, second))
        assert states == [CaseState.APPROVED, CaseState.PENDING]
        assert w.total(world) - before in {0, 8}
