"""Every word the program asks a pack for exists in every pack."""

import re
from pathlib import Path

from xueshi.policies import registry

ROOT = Path(__file__).resolve().parents[2] / "xueshi"
USES = (re.compile(r"\.word\(\s*[\"']([a-z_.]+)[\"']"), re.compile(r"{%\s*word\s+[\"']([a-z_.]+)[\"']"))


def asked() -> dict[str, str]:
    """Words named literally, with the file that names them."""
    files = [path for kind in ("*.py", "*.html") for path in ROOT.rglob(kind)]
    return {
        word: str(path.relative_to(ROOT))
        for path in files
        for use in USES
        for word in use.findall(path.read_text(encoding="utf-8"))
    }


def test_every_word_asked_for_exists() -> None:
    unknown = [
        f"{file}: {word} ({pack.key})"
        for word, file in asked().items()
        for pack in registry.packs()
        if word not in pack.words
    ]
    assert unknown == []


def test_all_packs_hold_the_same_words() -> None:
    first, *others = registry.packs()
    assert [pack.key for pack in others if set(pack.words) != set(first.words)] == []
