"""The life of a case and of its steps, as tables."""

from enum import StrEnum

from xueshi.kernel.transitions import Transitions
from xueshi.policies.chains import Stage

__all__ = ["CASE_MOVES", "CaseState", "Move", "Stage", "StepState", "Verdict"]


class CaseState(StrEnum):
    """Where a document stands."""

    PENDING = "pending"
    """待审核"""
    APPROVED = "approved"
    """审核通过; it counts, whether or not a verification still waits"""
    REJECTED = "rejected"
    """审核不通过"""
    WITHDRAWN = "withdrawn"
    """待提交 again"""
    REVOKED = "revoked"
    """审验不通过"""


class StepState(StrEnum):
    """Where one desk's turn stands."""

    WAITING = "waiting"
    ACTIVE = "active"
    PASSED = "passed"
    FAILED = "failed"
    DROPPED = "dropped"


class Move(StrEnum):
    """What may happen to a case."""

    SUBMIT = "submit"
    HAND_ON = "hand_on"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    RESUBMIT = "resubmit"
    VERIFY = "verify"
    REVOKE = "revoke"
    ENTRUST = "entrust"
    """转交: to another administrator of the desk"""
    TAKE_BACK = "take_back"
    """收回: from that administrator"""
    REDIRECT = "redirect"
    """to the superior while the unit's right to review is closed, and back"""


class Verdict(StrEnum):
    """What a reviewer says."""

    PASS = "pass"  # noqa: S105 - not a secret
    FAIL = "fail"


CASE_MOVES = Transitions(
    {
        (CaseState.PENDING, Move.HAND_ON): CaseState.PENDING,
        (CaseState.PENDING, Move.APPROVE): CaseState.APPROVED,
        (CaseState.PENDING, Move.REJECT): CaseState.REJECTED,
        (CaseState.PENDING, Move.WITHDRAW): CaseState.WITHDRAWN,
        (CaseState.WITHDRAWN, Move.RESUBMIT): CaseState.PENDING,
        (CaseState.REJECTED, Move.RESUBMIT): CaseState.PENDING,
        (CaseState.APPROVED, Move.VERIFY): CaseState.APPROVED,
        (CaseState.APPROVED, Move.REVOKE): CaseState.REVOKED,
        (CaseState.PENDING, Move.ENTRUST): CaseState.PENDING,
        (CaseState.APPROVED, Move.ENTRUST): CaseState.APPROVED,
        (CaseState.PENDING, Move.TAKE_BACK): CaseState.PENDING,
        (CaseState.APPROVED, Move.TAKE_BACK): CaseState.APPROVED,
        (CaseState.PENDING, Move.REDIRECT): CaseState.PENDING,
    }
)
