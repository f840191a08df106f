"""The same learning counts once (D13): what a declaration claims is told to ``duplicates``, which judges it."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from xueshi.declarations import rules
from xueshi.declarations.models import Declaration, Evidence
from xueshi.declarations.services.drafting import ROLE, Declarer
from xueshi.duplicates import services as duplicates
from xueshi.duplicates.rules import Claimed, Source, keys_of
from xueshi.kernel.errors import Problems, RuleBroken
from xueshi.ledger.rules import ZERO

SOURCE = "declaration"


def claim_once(declaration: Declaration, by: Declarer, asked: rules.Claim) -> None:
    """Let a declaration that is written stand, unless it claims what counts already; ``Problems`` says what."""
    try:
        duplicates.claim(_claimed(declaration, by, asked))
    except Problems as refusal:
        if by.role == ROLE:
            raise
        named = (RuleBroken(f"{by.person.user.name}：{one.message}", one.field) for one in refusal.problems)
        raise Problems(named) from None


def _claimed(declaration: Declaration, by: Declarer, asked: rules.Claim) -> Claimed:
    evidence = Evidence.objects.filter(declaration=declaration).select_related("file").order_by("position")
    wanted = asked.wanted
    proof = duplicates.Proof(
        keys_of(asked.form.form, asked.answers),
        tuple(one.file for one in evidence),
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
    )
    return Claimed(
        Source(SOURCE, declaration.pk),
        by.person.pk,
        declaration.year,
        declaration.hours_declared or ZERO,
        duplicates.features(proof, asked.rules.duplicates),
        most=rules.worth(asked).limit,
        pool=rules.shared(asked),
        batch=_batch(declaration, by),
    )


def _batch(declaration: Declaration, by: Declarer) -> str:
    """The page on which a unit declared for several of its people, whose proof they share."""
    return (declaration.submission_key or "").rpartition(":")[0] if by.role != ROLE else ""


def refused_again(hours: Mapping[int, Decimal]) -> Mapping[int, str]:
    """Before hours are posted: which declarations another one stands against that counts already, with the reason."""
    return duplicates.ask_again(SOURCE, hours)


def counted(hours: Mapping[int, Decimal]) -> None:
    """The declarations whose hours were posted."""
    duplicates.count(SOURCE, hours)


def released(pks: Collection[int]) -> None:
    """Declarations that fell: refused, taken back, revoked."""
    duplicates.release(SOURCE, pks)
