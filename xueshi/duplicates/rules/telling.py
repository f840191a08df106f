"""What two claims have in common, in a reviewer's words."""

from collections.abc import Iterable
from datetime import date

from xueshi.duplicates.rules.judging import LABELS, Feature, Held, Source

_ORDER = {kind: place for place, kind in enumerate(LABELS)}


def told(common: Iterable[tuple[Feature, Held]]) -> dict[Source, tuple[str, ...]]:
    """For each other claim what is the same, the surest first; claims with the surest sign come first too."""
    by_source: dict[Source, list[tuple[Feature, Feature]]] = {}
    for feature, held in sorted(
        common, key=lambda pair: (_ORDER[pair[0].kind], pair[0].place, pair[1].claim.source.pk)
    ):
        by_source.setdefault(held.claim.source, []).append((feature, held.feature))
    return {source: tuple(dict.fromkeys(_sentences(pairs))) for source, pairs in by_source.items()}


def _sentences(pairs: list[tuple[Feature, Feature]]) -> list[str]:
    """One sentence each; a picture that is the very same file is not called alike as well."""
    equal = {(one.place, two.place) for one, two in pairs if one.kind == "file"}
    return [_sentence(one, two) for one, two in pairs if one.kind != "picture" or (one.place, two.place) not in equal]


def _sentence(one: Feature, two: Feature) -> str:
    if one.kind == "file":
        return f"附件 {one.place} 与其附件 {two.place} 是同一文件"
    if one.kind == "picture":
        return f"附件 {one.place} 与其附件 {two.place} 图像相近"
    if one.kind == "days":
        first, last = _common_days(one, two)
        return f"培训日期重叠：{first:%Y-%m-%d}" + (f" 至 {last:%Y-%m-%d}" if last != first else "")
    return f"{LABELS[one.kind]}相同".strip()


def _common_days(one: Feature, two: Feature) -> tuple[date, date]:
    starts = [feature.starts_on for feature in (one, two) if feature.starts_on is not None]
    ends = [feature.ends_on for feature in (one, two) if feature.ends_on is not None]
    return max(starts), min(ends)
