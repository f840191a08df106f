"""Words for bodies, hats and powers."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What a body is in the tree."""

    BUREAU = "bureau"
    """人社部门"""
    DEPARTMENT = "department"
    """主管部门"""
    EMPLOYER = "employer"
    """用人单位"""
    BASE = "base"
    """继续教育基地"""


class OrganisationState(StrEnum):
    """Whether a body takes part."""

    PENDING = "pending"
    ACTIVE = "active"
    REJECTED = "rejected"
    CLOSED = "closed"


class Hat(StrEnum):
    """What a membership lets a person be."""

    PROFESSIONAL = "professional"
    ADMINISTRATOR = "administrator"


class MembershipState(StrEnum):
    """The life of a membership."""

    PENDING = "pending"
    ACTIVE = "active"
    REJECTED = "rejected"
    ENDED = "ended"


class Power(StrEnum):
    """What an administrator may do: the menu modules of the manuals."""

    PROFILE = "organisation.profile"
    ADMINISTRATORS = "organisation.administrators"
    SUBORDINATES = "organisation.subordinates"
    REVIEW_ACCOUNTS = "review.accounts"
    DECLARE = "hours.declare"
    RECORDS = "hours.records"
    REVIEW_HOURS = "hours.review"
    VERIFY_HOURS = "hours.verify"
    CERTIFICATES = "certificates.check"
    STATISTICS = "statistics"
    CONTENT = "portal.content"


class DeskRule(StrEnum):
    """How a chain names the body that decides a step."""

    OWN = "own"
    """The person's own body, whatever its kind."""
    SUPERIOR = "superior"
    """The body directly above: department in charge, or the bureau of the same level."""
    SELF = "self"
    """The body that the document itself names."""


CEILING: dict[OrganisationKind, frozenset[Power]] = {
    OrganisationKind.EMPLOYER: frozenset(Power) - {Power.VERIFY_HOURS, Power.CONTENT},
    OrganisationKind.DEPARTMENT: frozenset(Power) - {Power.CONTENT},
    OrganisationKind.BUREAU: frozenset(Power),
    OrganisationKind.BASE: frozenset({Power.PROFILE, Power.ADMINISTRATORS, Power.DECLARE, Power.RECORDS}),
}
"""No role of a body may hold more than its kind allows (A7)."""
