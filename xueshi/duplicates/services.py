"""Claiming once: a claim leaves its features when it is handed in and takes them away when it falls."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from xueshi.duplicates import selectors
from xueshi.duplicates.models import Trace
from xueshi.duplicates.rules import Claimed, Feature, Held, Key, judge, value_of
from xueshi.files import rules as pictures
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import Problems, RuleBroken
from xueshi.kernel.many import Among
from xueshi.policies.duplicates import Duplicate

type Refusals = Mapping[int, tuple[RuleBroken, ...]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a claim is recognised by: public numbers, evidence in order, the full days of a training.

    ``field`` is the question that asked for the evidence.
    """

    keys: tuple[Key, ...] = ()
    files: tuple[StoredFile, ...] = ()
    field: str = "evidence"
    starts_on: date | None = None
    ends_on: date | None = None


def features(proof: Proof, rules: Iterable[Duplicate]) -> tuple[Feature, ...]:
    """The features of a proof under the rules of its year; what no rule speaks of is not looked at."""
    ruled: dict[str, Duplicate] = {rule.key: rule for rule in rules}
    return tuple(_under(one, ruled[one.kind]) for one in _raw(proof) if one.kind in ruled)


def _under(feature: Feature, rule: Duplicate) -> Feature:
    return replace(feature, own=rule.own, others=rule.others, yearly=rule.yearly, distance=rule.distance)


def _raw(proof: Proof) -> list[Feature]:
    said = [Feature(key.kind, "", "", key.value, field=key.field) for key in proof.keys]
    for place, file in enumerate(proof.files, start=1):
        digests = dict.fromkeys((file.source_digest, file.digest))
        said += [Feature("file", "", "", value_of("file", one), place=place, field=proof.field) for one in digests]
        if file.likeness is not None:
            said.append(Feature("picture", "", "", place=place, field=proof.field, picture=file.likeness))
    if proof.starts_on is not None and proof.ends_on is not None:
        said.append(Feature("days", "", "", field="period_from", starts_on=proof.starts_on, ends_on=proof.ends_on))
    return said


def claim(claimed: Claimed) -> None:
    """Put a claim among those that stand, in place of what it claimed before; ``Problems`` says why it is refused.

    Runs in the caller's transaction, which must end with it: whoever claims the same meanwhile waits for its end.
    """
    if refused := claim_many([claimed]):
        raise Problems(refused[claimed.source.pk])


@transaction.atomic
def claim_many(claims: Sequence[Claimed]) -> Refusals:
    """The same for many claims of one kind, in their order; the refused ones by key, the others stand."""
    refusing = [feature for one in claims for feature in one.features if feature.may_refuse]
    _alone(claims, refusing)
    _forget(claims)
    standing = selectors.held(claims, refusing)
    refused: dict[int, tuple[RuleBroken, ...]] = {}
    accepted: list[Claimed] = []
    for one in claims:
        if problems := judge(one, standing):
            refused[one.source.pk] = problems
            continue
        accepted.append(one)
        standing += [Held(one, feature) for feature in one.features]
    _keep(accepted)
    return refused


def _alone(claims: Iterable[Claimed], wanted: Iterable[Feature]) -> None:
    """Nobody else claims one of these features before our transaction ends; locks are taken in their order."""
    values = {feature.value for feature in wanted if feature.value}
    values |= {value_of("days", str(one.person_id)) for one in claims if any(f.kind == "days" for f in one.features)}
    numbers = sorted(int(value[:15], 16) for value in values)
    with connection.cursor() as cursor:  # rule 6: a lock on what has no row yet; the ORM has none
        cursor.execute("SELECT pg_advisory_xact_lock(one) FROM unnest(%s::bigint[]) AS one", [numbers])


def _keep(claims: Iterable[Claimed]) -> None:
    rows = [_trace(one, feature) for one in claims for feature in _once(one.features)]
    try:
        with transaction.atomic():
            Trace.objects.bulk_create(rows)
    except IntegrityError:
        # Only a claim that came in past the lock can stand in the way; the index is what holds in the end.
        raise RuleBroken("同一成果已经申报过，只计一次") from None


def _once(given: Iterable[Feature]) -> Iterable[Feature]:
    """Each feature once: the same file twice among one claim's evidence is no second claim."""
    return {(one.kind, one.value, one.place if not one.value else 0): one for one in reversed(tuple(given))}.values()


def _trace(claim: Claimed, feature: Feature) -> Trace:
    return Trace(
        source_kind=claim.source.kind,
        source_id=claim.source.pk,
        person_id=claim.person_id,
        year=claim.year,
        batch=claim.batch,
        kind=feature.kind,
        value=feature.value,
        own=feature.own,
        others=feature.others,
        scope=claim.year if feature.yearly else 0,
        place=feature.place,
        starts_on=feature.starts_on,
        ends_on=feature.ends_on,
        picture=feature.picture,
        **_bands(feature.picture),
        distance=feature.distance,
        hours=claim.hours,
        most=claim.most,
        pool=claim.pool,
    )


def _bands(picture: int | None) -> dict[str, int]:
    if picture is None:
        return {}
    return {f"band_{place}": band for place, band in enumerate(pictures.bands(picture))}


def release(kind: str, pks: Collection[int]) -> None:
    """Take claims away that were refused, taken back, revoked or deleted: they stand in nobody's way any more."""
    _delete(Q(Among("source_id", pks), source_kind=kind))


def _forget(claims: Iterable[Claimed]) -> None:
    by_kind: dict[str, list[int]] = defaultdict(list)
    for one in claims:
        by_kind[one.source.kind].append(one.source.pk)
    for kind, pks in by_kind.items():
        release(kind, pks)


def _delete(which: Q) -> None:
    Trace.objects.filter(Among("pk", _lock(which))).delete()


def _lock(which: Q) -> list[int]:
    """The rows, locked in one order by everybody: a decision may hold some of them already."""
    rows = Trace.objects.filter(which).order_by("pk").select_for_update(no_key=True)
    return list(rows.values_list("pk", flat=True))


def ask_again(kind: str, hours: Mapping[int, Decimal]) -> Mapping[int, str]:
    """Before hours are counted: which claims another one stands against that counts already, with the reason.

    ``hours`` are those recognised, by key. What the claims have in common is locked until the transaction ends, so two
    decisions never count the same; the accounts' locks come after. Nothing is written: see ``count``.
    """
    mine = Q(Among("source_id", hours), source_kind=kind)
    refusing = Trace.objects.filter(mine).exclude(own="flag", others="flag").exclude(value="")
    values = set(refusing.values_list("value", flat=True))  # asked first, so that an index finds either
    _lock(mine | (Q(value__in=values) & ~Q(value="")))
    rows = Trace.objects.filter(mine).order_by("source_id", "pk")
    claims = [replace(one, hours=hours[one.source.pk]) for one in selectors.claims_of(rows)]
    wanted = [feature for one in claims for feature in one.features if feature.may_refuse]
    standing = [one for one in selectors.held(claims, wanted) if one.counted]
    refused: dict[int, str] = {}
    for one in claims:
        if problems := judge(one, standing):
            refused[one.source.pk] = "；".join(problem.message for problem in problems)
        else:
            standing += [Held(one, feature) for feature in one.features]
    return refused


def count(kind: str, hours: Mapping[int, Decimal]) -> None:
    """Claims whose hours have been counted, with what was recognised."""
    by_hours: dict[Decimal, list[int]] = defaultdict(list)
    for pk, recognised in hours.items():
        by_hours[recognised].append(pk)
    for recognised, pks in by_hours.items():
        rows = Trace.objects.filter(Among("source_id", pks), source_kind=kind)
        rows.update(counted=True, hours=recognised)
