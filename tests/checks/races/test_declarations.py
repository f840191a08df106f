"""CC for declarations: one decision, one entry, one record, whatever happens at once."""

from collections import Counter
from collections.abc import Iterator
from copy import copy
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.checks.races.contest import accidents, not_unique, rounds, together, unlocked
from tests.checks.report import Outcome, Tell
from tests.checks.surface.attacks import fields_of
from tests.declarations import world as w
from xueshi.declarations import services
from xueshi.declarations.models import Declaration, Evidence
from xueshi.declarations.services import drafting, submitting
from xueshi.ledger.models import LedgerEntry
from xueshi.ledger.services import books, posting
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Hat
from xueshi.reviews import deciding
from xueshi.reviews import permissions as case_permissions
from xueshi.reviews.deciding import Order, Report
from xueshi.reviews.models import CaseEvent, ReviewCase, ReviewStep
from xueshi.reviews.states import CaseState, Verdict

pytestmark = pytest.mark.django_db(transaction=True)
PASS, FAIL = Verdict.PASS, Verdict.FAIL
TURNS = (deciding, "_turns")
"""Where the cases have been read and nothing is written yet."""


def reviewers(world: make.SmallWorld, number: int) -> list[Actor]:
    """The administrators of the unit, all with the powers of the first."""
    first = world.employer_admin
    others = [make.administrator(f"审核员{i}", world.employer, is_super=False) for i in range(number - 1)]
    return [first, *(Actor(one.user, one.membership, one.organisation, first.powers) for one in others)]


def order(declaration: Declaration, verdict: Verdict = PASS, version: int = 1) -> Order:
    return Order(verdict, {declaration.case_id or 0: version}, "并发")


def wrongs(declaration: Declaration, results: list[object]) -> list[str]:
    """What is wrong after several decided at once: not exactly one won, or the ledger says otherwise."""
    won = [one for one in results if isinstance(one, Report) and one.done]
    state, posted = w.case(declaration).state, LedgerEntry.objects.filter(source_id=declaration.pk).count()
    events = CaseEvent.objects.filter(case=declaration.case_id).count()
    told = all(row.reason for one in results if isinstance(one, Report) for row in one.refused)
    found = accidents(results)
    if len(won) != 1 or events != 2 or not told:
        found.append(f"{len(won)} won, {events} events")
    if (state, posted) not in {(CaseState.APPROVED, 1), (CaseState.REJECTED, 0)}:
        found.append(f"{state} with {posted} entries")
    return found


def test_cc_01_twenty_approve_and_twenty_reject(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make.build()
    both, bad, n = reviewers(world, 2), [], 0
    for _ in range(2):
        row = services.submit(world.person, w.paper(world.person, "1"))
        acts = [
            lambda actor=actor, verdict=verdict, row=row: deciding.decide_many(actor, order(row, verdict))
            for verdict in (PASS, FAIL) for actor in both for _ in range(10)
        ]  # fmt: skip
        bad += wrongs(row, together(*acts))
        n += len(acts)
    row = services.submit(world.person, w.paper(world.person, "1"))
    with unlocked(monkeypatch, TURNS):
        results = together(
            lambda: deciding.decide_many(both[0], order(row, PASS)),
            lambda: deciding.decide_many(both[1], order(row, FAIL)),
        )
    tell(Outcome("CC-01", n, bad, bool(wrongs(row, results)), 80))


def handed_in(world: make.SmallWorld, often: int) -> list[Declaration]:
    """One declaration that was handed in, and copies of it with all that belongs to it."""
    first = Declaration.objects.get(pk=services.submit(world.person, w.paper(world.person, "1")).pk)
    cases = copies(w.case(first), often - 1, {})
    rows = copies(first, often - 1, {"case": cases})
    for model, of, owners in ((ReviewStep, "case", cases), (CaseEvent, "case", cases), (Evidence, "declaration", rows)):
        for one in model.objects.filter(**{of: w.case(first) if of == "case" else first}):
            copies(one, often - 1, {of: owners})
    return [first, *rows]


def copies[M: Model](row: M, often: int, changes: dict[str, list[Any]]) -> list[M]:
    """The row again and again, with other values in some columns."""
    made = [copy(row) for _ in range(often)]
    for number, one in enumerate(made):
        one.pk = None
        for name, values in changes.items():
            setattr(one, name, values[number])
    return list(type(row)._base_manager.bulk_create(made))


def test_cc_02_withdraw_against_approve(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    world, often = make.build(), 200
    consistent = {(CaseState.APPROVED, 1, 2), (CaseState.WITHDRAWN, 0, 2)}

    def outcomes(rows: list[Declaration]) -> Iterator[tuple[str, int, int]]:
        """Of each row the state of its case, its entries and its events."""
        states = dict(ReviewCase.objects.values_list("pk", "state"))
        posted, events = (
            Counter(LedgerEntry.objects.values_list("source_id", flat=True)),
            Counter(CaseEvent.objects.values_list("case_id", flat=True)),
        )
        for row in rows:
            assert row.case_id is not None
            yield states[row.case_id], posted[row.pk], events[row.case_id]

    def contest(rows: list[Declaration]) -> list[str]:
        approve = [lambda row=row: deciding.decide_many(world.employer_admin, order(row)) for row in rows]
        withdraw = [lambda row=row: services.withdraw(world.person, row.pk) for row in rows]
        played = rounds(approve, withdraw)
        broken = [accident for results in played for accident in accidents(results)]
        return broken + [f"state, entries, events: {one}" for one in outcomes(rows) if one not in consistent]

    bad = contest(handed_in(world, often))
    with unlocked(monkeypatch, TURNS, (case_permissions, "can_withdraw")):
        control = contest(handed_in(world, 1))
    tell(Outcome("CC-02", often, bad, bool(control), 200))


def test_cc_03_the_same_page_again(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    world, bad, n = make.build(), [], 0
    for number in range(6):
        entry = w.entry(world.person, "1", key=f"cc-03-{number}", form="seminar", days=1)
        results = together(*(lambda entry=entry: services.submit(world.person, entry) for _ in range(4)))
        results += [services.submit(world.person, entry) for _ in range(2)]
        made = Declaration.objects.filter(submission_key=f"cc-03-{number}")
        n += len(results)
        same = {one.pk for one in results if isinstance(one, Declaration)} == {made[0].pk}
        refused = [one for one in results if not isinstance(one, Declaration)]
        if made.count() != 1 or not same or refused or CaseEvent.objects.filter(case=made[0].case_id).count() != 1:
            bad.append(f"round {number}: {made.count()} records, {refused}")
    entry = w.entry(world.person, "1", key="cc-03-off", form="seminar", days=1)
    with not_unique(Declaration, "submission_key"), monkeypatch.context() as patch:
        patch.setattr(drafting, "_earlier", lambda *_asked: None)
        patch.setattr(submitting, "claim_once", lambda *_asked: None)  # the same file twice would stop it as well
        for _ in range(2):
            services.submit(world.person, entry)
        doubled = Declaration.objects.filter(submission_key="cc-03-off").count()
    tell(Outcome("CC-03", n, bad, doubled == 2, 36))


def test_cc_04_the_same_key_with_other_content(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    world, bad, n = make.build(), [], 0
    client = signed_in(world.person, raise_request_exception=False)
    key = fields_of(client.get("/declarations/new/").content.decode())["key"]
    first = _sent(client, world, key, "1")
    same = _sent(client, world, key, "1")
    made = Declaration.objects.get(submission_key=key)
    before = (made.version, made.hours_declared, CaseEvent.objects.count())
    for hours in ("2", "3", "0.5", "4"):
        n += 1
        answer = _sent(client, world, key, hours)
        after = Declaration.objects.get(submission_key=key)
        if answer != 422 or (after.version, after.hours_declared, CaseEvent.objects.count()) != before:
            bad.append(f"{hours} hours → {answer}")
    stranger = _sent(signed_in(world.colleague, raise_request_exception=False), world, key, "1", who=world.colleague)
    n += 1
    if stranger not in {404, 422} or Declaration.objects.count() != 1:
        bad.append(f"another person with the key → {stranger}")
    with monkeypatch.context() as patch:
        patch.setattr(drafting, "_content", lambda _declaration: ())
        patch.setattr(drafting, "_said", lambda _entry: ())
        unnoticed = _sent(client, world, key, "2")
    tell(Outcome("CC-04", n, bad, (first, same, unnoticed) == (302, 302, 302), 5))


_kept: dict[int, str] = {}


def _sent(client: Client, world: make.SmallWorld, key: str, hours: str, who: Actor | None = None) -> int:
    """The status of a declaration sent with this key; one and the same picture for each person."""
    from xueshi.declarations.web import images  # noqa: PLC0415 - needs the settings

    actor = who or world.person
    if actor.user.pk not in _kept:
        _kept[actor.user.pk] = images.key_of(actor, w.stored(actor))
    typed = {
        "key": key, "do": "submit", "year": "2026", "form": "seminar", "subject": "professional", "hours": hours,
        "school": "威海职业学院", "class_name": "安全操作", "period_from": "2026-05-11", "period_to": "2026-05-11",
        "content": "安全操作", "result": "合格", "evidence__keep": _kept[actor.user.pk],
    }  # fmt: skip
    return client.post("/declarations/new/", typed).status_code


def test_cc_07_the_yearly_cap(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty claims that cannot all go into the year."""
    world = make.build()
    admins = reviewers(world, 4)

    def contest(rows: list[Declaration]) -> tuple[list[object], Decimal]:
        acts = [
            lambda row=row, admin=admins[i % 4]: deciding.decide_many(admin, order(row)) for i, row in enumerate(rows)
        ]
        before = w.total(world, rows[0].year)
        return together(*acts), w.total(world, rows[0].year) - before

    def entries(rows: list[Declaration]) -> int:
        return LedgerEntry.objects.filter(source_id__in=[row.pk for row in rows]).count()

    rows = [w.handed_in(world.person, "8", days=1, form="seminar") for _ in range(20)]
    results, credited = contest(rows)
    bad = accidents(results) + ([] if credited == 8 else [f"{credited} hours on one day of eight"])
    bad += [] if entries(rows) == 1 else [f"{entries(rows)} entries"]
    pair = [w.handed_in(world.person, "8", days=1, form="seminar", year=2025) for _ in range(2)]
    books.open_accounts([(world.record.pk, 2025, rows[0].portal)])  # else opening it makes one wait for the other
    with unlocked(monkeypatch, (posting, "settle")):
        found, _extra = contest(pair)
    tell(Outcome("CC-07", len(rows), bad, bool(accidents(found)) or entries(pair) != 1, 20))


def test_cc_08_overlapping_batches(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make.build()
    admins = reviewers(world, 2)
    rows = [services.submit(world.person, w.paper(world.person, "1")) for _ in range(15)]
    cases = [row.case_id or 0 for row in rows]
    # Ten batches of ten, neighbours sharing half, every second one upside down.
    batches = [[cases[(start + i) % 15] for i in range(10)] for start in (0, 5, 10, 0, 5, 10, 0, 5, 10, 0)]
    orders = [Order(PASS, dict.fromkeys(items[:: 1 if i % 2 else -1], 1)) for i, items in enumerate(batches)]
    acts = [
        lambda admin=admins[i % 2], wanted=wanted: deciding.decide_many(admin, wanted)
        for i, wanted in enumerate(orders)
    ]
    results = together(*acts)
    bad = accidents(results)
    done = [pk for one in results if isinstance(one, Report) for pk in one.done]
    bad += [] if sorted(done) == sorted(cases) else [f"{len(done)} decided of {len(cases)}"]
    posted = LedgerEntry.objects.filter(source_id__in=[row.pk for row in rows]).count()
    bad += [] if (posted, w.total(world)) == (15, 15) else [f"{posted} entries"]
    pair = [services.submit(world.person, w.paper(world.person, "1")) for _ in range(2)]
    shared = Order(PASS, {row.case_id or 0: 1 for row in pair})
    with unlocked(monkeypatch, TURNS):
        twice = together(*(lambda admin=admin: deciding.decide_many(admin, shared) for admin in admins))
    both = [pk for one in twice if isinstance(one, Report) for pk in one.done]
    tell(Outcome("CC-08", len(acts) * 10, bad, bool(accidents(twice)) or len(both) != 2, 100))


def test_cc_09_one_reversal(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make.build()
    admins = [world.department_admin]
    for number in range(3):
        user = make.user(f"审验员{number}")
        hat = make.hat(user, world.department, Hat.ADMINISTRATOR)
        admins.append(Actor(user, hat, world.department, world.department_admin.powers))

    def approved() -> Declaration:
        row = services.submit(world.person, w.paper(world.person, "1"))
        deciding.decide_many(world.employer_admin, order(row))
        return row

    def contest(row: Declaration, parties: int) -> list[str]:
        before = w.total(world)
        acts = [
            lambda admin=admins[i % 4]: deciding.decide_many(admin, order(row, FAIL, version=2)) for i in range(parties)
        ]
        results = together(*acts)
        entries = LedgerEntry.objects.filter(source_id=row.pk)
        found = accidents(results)
        won = sum(isinstance(one, Report) and bool(one.done) for one in results)
        if (won, entries.count(), entries.exclude(reverses=None).count()) != (1, 2, 1) or before - w.total(world) != 1:
            found.append(f"{won} won, {entries.count()} entries")
        if ReviewCase.objects.get(pk=row.case_id).state != CaseState.REVOKED:
            found.append("not revoked")
        return found

    bad = contest(approved(), 20)
    last = approved()
    with unlocked(monkeypatch, TURNS):
        control = contest(last, 2)
    tell(Outcome("CC-09", 20, bad, bool(control), 20))
