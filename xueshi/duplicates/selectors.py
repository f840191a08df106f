"""Finding claims that have something in common, and what a reader may know of the other one."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import not_

from django.db.models import Exists, F, Func, IntegerField, Max, Min, OuterRef, Q, Subquery
from django.db.models.lookups import LessThanOrEqual

from xueshi.duplicates.models import Trace
from xueshi.duplicates.rules import Claimed, Feature, Held, Source, meets
from xueshi.duplicates.rules.judging import SHARED
from xueshi.duplicates.rules.telling import told
from xueshi.files import rules as pictures
from xueshi.organisations.actors import Actor

MOST_SHOWN = 6
"""So many other claims are named; of a class of hundreds with one form of paper the first say enough."""
_READ = 40 * MOST_SHOWN


@dataclass(frozen=True, slots=True)
class Seen:
    """Another claim as its own app shows it to somebody who may see it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Flag:
    """What a claim has in common with another one; ``seen`` is None for whoever may not see that one."""

    said: tuple[str, ...]
    own: bool
    seen: Seen | None


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of a claim, those the reader may open and then the surest first, and how many more claims there are."""

    shown: tuple[Flag, ...] = ()
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.shown)


type Describe = Callable[[Actor, Collection[int]], Mapping[int, Seen]]
_describers: dict[str, Describe] = {}


def describe(source_kind: str, how: Describe) -> None:
    """Let the app behind a kind of source say which of them somebody may see, and where."""
    _describers[source_kind] = how


def flags(actor: Actor, kind: str, pk: int) -> Flags:
    """All that a claim has in common with others that stand, for a reader who may see the claim itself."""
    own, beside = _with_others(kind, pk)
    if not own:
        return Flags()
    claim = _claim(own)
    others = [*map(_held, beside), *_alike(claim)]
    return _flags(
        actor, claim, [(one, other) for other in others for one in claim.features if _same(claim, one, other)]
    )


def _with_others(kind: str, pk: int) -> tuple[list[Trace], list[Trace]]:
    """What a claim has left, and of others what has a value of it or days beside its own; pictures are ``_alike``.

    One question of three parts, for of an ``or`` over sub-queries the database would read everything.
    """
    own = Trace.objects.filter(source_kind=kind, source_id=pk).order_by()
    days = own.filter(kind="days")
    by_claim = days.values("source_id")
    equal = Trace.objects.exclude(value="").filter(value__in=own.exclude(value="").values("value"))
    near = Trace.objects.filter(
        kind="days",
        person_id__in=days.values("person_id"),
        starts_on__lte=Subquery(by_claim.annotate(last=Max("ends_on")).values("last")),
        ends_on__gte=Subquery(by_claim.annotate(first=Min("starts_on")).values("first")),
    )
    rows = sorted(own.union(equal, near), key=lambda row: row.pk)
    known = [(row.source_kind, row.source_id) == (kind, pk) for row in rows]
    return list(compress(rows, known)), list(compress(rows, map(not_, known)))


def flagged(kind: str, ref: str = "pk") -> Exists:
    """Whether a row of a list has something in common with another claim: numbers, files and dates, not pictures."""
    another = Trace.objects.exclude(source_kind=OuterRef("source_kind"), source_id=OuterRef("source_id"))
    together = Q(kind__in=SHARED, batch=OuterRef("batch")) & ~Q(batch="") & ~Q(person_id=OuterRef("person_id"))
    equal = another.filter(value=OuterRef("value"), scope=OuterRef("scope")).exclude(value="").exclude(together)
    days = another.filter(kind="days", person_id=OuterRef("person_id"))
    days = days.filter(starts_on__lte=OuterRef("ends_on"), ends_on__gte=OuterRef("starts_on"))
    found = ~Q(value="") & Q(Exists(equal)) | Q(kind="days") & Q(Exists(days))
    return Exists(Trace.objects.filter(found, source_kind=kind, source_id=OuterRef(ref)))


def held(claims: Sequence[Claimed], features: Iterable[Feature]) -> list[Held]:
    """What other claims hold of these features, pictures left out; of any number of claims in one question."""
    wanted = list(features)
    values = {feature.value for feature in wanted if feature.value}
    query = Q(value__in=values) if values else Q(pk__in=[])
    starts = [feature.starts_on for feature in wanted if feature.starts_on]
    ends = [feature.ends_on for feature in wanted if feature.ends_on]
    if starts and ends:
        people = {claim.person_id for claim in claims}
        query |= Q(kind="days", person_id__in=people, starts_on__lte=max(ends), ends_on__gte=min(starts))
    own = {claim.source for claim in claims}
    found = (_held(row) for row in Trace.objects.filter(query).order_by("pk"))
    return [one for one in found if one.claim.source not in own]


def _alike(claim: Claimed) -> list[Held]:
    """Claims with a picture that looks like one of this claim's, at most some hundreds."""
    rows = Trace.objects.filter(kind="picture").exclude(source_kind=claim.source.kind, source_id=claim.source.pk)
    query = Q(pk__in=[])
    for one in claim.features:
        if one.picture is not None and one.distance is not None:
            query |= _near(one.picture, one.distance) & Q(LessThanOrEqual(_differs(one.picture), one.distance))
    return [_held(row) for row in rows.filter(query).order_by("pk")[:_READ]]


def _near(picture: int, distance: int) -> Q:
    """The few rows an index finds: one of four bands is right, or off by one bit (``files.rules.near``)."""
    one, two, three, four = pictures.near(picture, distance)
    return Q(band_0__in=one) | Q(band_1__in=two) | Q(band_2__in=three) | Q(band_3__in=four)


def _differs(picture: int) -> Func:
    """In how many bits a stored picture differs; ``files.rules.difference`` says the same of two numbers."""
    template = "bit_count((%(expressions)s)::bit(64))"
    return Func(F("picture").bitxor(picture), template=template, output_field=IntegerField())


def _same(claim: Claimed, feature: Feature, other: Held) -> bool:
    if not meets(claim, feature, other):
        return False
    one, two = feature.picture, other.feature.picture
    return one is None or two is None or pictures.difference(one, two) <= (feature.distance or 0)


def _claim(rows: Sequence[Trace]) -> Claimed:
    row = rows[0]
    return Claimed(
        Source(row.source_kind, row.source_id),
        row.person_id,
        row.year,
        row.hours,
        tuple(_feature(one) for one in rows),
        row.most,
        row.pool,
        row.batch,
    )


def _held(row: Trace) -> Held:
    claim = _claim([row])
    return Held(claim, claim.features[0], row.counted)


def _feature(row: Trace) -> Feature:
    return Feature(
        row.kind,
        row.own,
        row.others,
        row.value,
        yearly=row.scope > 0,
        place=row.place,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        picture=row.picture,
        distance=row.distance,
    )


def claims_of(rows: Iterable[Trace]) -> list[Claimed]:
    """The claims behind some rows, in the order of their first row."""
    by_source: dict[tuple[str, int], list[Trace]] = {}
    for row in rows:
        by_source.setdefault((row.source_kind, row.source_id), []).append(row)
    return [_claim(own) for own in by_source.values()]


def _flags(actor: Actor, claim: Claimed, common: Sequence[tuple[Feature, Held]]) -> Flags:
    people = {other.claim.source: other.claim.person_id for _feature, other in common}
    said = told(common)
    seen = _seen(actor, said)
    shown = sorted(said, key=lambda one: one not in seen)[:MOST_SHOWN]
    made = (Flag(said[one], people[one] == claim.person_id, seen.get(one)) for one in shown)
    return Flags(tuple(made), len(said) - len(shown))


def _seen(actor: Actor, sources: Iterable[Source]) -> dict[Source, Seen]:
    """Those the actor may see, one question per kind; of the others only that they exist."""
    by_kind: dict[str, set[int]] = {}
    for source in sources:
        by_kind.setdefault(source.kind, set()).add(source.pk)
    return {
        Source(kind, pk): seen
        for kind, pks in by_kind.items()
        if kind in _describers
        for pk, seen in _describers[kind](actor, pks).items()
    }
