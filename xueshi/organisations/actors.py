"""The person acting, under one hat, with the powers of that hat."""

from dataclasses import dataclass

from xueshi.accounts.models import User
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import CEILING, Hat, OrganisationKind, Power


@dataclass(frozen=True, slots=True)
class Actor:
    """Built once per request. Without a membership: a person with an account and no hat yet."""

    user: User
    membership: Membership | None
    organisation: Organisation | None
    powers: frozenset[Power]

    @property
    def is_professional(self) -> bool:
        """Wearing the hat of a professional."""
        return self.membership is not None and self.membership.hat == Hat.PROFESSIONAL

    @property
    def is_administrator(self) -> bool:
        """Wearing the hat of an administrator."""
        return self.membership is not None and self.membership.hat == Hat.ADMINISTRATOR

    @property
    def role_key(self) -> str:
        """professional, employer, department, bureau, base, or account when no hat is worn."""
        if self.membership is None or self.organisation is None:
            return "account"
        return Hat.PROFESSIONAL.value if self.is_professional else self.organisation.kind

    @property
    def desk_id(self) -> int | None:
        """The body for which this actor decides, if any."""
        return self.organisation.pk if self.is_administrator and self.organisation is not None else None

    def has(self, power: Power) -> bool:
        """Whether this hat grants ``power``."""
        return power in self.powers


def powers_of(membership: Membership) -> frozenset[Power]:
    """The powers of a hat: all its body may have for a super administrator, else what the role grants of that."""
    if membership.hat != Hat.ADMINISTRATOR:
        return frozenset()
    ceiling = CEILING[OrganisationKind(membership.organisation.kind)]
    if membership.is_super:
        return ceiling
    granted = set(membership.role.powers) if membership.role is not None else set()
    return frozenset(power for power in ceiling if power.value in granted)


def actor_from(user: User, membership: Membership | None) -> Actor:
    """The actor for a user under ``membership`` (or none)."""
    if membership is None:
        return Actor(user=user, membership=None, organisation=None, powers=frozenset())
    return Actor(user=user, membership=membership, organisation=membership.organisation, powers=powers_of(membership))
