"""Posting and reversing: sums, caps, doubles, append-only, two at once."""

import threading
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests import small_world as make
from xueshi.ledger import permissions, selectors, services
from xueshi.ledger.models import LedgerEntry, YearAccount
from xueshi.ledger.services import Posting

pytestmark = pytest.mark.django_db


def posting(
    world: make.SmallWorld, source: int, hours: str, subject: str = "professional", form: str = "other"
) -> Posting:
    return Posting(world.record.pk, "weihai", 2026, subject, form, Decimal(hours), "test", source)


def account(world: make.SmallWorld) -> YearAccount:
    found = selectors.account_of(world.record.pk, 2026)
    assert found is not None
    return found


def test_sums_and_verdict_move_with_the_posting() -> None:
    world = make.build()
    services.post_many([posting(world, 1, "66"), posting(world, 2, "23.5", "public")], by=make.NOBODY)
    assert (account(world).total_hours, account(world).passed) == (Decimal("89.5"), False)
    services.post_many([posting(world, 3, "0.5", "public")], by=make.NOBODY)
    found = account(world)
    assert (found.public_hours, found.professional_hours, found.total_hours) == (24, 66, 90)
    assert found.passed is True
    assert found.verdict["lines"][0] == {"subject": "", "have": "90.00", "need": "90"}
    assert found.rule


def test_the_same_source_twice_is_refused_by_the_database() -> None:
    world = make.build()
    services.post_many([posting(world, 1, "10")], by=make.NOBODY)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.post_many([posting(world, 1, "10")], by=make.NOBODY)
    assert account(world).total_hours == 10


def test_a_reversal_is_a_counter_entry() -> None:
    world = make.build()
    services.post_many([posting(world, 1, "90")], by=make.NOBODY)
    assert account(world).passed is True
    assert services.reverse("test", [1], by=make.NOBODY) == {1}
    assert services.reverse("test", [1], by=make.NOBODY) == frozenset()
    found = account(world)
    assert (found.total_hours, found.passed) == (0, False)
    assert list(found.entries.order_by("pk").values_list("hours", "sequence")) == [(90, 1), (-90, 2)]


@pytest.mark.parametrize("statement", ["UPDATE ledger_ledgerentry SET hours = 1", "DELETE FROM ledger_ledgerentry"])
def test_entries_are_only_ever_added(statement: str) -> None:
    world = make.build()
    services.post_many([posting(world, 1, "10")], by=make.NOBODY)
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert account(world).total_hours == 10


def test_the_check_and_the_filter_agree() -> None:
    world = make.build()
    other = Posting(world.colleague_record.pk, "weihai", 2026, "public", "other", Decimal(5), "test", 2)
    services.post_many([posting(world, 1, "10"), other], by=make.NOBODY)
    for actor in (world.person, world.employer_admin, world.department_admin, world.stranger_admin):
        rows = YearAccount.objects.select_related("person__employment__organisation")
        allowed = {one.pk for one in rows if permissions.can_see_account(actor, one)}
        assert set(selectors.accounts_seen(actor).values_list("pk", flat=True)) == allowed


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_never_lose_an_hour() -> None:
    """CC-07's mechanism: the account is locked while anything posts."""
    world = make.build()
    start, problems = threading.Barrier(8), []

    def post(source: int) -> None:
        try:
            start.wait()
            services.post_many([posting(world, source, "0.5")], by=make.NOBODY)
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=(source,)) for source in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert account(world).total_hours == 4
    assert LedgerEntry.objects.count() == 8
