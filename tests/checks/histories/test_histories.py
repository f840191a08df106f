"""CC-11: whatever order people and desks act in, the ledger is what was approved.

``XUESHI_HISTORIES=200`` plays the full number of histories; the suite plays a few, other ones every time, and says with
which seed.
"""

import faulthandler
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests import small_world as make
from tests.checks.histories.model import AT_THE_END, Model, Record, broken, broken_now
from tests.checks.report import Outcome, Tell
from tests.declarations import world as w
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import Entry, for_others
from xueshi.kernel import clock
from xueshi.kernel.errors import TradeError
from xueshi.ledger.services import posting
from xueshi.organisations.actors import Actor, actor_from
from xueshi.organisations.models import Role
from xueshi.organisations.states import Hat
from xueshi.people.models import Professional
from xueshi.policies import registry
from xueshi.policies.answers import Answers, Period
from xueshi.reviews import deciding
from xueshi.reviews.deciding import Order, Report
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import Verdict

pytestmark = pytest.mark.django_db
USUAL, STEPS = 5, 50
RUNS = int(os.environ.get("XUESHI_HISTORIES") or USUAL)
DAY_CAP = Decimal(8)
MANY = 10
"""Records of one history: enough for caps to bite, few enough that most steps decide."""
_title = count(1)
HOURS = st.sampled_from([Decimal(text) for text in ("0.5", "2", "4", "7.5", "8")])


@dataclass(frozen=True)
class Place:
    """A portal with two people of one unit, and who acts at each desk."""

    small: make.SmallWorld
    colleague_admin: Actor
    desks: dict[int, list[Actor]]
    people: dict[int, tuple[Actor, Professional]]


def place(portal: str) -> Place:
    small = make.build(portal)
    second = make.user("第二审核员")
    hat = make.hat(second, small.employer, Hat.ADMINISTRATOR)
    hat.role = Role.objects.create(
        organisation=small.employer, name="审核", powers=sorted(power.value for power in small.employer_admin.powers)
    )
    hat.save(update_fields=["role"])
    other = actor_from(second, hat)
    desks = {small.employer.pk: [small.employer_admin, other], small.department.pk: [small.department_admin]}
    people = {small.record.pk: (small.person, small.record),
              small.colleague_record.pk: (small.colleague, small.colleague_record)}  # fmt: skip
    return Place(small, other, desks, people)


def learned(actor: Actor, hours: Decimal, day: int | None, year: int) -> Entry:
    """A paper, which no cap concerns, or a seminar of one full day."""
    files, serial = (w.stored(actor).pk,), next(_title)
    if day is None:
        title = f"五轴加工中心热误差补偿方法研究（{serial}）"
        return Entry(year, "paper", Answers(
            {"title": title, "journal": f"机械工程学报{serial}", "published": date(year, 3, 1), "author_rank": "first",
             "hours": hours, "subject": "professional", "content": "误差补偿"}
        ), files)  # fmt: skip
    on = date(year, 5, day)
    answers = w.training(str(hours), 1, period=Period(on, on), class_name=f"安全操作第{serial}期", content="安全操作")
    return Entry(year, "seminar", answers, files)


class Histories(RuleBasedStateMachine):
    """People hand in, take back and correct; desks pass, lower, fail; strangers and late comers try as well."""

    places: ClassVar[dict[str, Place]] = {}
    steps: ClassVar[int] = 0
    done: ClassVar[dict[str, int]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.world = transaction.atomic()
        self.world.__enter__()
        self.model = Model()
        self.refused = 0

    def teardown(self) -> None:
        """What must hold when all is over; then nothing of it happened."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            assert broken(AT_THE_END) == []
        finally:
            transaction.set_rollback(True)
            self.world.__exit__(None, None, None)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """A step that may be refused in words; then it must have done nothing."""
        try:
            with transaction.atomic():
                yield
        except TradeError:
            what = f"{what} refused"
        Histories.done[what] = Histories.done.get(what, 0) + 1

    @rule(portal=st.sampled_from(["weihai", "fujian"]), who=st.integers(0, 1), hours=HOURS,
          day=st.one_of(st.none(), st.integers(4, 6)), back=st.integers(0, 1))  # fmt: skip
    def hand_in(self, portal: str, who: int, hours: Decimal, day: int | None, back: int) -> None:
        """A person declares for themself."""
        at = self.places[portal]
        actor, record = list(at.people.values())[who]
        year = clock.year() - back
        with self.step("hand in"):
            made = services.submit(actor, learned(actor, hours, day, year))
            self._handed_in(at, made, record.pk, actor)
            assert day is None or self.model.on_day(record.pk, year * 100 + day) + hours <= DAY_CAP

    @precondition(lambda self: len(self.model.records) < MANY)
    @rule(portal=st.sampled_from(["weihai", "fujian"]), both=st.sampled_from([False] * 3 + [True]), hours=HOURS)
    def declare_for_people(self, portal: str, both: bool, hours: Decimal) -> None:
        """The unit declares for one or both of its people."""
        at = self.places[portal]
        admin, people = at.small.employer_admin, list(at.people)
        entry = replace(learned(admin, hours, None, clock.year()), submission_key=f"histories-{next(_title)}")
        with self.step("declare for people"):
            for made in for_others.declare(admin, entry, people if both else people[:1]):
                self._handed_in(at, made, made.person_id, admin)

    def _handed_in(self, at: Place, made: Declaration, owner: int, actor: Actor) -> None:
        """Its desks are those the pack names: 威海 credits at the first, 福建 at the second."""
        chain = registry.pack(made.portal).year(made.year)
        role = "professional" if actor.is_professional else "employer"
        steps = chain.declaration_chain(role).steps_for(has_superior=True)
        turns = tuple(at.small.employer.pk if one.desk == "own" else at.small.department.pk for one in steps)
        posts = next(place for place, one in enumerate(steps) if one.posts)
        day = made.year * 100 + made.starts_on.day if made.form == "seminar" and made.starts_on else None
        hours = made.hours_declared or Decimal(0)
        self.model.add(Record(made.pk, owner, made.year, made.subject, hours, turns, posts, day, actor.user.pk))

    def _pick(self, states: tuple[str, ...], which: int) -> Record | None:
        found = self.model.within(states)
        return found[which % len(found)] if found else None

    def _place(self, record: Record) -> Place:
        return next(one for one in self.places.values() if record.owner in one.people)

    @precondition(lambda self: self.model.within(["pending"]))
    @rule(which=st.integers(0, 30))
    def withdraw(self, which: int) -> None:
        """Whoever handed it in takes it back, as long as nobody has decided."""
        record = self._pick(("pending",), which)
        assert record is not None
        actor = self._by(record)
        with self.step("withdraw"):
            services.withdraw(actor, record.pk)
            assert record.turn == 0
            record.state = "withdrawn"

    def _by(self, record: Record) -> Actor:
        at = self._place(record)
        owner = at.people[record.owner][0]
        return owner if record.by == owner.user.pk else at.small.employer_admin

    @precondition(lambda self: self.model.within(["withdrawn", "rejected"]))
    @rule(which=st.integers(0, 30), hours=HOURS)
    def correct(self, which: int, hours: Decimal) -> None:
        """A person corrects what was taken back or turned down, and hands it in again."""
        record = self._pick(("withdrawn", "rejected"), which)
        assert record is not None
        actor = self._by(record)
        again = services.submit if actor.is_professional else for_others.again
        with self.step("correct"):
            row = Declaration.objects.get(pk=record.pk)
            entry = learned(actor, hours, record.day % 100 if record.day else None, record.year)
            again(actor, entry, services.Edit(row.pk, row.version))
            record.again(hours, record.day)

    @precondition(lambda self: any(one.desk for one in self.model.records.values()))
    @rule(which=st.integers(0, 30), passed=st.sampled_from([True, True, True, False]), lower=st.booleans(),
          reviewer=st.integers(0, 1), late=st.sampled_from([False] * 5 + [True]))  # fmt: skip
    def decide(self, which: int, passed: bool, lower: bool, reviewer: int, late: bool) -> None:
        """A desk decides one record; a late comer saw an earlier version."""
        waiting = [one for one in self.model.within(["pending", "approved"]) if one.desk]
        record = waiting[which % len(waiting)]
        admins = self._place(record).desks[record.desk or 0]
        actor = admins[reviewer % len(admins)]
        lowered = record.hours - Decimal("0.5") if lower and passed and record.turn == record.posts else None
        lowered = lowered if lowered and lowered > 0 else None
        report = self._decided(actor, [record], passed=passed, lowered=lowered, late=late)
        if report is None or late:
            assert report is None or not report.done
            return
        own = record.by == actor.user.pk
        assert not (own and report.done)
        if record.day is None and not own and self._unlimited(record):
            assert report.done, report.refused

    def _unlimited(self, record: Record) -> bool:
        """Whether no cap can stand in the way of a paper; one may where no more comes in than the year lacks."""
        at = self._place(record)
        return all(cap.per != "gap" for cap in registry.pack(at.small.employer.portal).year(record.year).caps)

    @precondition(lambda self: sum(one.desk is not None for one in self.model.records.values()) > 1)
    @rule(passed=st.booleans(), portal=st.sampled_from(["weihai", "fujian"]), senior=st.booleans())
    def decide_all(self, passed: bool, portal: str, senior: bool) -> None:
        """A desk decides everything that waits there."""
        at = self.places[portal]
        desk = at.small.department.pk if senior else at.small.employer.pk
        waiting = [one for one in self.model.within(["pending", "approved"]) if one.desk == desk]
        if waiting:
            self._decided(at.desks[desk][-1], waiting, passed=passed)

    def _decided(
        self, actor: Actor, records: list[Record], *, passed: bool, lowered: Decimal | None = None, late: bool = False
    ) -> Report | None:
        pairs = dict(Declaration.objects.filter(pk__in=[one.pk for one in records]).values_list("pk", "case_id"))
        versions = dict(ReviewCase.objects.filter(pk__in=pairs.values()).values_list("pk", "version"))
        verdict = Verdict.PASS if passed else Verdict.FAIL
        shown = {case: version - late for case, version in versions.items()}
        findings = {pairs[one.pk]: {"hours": str(lowered)} for one in records if lowered is not None}
        report: Report | None = None
        with self.step("pass" if passed else "fail"):
            report = deciding.decide_many(actor, Order(verdict, shown, "意见", findings))
            for one in records:
                if pairs[one.pk] in report.done:
                    one.decided(passed=passed, hours=lowered)
        return report

    @precondition(lambda self: any(one.desk for one in self.model.records.values()))
    @rule(which=st.integers(0, 30), who=st.sampled_from(["owner", "stranger", "other portal"]))
    def meddle(self, which: int, who: str) -> None:
        """Somebody who must not decide tries to."""
        waiting = [one for one in self.model.within(["pending", "approved"]) if one.desk]
        record = waiting[which % len(waiting)]
        at = self._place(record)
        others = next(one for one in self.places.values() if one is not at)
        actor = {"owner": at.people[record.owner][0], "stranger": at.small.stranger_admin,
                 "other portal": others.small.employer_admin}[who]  # fmt: skip
        assert self._decided(actor, [record], passed=True) is None

    @invariant()
    def the_database_agrees(self) -> None:
        """Model, ledger, history and desks say the same after every step."""
        Histories.steps += 1
        assert self.model.differences() == []
        assert broken_now() == []
        for one in self.model.records.values():
            assert one.day is None or self.model.on_day(one.owner, one.day) <= DAY_CAP


def test_cc_11_random_histories(tell: Tell, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    if RUNS > USUAL:
        faulthandler.cancel_dump_traceback_later()  # takes longer than a browser that never answers
    Histories.places = {portal: place(portal) for portal in ("weihai", "fujian")}
    Histories.steps, Histories.done = 0, {}
    chosen = int(pytestconfig.getoption("randomly_seed", 0) or 0)
    how = settings(
        max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None, print_blob=True,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
    )  # fmt: skip
    run_state_machine_as_test(seed(chosen)(Histories), settings=how, _min_steps=STEPS)
    did = " ".join(f"{what.replace(' ', '_')}={times}" for what, times in sorted(Histories.done.items()))
    told = f"runs={RUNS} seed={chosen} {did}"
    tell(Outcome("CC-11", Histories.steps, [], _unprotected(monkeypatch), RUNS * STEPS, told))


def _unprotected(patch: pytest.MonkeyPatch) -> bool:
    """Where a failed verification takes no hours back, the comparison and the invariants see it."""
    at, model = Histories.places["weihai"], Model()
    made = services.submit(at.small.person, learned(at.small.person, Decimal(2), None, clock.year()))
    desks = (at.small.employer.pk, at.small.department.pk)
    record = Record(made.pk, at.small.record.pk, made.year, made.subject, Decimal(2), desks, 0)
    model.add(record)
    w.decided(at.small.employer_admin, made)
    record.decided(passed=True)
    sound = not model.differences() and not broken_now()
    with patch.context() as off:
        off.setattr(posting, "_counter", _no_counter)
        off.setattr("xueshi.declarations.services.settling.ledger.reverse", lambda *_a, **_k: frozenset())
        w.decided(at.small.department_admin, made, Verdict.FAIL, "不实")
    record.decided(passed=False)
    return sound and bool(model.differences()) and "INV-01" in " ".join(broken_now())


def _no_counter(*_asked: Any) -> None:
    """Nothing."""
