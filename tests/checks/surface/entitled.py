"""Who may see and do what, worked out from the rows themselves and not by the program's own permissions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tests.checks.surface.stage import Stage
from xueshi.declarations.models import Declaration
from xueshi.ledger.models import YearAccount
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import Hat, Power
from xueshi.registrations.models import Registration
from xueshi.reviews.models import ReviewCase

HOURS = frozenset({Power.RECORDS, Power.REVIEW_HOURS, Power.VERIFY_HOURS})
YEARS = HOURS | {Power.CERTIFICATES, Power.STATISTICS}
EVENTS = frozenset({Power.REVIEW_HOURS})
ACCOUNTS = frozenset({Power.REVIEW_ACCOUNTS})
PAPERS = frozenset({Power.CERTIFICATES})
RESETS = frozenset({Power.REVIEW_ACCOUNTS, Power.SUBORDINATES, Power.ADMINISTRATORS})
DECLARES = frozenset({Power.DECLARE})
SOLE, BELOW = frozenset({Power.ADMINISTRATORS}), frozenset({Power.SUBORDINATES})
"""An administrator reads a kind of document only with one of its modules."""


@dataclass
class Entitled:
    """The tree of bodies by parents, and the questions about it."""

    stage: Stage
    parents: Mapping[int, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parents = dict(Organisation.objects.values_list("pk", "parent_id"))

    @cached_property
    def hats(self) -> dict[str, Actor]:
        """The actors who are somebody."""
        return {name: actor for name, actor in self.stage.actors.items() if actor is not None}

    def above(self, body: int | None) -> set[int]:
        """A body and all above it."""
        found: set[int] = set()
        while body is not None and body not in found:
            found.add(body)
            body = self.parents.get(body)
        return found

    def users(self, *pks: int | None) -> set[str]:
        """The actors who are one of these users."""
        return {name for name, actor in self.hats.items() if actor.user.pk in pks}

    def administrators(self, bodies: Iterable[int | None], powers: frozenset[Power] | None = None) -> set[str]:
        """The actors who administer one of these bodies, with one of some powers if any are asked for."""
        wanted = set(bodies)
        return {
            name
            for name, actor in self.hats.items()
            if actor.membership is not None
            and actor.membership.hat == Hat.ADMINISTRATOR
            and actor.membership.organisation_id in wanted
            and (powers is None or actor.powers & powers)
        }

    def case(self, case: ReviewCase) -> set[str]:
        """Owner, submitter under the hat of the body, the desks of the chain, the bodies above."""
        desks = list(case.steps.values_list("desk_id", flat=True))
        people = self.users(case.owner_id) | self.declaring(case.submitted_by_id, case.organisation_id)
        reads = {"declaration": HOURS, "adjustment": EVENTS}.get(case.kind, ACCOUNTS)
        return people | self.administrators([*desks, *self.above(case.organisation_id)], reads)

    def desk(self, case: ReviewCase) -> set[str]:
        """The administrators of the body that has it now."""
        return self.administrators([case.desk_id] if case.desk_id is not None else [])

    def resetters(self, hat: Membership) -> set[str]:
        """The administrators above, who also stand above every body that the person administers."""
        by_hat = {Hat.PROFESSIONAL: ACCOUNTS, Hat.ADMINISTRATOR: RESETS}[Hat(hat.hat)]
        found = self.administrators(self.above(hat.organisation_id), by_hat) - self.users(hat.user_id)
        for held in Membership.objects.filter(user_id=hat.user_id, hat=Hat.ADMINISTRATOR, state="active"):
            own = set() if held.is_super else self.administrators([held.organisation_id], SOLE)
            own = {name for name in own if (worn := self.hats[name].membership) is not None and worn.is_super}
            found &= self.administrators(self.above(held.organisation_id) - {held.organisation_id}, BELOW) | own
        return found

    def declaring(self, user: int, body: int) -> set[str]:
        """The actors who are a user and act for a body that declares for its people."""
        return self.users(user) & self.administrators([body], DECLARES)

    def declarers(self, row: Declaration) -> set[str]:
        """Who entered it, for their unit only under its hat."""
        body = row.declaring_body_id
        return self.users(row.declared_by_id) if body is None else self.declaring(row.declared_by_id, body)

    def declaration(self, row: Declaration) -> set[str]:
        """Who entered it; its person, a unit's only once it is handed in; and then whoever may see the case."""
        handed_in = row.case is not None and row.case.state != "withdrawn"
        person = row.person.user_id if handed_in or row.declaring_body_id is None else None
        own = self.users(person) | self.declarers(row)
        return own | (self.case(row.case) if handed_in and row.case is not None else set())

    def registration(self, row: Registration) -> set[str]:
        """Its person and whoever may see its case."""
        return self.users(row.user_id) | (self.case(row.case) if row.case is not None else set())

    def account(self, row: YearAccount) -> set[str]:
        """Its person, and the administrators of the employer and of the bodies above it."""
        employer = row.person.employment.organisation_id
        return self.users(row.person.user_id) | self.administrators(self.above(employer), YEARS)

    def certificate(self, row: YearAccount) -> set[str]:
        """As the account, but administrators only with 电子证书."""
        employer = row.person.employment.organisation_id
        return self.users(row.person.user_id) | self.administrators(self.above(employer), PAPERS)

    def body(self, pk: int) -> set[str]:
        """Its own people, and the administrators above."""
        own = {
            name for name, actor in self.hats.items() if actor.organisation is not None and actor.organisation.pk == pk
        }
        return own | self.administrators(self.above(pk))
