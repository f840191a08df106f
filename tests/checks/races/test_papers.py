"""CC for what follows from declaring: sets a unit declares, the last hours of a year, certificates, reminders."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests import small_world as make
from tests.checks.histories.model import broken, broken_now
from tests.checks.histories.test_histories import learned, place
from tests.checks.races.contest import accidents, not_unique, together, unlocked
from tests.checks.report import Outcome, Tell
from tests.declarations import world as w
from xueshi.certificates import services
from xueshi.certificates.models import Certificate
from xueshi.declarations import services as declarations
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import for_others
from xueshi.kernel import clock
from xueshi.kernel.errors import Problems, RuleBroken
from xueshi.ledger import selectors as ledger
from xueshi.ledger.services import books, posting
from xueshi.notifications import services as notifications
from xueshi.notifications.models import Delivery, Message, Note
from xueshi.policies import registry
from xueshi.portal import tasks
from xueshi.reviews import deciding
from xueshi.reviews.deciding import Order, Report
from xueshi.reviews.states import Verdict

pytestmark = pytest.mark.django_db(transaction=True)


def test_cc_03_and_04_a_set_for_several_people(tell: Tell) -> None:
    """One page sent six times at once is one set; the same key with other content or other people is refused."""
    at, year = place("weihai"), clock.year()
    admin, people, bad = at.small.employer_admin, list(at.people), []
    entry = replace(learned(admin, Decimal(2), None, year), submission_key="set-1")
    results = together(*(lambda: for_others.declare(admin, entry, people) for _ in range(6)))
    sets = [sorted(one.pk for one in made) for made in results if isinstance(made, list)]
    bad += accidents(results) + ([] if Declaration.objects.count() == len(people) else ["doubled"])
    bad += [] if sets and all(one == sets[0] for one in sets) else [f"answered differently: {sets}"]
    changed = replace(learned(admin, Decimal(4), None, year), submission_key="set-1")
    others = ((replace(entry, year=year - 1), people), (changed, people), (entry, people[:1]))
    for again, whom in others:
        try:
            for_others.declare(admin, again, whom)
            bad.append("other content under the same key was taken")
        except (RuleBroken, Problems):
            bad += [] if Declaration.objects.count() == len(people) else ["rows changed"]
    fresh = for_others.declare(admin, replace(changed, submission_key="set-2"), people)
    tell(Outcome("CC-03o", len(results) + len(others), bad, len(fresh) == len(people), 9))


def test_cc_07_the_last_hours_of_a_year(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no more comes in than the year lacks: ten approvals at once, of which it has room for some."""
    at = place("fujian")
    asked = registry.pack("fujian").year(clock.year()).requirement
    each = asked.total / 4

    def contest(year: int, number: int) -> tuple[list[object], Decimal]:
        rows = [declarations.submit(at.small.person, learned(at.small.person, each, None, year)) for _ in range(number)]
        for row in rows:
            w.decided(at.small.employer_admin, row)
        orders = [Order(Verdict.PASS, {row.case_id or 0: 2}) for row in rows]
        results = together(
            *(lambda order=order: deciding.decide_many(at.small.department_admin, order) for order in orders)
        )
        account = ledger.account_of(at.small.record.pk, year)
        return results, account.total_hours if account is not None else Decimal(0)

    results, credited = contest(clock.year(), 10)
    won = sum(isinstance(one, Report) and bool(one.done) for one in results)
    room = asked.minimum("professional") or asked.total
    bad = accidents(results) + broken_now()
    bad += [] if credited == won * each and credited <= asked.total else [f"{credited} of {asked.total}, {won} won"]
    bad += [] if 0 < won < 10 else [f"{won} of 10 won, room for {room}"]
    books.open_accounts([(at.small.record.pk, clock.year() - 1, "fujian")])  # else opening it makes one wait
    with unlocked(monkeypatch, (posting, "settle")):
        found, beyond = contest(clock.year() - 1, 2)
    tell(Outcome("CC-07g", 10, bad, bool(accidents(found)) or beyond != 2 * each, 10))


def passed(small: make.SmallWorld, year: int) -> int:
    """The account of a year that is passed, by two papers of which the second can be taken back."""
    rows = [declarations.submit(small.person, learned(small.person, Decimal(hours), None, year)) for hours in (60, 30)]
    deciding.decide_many(small.employer_admin, Order(Verdict.PASS, {row.case_id or 0: 1 for row in rows}))
    account = ledger.account_of(small.record.pk, year)
    assert account is not None
    assert account.passed
    return account.pk


def test_cc_10_one_paper_of_many_prints(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    small = make.build()
    account, second = passed(small, clock.year()), passed(small, clock.year() - 1)
    who = (small.person, small.employer_admin)
    services.issue(small.person, passed(small, clock.year() - 2))  # the first print of a process loads fonts and keys
    results = together(*(lambda i=i: services.issue(who[i % 2], account) for i in range(20)))
    papers = Certificate.objects.filter(account=account)
    bad = accidents(results) + ([] if papers.count() == 1 else [f"{papers.count()} papers"])
    bad += [] if {one.pk for one in results if isinstance(one, Certificate)} == {papers[0].pk} else ["other answers"]
    row = Declaration.objects.filter(year=clock.year()).latest("pk")
    failing = Order(Verdict.FAIL, {row.case_id or 0: 2}, "材料不实")
    together(
        lambda: deciding.decide_many(small.department_admin, failing), lambda: services.issue(small.person, account)
    )
    ended = Certificate.objects.get(pk=papers[0].pk)
    bad += broken_now() + broken(["INV-12"]) + ([] if ended.state == "revoked" else [f"it stays {ended.state}"])
    told = Note.objects.filter(template="certificate_revoked").count()
    bad += [] if told == 1 else [f"{told} told"]
    with unlocked(monkeypatch, (services, "_issue_new")):
        twice = together(*(lambda actor=actor: services.issue(actor, second) for actor in who))
    tell(Outcome("CC-10p", len(results) + 2, bad, bool(accidents(twice)), 22))


def test_ft_07_reminders_and_letters_by_several_workers(tell: Tell) -> None:
    """The same jobs by three workers at once, and again an hour later."""
    small = make.build()
    declarations.submit(small.person, learned(small.person, Decimal(2), None, clock.year()))
    now = clock.now().astimezone(clock.SHANGHAI)
    later = now.replace(month=12, day=24, hour=9) - now

    def remind() -> None:
        tasks.remind(0)

    def deliver() -> None:
        notifications.deliver_due()

    def run() -> list[str]:
        found = accidents(together(remind, remind, remind)) + accidents(together(deliver, deliver, deliver))
        notes, letters, sent = (model.objects.count() for model in (Note, Message, Delivery))
        return found + (
            [] if (notes, letters, sent) == (3, 3, 3) else [f"{notes} notes, {letters} letters, {sent} sent"]
        )

    bad = []
    for shift in (later, later + timedelta(hours=1)):
        with clock.shifted(shift):
            bad += run()
    with not_unique(Note, "key"), not_unique(Message, "key"):
        with clock.shifted(later):
            remind()
        control = Note.objects.count() > 3
    tell(Outcome("FT-07n", 12, bad, control, 12))
