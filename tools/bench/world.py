"""A unit beside the demo world whose people's declarations wait: one is lived, the others are copies of its rows."""

import hashlib
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache

from django.db import transaction
from django.db.models import Model

from xueshi.accounts.models import User
from xueshi.declarations.models import Declaration, Evidence
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import OrganisationKind
from xueshi.portal.seeds import accounts
from xueshi.portal.seeds.bodies import Body
from xueshi.portal.seeds.building import Builder, Person
from xueshi.portal.seeds.chance import Chance
from xueshi.portal.seeds.deeds import Ending, Slot, Wanted, deed
from xueshi.portal.seeds.living import Life
from xueshi.reviews.models import CaseEvent, ReviewCase, ReviewStep

PEOPLE = 1000
_UNIT = Body("bench", "hc", OrganisationKind.EMPLOYER, "量尺精密仪器有限公司", "weihai", "371002", "machinery")
_SUPERIOR = "环翠区人力资源和社会保障局"


@dataclass(frozen=True)
class World:
    """The unit's reviewer, its people, and the one declaration that all others repeat."""

    reviewer: Actor
    people: Sequence[Person]
    first: Declaration

    @transaction.atomic
    def hand_in(self, count: int) -> dict[int, int]:
        """So many more declarations that wait, one person after the other; the cases with their versions."""
        owners = [self.people[place % len(self.people)] for place in range(count)]
        pattern = self.first.case
        if pattern is None:
            message = "the first declaration was handed in"
            raise ValueError(message)
        cases = ReviewCase._default_manager.bulk_create(
            copy_of(pattern, owner=one.actor.user, submitted_by=one.actor.user) for one in owners
        )
        rows = Declaration._default_manager.bulk_create(
            copy_of(self.first, person=one.record, declared_by=one.actor.user, case=case, submission_key=None)
            for one, case in zip(owners, cases, strict=True)
        )
        _repeat(list(ReviewStep._default_manager.filter(case=pattern)), "case", cases)
        _repeat(list(CaseEvent._default_manager.filter(case=pattern)), "case", cases)
        self._prove(rows)
        return {case.pk: case.version for case in cases}

    def _prove(self, rows: Sequence[Declaration]) -> None:
        """Give each its own evidence: the same bytes, noted as if they were others, so that none counts as double."""
        evidence = Evidence._default_manager.select_related("file").get(declaration=self.first)
        files = StoredFile._default_manager.bulk_create(
            copy_of(evidence.file, key=f"bench-{row.pk}", source_digest=_other_digest(row)) for row in rows
        )
        Evidence._default_manager.bulk_create(
            copy_of(evidence, declaration=row, file=file) for row, file in zip(rows, files, strict=True)
        )


def _other_digest(row: Declaration) -> str:
    return hashlib.sha256(f"bench {row.pk}".encode()).hexdigest()


def copy_of[M: Model](row: M, **changes: object) -> M:
    """An unsaved row like this one but for ``changes``; what was joined stays joined."""
    made = copy(row)
    made._state = copy(row._state)
    made._state.fields_cache = dict(row._state.fields_cache)
    made._state.adding, made.pk = True, None
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def _repeat[M: Model](pattern: Sequence[M], name: str, cases: Sequence[ReviewCase]) -> None:
    for row in pattern:
        type(row)._default_manager.bulk_create(copy_of(row, **{name: case}) for case in cases)


@cache
@transaction.atomic
def world() -> World:
    """The unit, made at its first use in a run."""
    builder = Builder(Chance(User._default_manager.count()), accounts.PASSWORD)
    builder.chance.keep(*(user.document_number for user in User._default_manager.all()))
    builder.bodies[_UNIT.parent] = Organisation._default_manager.get(name=_SUPERIOR)
    runs = Organisation._default_manager.filter(name__startswith=_UNIT.name).count()
    unit = replace(_UNIT, name=f"{_UNIT.name}{runs or ''}")  # a database that is kept has the units of earlier runs
    builder.body(unit)
    reviewer = builder.administrator(builder.user(builder.sketch(unit.area)), unit.key)
    people = [builder.professional(builder.user(builder.sketch(unit.area)), unit) for _ in range(PEOPLE)]
    life, day = Life(builder), clock.today() - timedelta(days=20)
    wanted = Wanted("paper", "professional", Decimal(1), Ending.PENDING)
    life.live([deed(builder.chance, people[0], Slot(clock.year(), day, 1), wanted)])
    first = life.done[0][1]
    return World(reviewer, people, Declaration._default_manager.select_related("case").get(pk=first.pk))
