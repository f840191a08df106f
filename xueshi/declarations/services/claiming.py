"""The same learning counts once (D13): what a declaration claims is told to ``duplicates``, which judges it."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from xueshi.declarations import rules
from xueshi.declarations.services.drafting import ROLE, Declarer
from xueshi.declarations.services.writing import Sheet
from xueshi.duplicates import services as duplicates
from xueshi.duplicates.rules import Claimed, Source, keys_of
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import Problems, RuleBroken
from xueshi.ledger.rules import ZERO

SOURCE = "declaration"


def claim_once(sheets: Sequence[Sheet], files: Sequence[StoredFile], asked: rules.Claim) -> None:
    """Let declarations that are written stand, unless one claims what counts already; ``Problems`` says which and what.

    ``files`` is the evidence they have in common, in its order.
    """
    refused = duplicates.claim_many(_claimed(sheets, files, asked))
    problems = [_named(one.by, problem) for one in sheets for problem in refused.get(one.declaration.pk, ())]
    if problems:
        raise Problems(problems)


def _named(by: Declarer, problem: RuleBroken) -> RuleBroken:
    """Where a unit declares for several, of whom it speaks."""
    return problem if by.role == ROLE else RuleBroken(f"{by.person.user.name}：{problem.message}", problem.field)


def _claimed(sheets: Sequence[Sheet], files: Sequence[StoredFile], asked: rules.Claim) -> list[Claimed]:
    wanted = asked.wanted
    proof = duplicates.Proof(
        keys_of(asked.form.form, asked.answers),
        tuple(files),
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
    )
    features, most, pool = (
        duplicates.features(proof, asked.rules.duplicates),
        rules.worth(asked).limit,
        rules.shared(asked),
    )
    return [
        Claimed(
            Source(SOURCE, one.declaration.pk),
            one.by.person.pk,
            one.declaration.year,
            one.declaration.hours_declared or ZERO,
            features,
            most=most,
            pool=pool,
            batch=_batch(one),
        )
        for one in sheets
    ]


def _batch(sheet: Sheet) -> str:
    """The page on which a unit declared for several of its people, whose proof they share."""
    return (sheet.declaration.submission_key or "").rpartition(":")[0] if sheet.by.role != ROLE else ""


def refused_again(hours: Mapping[int, Decimal]) -> Mapping[int, str]:
    """Before hours are posted: which declarations another one stands against that counts already, with the reason."""
    return duplicates.ask_again(SOURCE, hours)


def counted(hours: Mapping[int, Decimal]) -> None:
    """The declarations whose hours were posted."""
    duplicates.count(SOURCE, hours)


def released(pks: Collection[int]) -> None:
    """Declarations that fell: refused, taken back, revoked."""
    duplicates.release(SOURCE, pks)
