"""No code asks which region it runs in (architecture 1)."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = [path.parent.name for path in (ROOT / "policies").glob("*/portal.toml")]
CHINESE = ("威海", "聊城", "山东", "福建", "福州", "厦门", "泉州", "济南")
BASE = "national"
SEEDS = ROOT / "xueshi" / "portal" / "seeds"


def test_no_region_is_named_in_the_program() -> None:
    words = [*(name for name in NAMES if name != BASE), *CHINESE]
    sources = [
        path
        for kind in ("*.py", "*.html", "*.txt")
        for path in (ROOT / "xueshi").rglob(kind)
        if not path.is_relative_to(SEEDS)
    ]
    named = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in sources
        for word in words
        if word in path.read_text(encoding="utf-8").lower()
    ]
    assert sources
    assert named == []


def test_the_words_looked_for_are_those_of_the_packs() -> None:
    assert sorted(NAMES) == ["fujian", "liaocheng", "national", "shandong", "weihai"]
