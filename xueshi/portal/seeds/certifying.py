"""Certificates of passed years, printed by the people themselves."""

from collections.abc import Sequence
from typing import Final

from xueshi.certificates import permissions
from xueshi.certificates import selectors as papers
from xueshi.certificates import services as certificates
from xueshi.ledger import selectors as ledger
from xueshi.portal.seeds.building import Person

FIRST: Final = 8
EVERY: Final = 5
"""The first people (the fixed accounts) and one of so many others have printed: setting and signing takes its time."""

SUBJECT: Final = "public"
CHECKS: Final = 3


def print_papers(people: Sequence[Person]) -> None:
    """The fixed people and some others print every year they passed.

    Printed today, not in the past: a signature must not be older than the key that made it.
    """
    for position, person in enumerate(people):
        if position >= FIRST and position % EVERY:
            continue
        for account in ledger.own_accounts(person.actor):
            if account.passed:
                certificates.issue(person.actor, account.pk)
    _print_and_check_a_subject(people[0])


def _print_and_check_a_subject(person: Person) -> None:
    """The first person has the paper of the public subject too, and somebody has checked the newest one."""
    for account in ledger.own_accounts(person.actor)[:1]:
        if permissions.can_print(person.actor, account, SUBJECT):
            certificates.issue(person.actor, account.pk, SUBJECT)
    for newest in papers.own_certificates(person.actor)[:1]:
        found = papers.by_link(newest.code)
        if found is not None:
            for _ in range(CHECKS):
                certificates.trace_lookup(found)
