"""Certificates of passed years, printed by the people themselves."""

from collections.abc import Sequence
from typing import Final

from xueshi.certificates import services as certificates
from xueshi.ledger import selectors as ledger
from xueshi.portal.seeds.building import Person

EVERY: Final = 12
"""One person of so many has printed: a paper takes a tenth of a second to set and sign."""


def print_papers(people: Sequence[Person]) -> None:
    """The fixed people and some others print every year they passed.

    Printed today, not in the past: a signature must not be older than the key that made it.
    """
    for position, person in enumerate(people):
        if position % EVERY:
            continue
        for account in ledger.own_accounts(person.actor):
            if account.passed:
                certificates.issue(person.actor, account.pk)
