"""No code asks which region it runs in (architecture 1)."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "xueshi"
NAMES = sorted(path.parent.name for path in (ROOT / "policies").glob("*/portal.toml"))
BASE = "national"
CHINESE = ("威海", "聊城", "山东", "福建", "福州", "厦门", "泉州", "济南")
WORDS = (*(name for name in NAMES if name != BASE), *CHINESE)
SEEDS = PROGRAM / "portal" / "seeds"
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def spoken(source: str) -> Iterator[str]:
    """Every text and every name of a Python file. Docstrings may give examples and name the manual they follow."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, DOCUMENTED[1:]):
            yield node.name


def named(texts: Iterator[str]) -> set[str]:
    return {word for text in texts for word in WORDS if word in text.lower()}


def sources(pattern: str) -> list[Path]:
    return [path for path in sorted(PROGRAM.rglob(pattern)) if not path.is_relative_to(SEEDS)]


def test_no_region_is_named_in_the_program() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {word}"
        for path in sources("*.py")
        for word in named(spoken(path.read_text(encoding="utf-8")))
    }
    assert found == set()


def test_no_region_is_named_in_a_template() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {word}"
        for path in sources("*.html")
        for word in named(iter([path.read_text(encoding="utf-8")]))
    }
    assert found == set()


def test_the_search_finds_texts_and_names_but_not_docstrings() -> None:
    assert named(spoken('"""威海"""\nx = "weihai"\n')) == {"weihai"}
    assert named(spoken("def of_fujian(): ...\n")) == {"fujian"}
    assert named(spoken('def f():\n    """山东"""\n')) == set()


def test_the_words_looked_for_are_those_of_the_packs() -> None:
    assert NAMES == ["fujian", "liaocheng", "national", "shandong", "weihai"]
