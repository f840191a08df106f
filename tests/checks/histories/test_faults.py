"""A fault in the middle of a verdict leaves nothing half; the same order again has one effect (FT-01, FT-02).

The fault points are the writes themselves: each of them fails before and after it was executed.
"""

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from tests import small_world as make
from tests.checks.histories.model import broken, broken_now
from tests.checks.report import Outcome, Tell
from tests.declarations import world as w
from xueshi.certificates import services as certificates
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import settling
from xueshi.kernel import clock
from xueshi.ledger import selectors as ledger
from xueshi.ledger.models import LedgerEntry
from xueshi.notifications.models import Message, Note
from xueshi.organisations.actors import Actor
from xueshi.people.models import Professional
from xueshi.reviews import deciding, kinds
from xueshi.reviews.deciding import Order
from xueshi.reviews.models import CaseEvent, ReviewCase
from xueshi.reviews.states import Verdict

pytestmark = pytest.mark.django_db
WRITES = (
    "ledger_yearaccount", "ledger_ledgerentry", "declarations_declaration", "certificates_certificate",
    "reviews_reviewcase", "reviews_reviewstep", "reviews_caseevent", "audit_auditentry", "notifications_note",
    "notifications_message",
)  # fmt: skip
"""The tables that a verdict writes; the fault comes before or after the statement that first writes to one."""


class Fault(Exception):
    """What the test lets happen."""


class Breaking:
    """Fails at the first statement that writes to a table, before or after it was executed."""

    def __init__(self, table: str, *, after: bool) -> None:
        self.table, self.after, self.happened = table, after, False

    def __call__(self, execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        hit = sql.lstrip().upper().startswith(("INSERT", "UPDATE", "WITH")) and self.table in sql
        if hit and not self.after:
            self.happened = True
            raise Fault
        answer = execute(sql, params, many, context)
        if hit:
            self.happened = True
            raise Fault
        return answer


def standing(record: Professional) -> tuple[object, ...]:
    """Everything a verdict could have changed."""
    counted = tuple(model.objects.count() for model in (LedgerEntry, CaseEvent, Note, Message))
    cases = tuple(ReviewCase.objects.order_by("pk").values_list("pk", "state", "version", "desk_id"))
    hours = tuple(Declaration.objects.order_by("pk").values_list("hours_recognised", flat=True))
    accounts = ledger.accounts_in(clock.year(), [record.pk]).order_by("certificates")
    papers = tuple(accounts.values_list("version", "total_hours", "passed", "certificates__state"))
    return (*counted, cases, hours, papers)


def _broken() -> list[str]:
    return broken_now() + broken(["INV-12", "INV-15"])


def broken_off(actor: Actor, order: Order, record: Professional) -> tuple[list[str], list[str]]:
    """The order broken off at every write: what was wrong afterwards, and the tables at which it broke."""
    before, wrong, hit = standing(record), [], []
    for table, after in ((table, after) for table in WRITES for after in (False, True)):
        fault = Breaking(table, after=after)
        try:
            with connection.execute_wrapper(fault), transaction.atomic():
                deciding.decide_many(actor, order)
                raise Fault  # this verdict does not write there: undone all the same
        except Fault:
            place = f"{table} {'after' if after else 'before'}"
            wrong += [f"{place}: something stayed"] if standing(record) != before else []
            wrong += [f"{place}: {one}" for one in (_broken() if after else ())]
            hit += [table] if fault.happened else []
    return wrong, hit


def test_a_fault_in_the_middle_of_a_verdict_leaves_nothing_half(tell: Tell) -> None:
    small = make.build()
    rows = [services.submit(small.person, w.paper(small.person, hours)) for hours in ("60", "30")]
    approve = Order(Verdict.PASS, {row.case_id or 0: 1 for row in rows})
    wrong, hit = broken_off(small.employer_admin, approve, small.record)
    assert len(deciding.decide_many(small.employer_admin, approve).done) == 2
    certificates.issue(small.person, ledger.accounts_in(clock.year(), [small.record.pk])[0].pk)
    revoke = Order(Verdict.FAIL, {row.case_id or 0: 2 for row in rows}, "材料不实")
    found, more = broken_off(small.department_admin, revoke, small.record)
    assert len(deciding.decide_many(small.department_admin, revoke).done) == 2
    entries, papers = LedgerEntry.objects.count(), Note.objects.filter(template="certificate_revoked").count()
    last = (
        _broken()
        + broken(["INV-14"])
        + ([] if (entries, papers) == (4, 1) else [f"{entries} entries, {papers} revoked"])
    )
    missed = [f"never broke at {table}" for table in WRITES if table not in hit + more]
    tell(Outcome("FT-01e", len(hit + more), wrong + found + last + missed, _half(small), 2 * len(WRITES)))


def _half(small: make.SmallWorld) -> bool:
    """Where what came before the fault is kept, the invariants see it."""
    row = services.submit(small.person, w.paper(small.person, "5"))
    posting = settling.approved(kinds.Outcome(small.employer_admin, [w.case(row)], {}))
    return posting == {} and "INV-01" in " ".join(_broken())
