"""Which of two claims that have something in common is refused, and in which words (policy facts 6)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xueshi.kernel.errors import RuleBroken
from xueshi.policies.formulas import plain

NOUGHT = Decimal(0)
SHARED = frozenset({"file", "picture"})
"""What the people of one submission rightly have in common: an employer proves a class for all of them at once."""
LABELS = {
    "file": "附件",
    "doi": " DOI ",
    "issn_title": "刊号和题名",
    "isbn": "书号",
    "patent": "专利号",
    "project": "项目编号",
    "certificate": "证书编号",
    "achievement": "成果名称",
    "days": "培训日期",
    "picture": "图片",
}
"""What a person calls each kind, as it stands inside a sentence; the surest sign of a second claim comes first."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose claim it is: a kind of document and its key, nothing else is known of it here."""

    kind: str
    pk: int


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing by which a claim may be found to be another one again.

    ``own`` and ``others`` say what follows, as the pack said when it was claimed (``policies.duplicates``). ``place``
    is the evidence's, from 1; ``field`` the question beside which a refusal is said.
    """

    kind: str
    own: str
    others: str
    value: str = ""
    yearly: bool = False
    place: int = 0
    field: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    picture: int | None = None
    distance: int | None = None

    @property
    def may_refuse(self) -> bool:
        """Whether anything but a remark for the reviewer can come of it."""
        return self.own != "flag" or self.others != "flag"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim: whose, for which year, how many hours, and its features.

    ``most`` is what the rule gives this person, ``pool`` what it gives all people of the achievement together; None
    where the reviewer decides. ``batch`` names the submission that it shares evidence with, if it shares any.
    """

    source: Source
    person_id: int
    year: int
    hours: Decimal
    features: tuple[Feature, ...] = ()
    most: Decimal | None = None
    pool: Decimal | None = None
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A feature of another claim that stands; ``counted``: its hours are in the account."""

    claim: Claimed
    feature: Feature
    counted: bool = False


def meets(claim: Claimed, feature: Feature, held: Held) -> bool:
    """Whether a claim's feature and one held by another claim are the same learning; pictures are compared before."""
    other, own = held.claim, held.claim.person_id == claim.person_id
    if other.source == claim.source or held.feature.kind != feature.kind:
        return False
    if feature.kind == "days":
        return own and _overlap(feature, held.feature)
    if feature.kind != "picture" and feature.value != held.feature.value:
        return False
    if feature.kind in SHARED and claim.batch and claim.batch == other.batch:
        return own
    return not feature.yearly or claim.year == other.year


def _overlap(one: Feature, other: Feature) -> bool:
    if one.starts_on is None or one.ends_on is None or other.starts_on is None or other.ends_on is None:
        return False
    return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on


def judge(claim: Claimed, held: Iterable[Held]) -> tuple[RuleBroken, ...]:
    """Why a claim is refused beside those that stand, each beside its field; nobody else is named."""
    standing = tuple(held)
    common = [(feature, other) for feature in claim.features for other in standing if meets(claim, feature, other)]
    own = [pair for pair in common if pair[1].claim.person_id == claim.person_id]
    others = [pair for pair in common if pair[1].claim.person_id != claim.person_id]
    said = [*_twice(own), *_taken(others), *_highest(claim, own), *_shared(claim, others)]
    once = {(one.message, one.field): one for one in said}
    return tuple(once.values())


def _twice(own: Iterable[tuple[Feature, Held]]) -> Iterator[RuleBroken]:
    for feature, _held in own:
        if feature.own == "refuse":
            yield RuleBroken(f"{_named(feature)}已在本人的另一条申报中使用，{_rule(feature)}", feature.field)


def _taken(others: Iterable[tuple[Feature, Held]]) -> Iterator[RuleBroken]:
    for feature, _held in others:
        if feature.others == "refuse":
            yield RuleBroken(f"{_named(feature)}已由他人申报使用，不能重复使用", feature.field)


def _named(feature: Feature) -> str:
    return f"第 {feature.place} 个附件" if feature.place else f"该{LABELS[feature.kind]}"


def _rule(feature: Feature) -> str:
    if feature.place:
        return "同一材料不能重复申报"
    if feature.kind == "days":
        return "日期不能重叠"
    return "同一成果每年只计一次" if feature.yearly else "同一成果只计一次"


def _highest(claim: Claimed, own: Iterable[tuple[Feature, Held]]) -> Iterator[RuleBroken]:
    """A higher grade may claim what it is worth beyond the lower one; without a table the reviewer sees both."""
    earlier = _hours(held for feature, held in own if feature.own == "highest")
    if claim.most is None or not earlier or earlier + claim.hours <= claim.most:
        return
    left = max(claim.most - earlier, NOUGHT)
    rest = f"，还可申报 {plain(left)} 学时" if left else ""
    yield RuleBroken(f"该成果已申报 {plain(earlier)} 学时，同一成果只按最高级别计一次{rest}", "hours")


def _shared(claim: Claimed, others: Iterable[tuple[Feature, Held]]) -> Iterator[RuleBroken]:
    """The people of one achievement together never get more than its table (policy facts 6).

    Each of them knows the table as far as their own place in it, so the widest knowledge counts.
    """
    sharing = [held for feature, held in others if feature.others == "share"]
    taken, known = _hours(sharing), [held.claim.pool for held in sharing if held.claim.pool is not None]
    if claim.pool is None or not taken or taken + claim.hours <= (pool := max([claim.pool, *known])):
        return
    left = max(pool - taken, NOUGHT)
    rest = f"还可申报 {plain(left)} 学时" if left else "已全部申报"
    yield RuleBroken(f"该成果的全部完成人合计最多 {plain(pool)} 学时，{rest}", "hours")


def _hours(held: Iterable[Held]) -> Decimal:
    """The hours of all claims behind some features, each claim once."""
    return sum({one.claim.source: one.claim.hours for one in held}.values(), NOUGHT)
