"""Where a declaration stands, as its readers are told (C6). The case holds the truth; this only names it."""

from enum import StrEnum

from xueshi.reviews.states import CaseState, Stage

__all__ = ["GROUPS", "DeclarationState", "Stage", "state_of"]


class DeclarationState(StrEnum):
    """One word per state (AMB-24); the pack's wording prints it (``states.<value>``)."""

    DRAFT = "draft"
    """待提交: never submitted, or taken back"""
    PENDING = "pending"
    """待审核"""
    APPROVED = "approved"
    """审核通过, and nothing follows"""
    AWAITING_VERIFICATION = "awaiting_verification"
    """审核通过, 待审验"""
    VERIFIED = "verified"
    """审核通过, 已审验"""
    REJECTED = "rejected"
    """审核不通过"""
    VERIFICATION_FAILED = "verification_failed"
    """审验不通过"""


GROUPS: dict[DeclarationState, frozenset[DeclarationState]] = {
    DeclarationState.DRAFT: frozenset({DeclarationState.DRAFT}),
    DeclarationState.PENDING: frozenset({DeclarationState.PENDING}),
    DeclarationState.APPROVED: frozenset(
        {DeclarationState.APPROVED, DeclarationState.AWAITING_VERIFICATION, DeclarationState.VERIFIED}
    ),
    DeclarationState.REJECTED: frozenset({DeclarationState.REJECTED, DeclarationState.VERIFICATION_FAILED}),
}
"""The four filters of the progress query (CR-16) and the states each one shows."""


def state_of(case_state: str | None, stage: str | None, *, verified: bool) -> DeclarationState:
    """The state of a declaration from its case (None: it has none). ``verified``: a verification step has passed."""
    if case_state is None or case_state == CaseState.WITHDRAWN:
        return DeclarationState.DRAFT
    if case_state == CaseState.APPROVED:
        if stage == Stage.VERIFICATION:
            return DeclarationState.AWAITING_VERIFICATION
        return DeclarationState.VERIFIED if verified else DeclarationState.APPROVED
    return {
        CaseState.PENDING: DeclarationState.PENDING,
        CaseState.REJECTED: DeclarationState.REJECTED,
        CaseState.REVOKED: DeclarationState.VERIFICATION_FAILED,
    }[CaseState(case_state)]
