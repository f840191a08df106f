"""``matrix.py [--missing]``: which requirement rows the tests prove.

Rows are the first cells of the tables in ``docs/requirements/``; a test names the rows it proves with
``@pytest.mark.req("CR-07", …)``. A mark that names an unknown row is an error.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\|\s*([A-Z]+-\d+[a-z]?)\s*\|\s*([^|]*)")
# Rules (F4) and checks (AZ-06) of the security catalogue are marked the same way; their tables stand elsewhere.
CHECK = re.compile(r"^(P\d{1,2}|[A-I]\d{1,2}|(AZ|AC|SS|IN|FU|PR|LR|PY|CC|FT|OP|AX|GV|INV)-\d\d)$")


def rows() -> dict[str, str]:
    """Every row and its first sentence."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "docs/requirements").glob("*.md")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := ROW.match(line):
                found.setdefault(match[1], match[2].strip())
    return found


def is_requirement(name: str) -> bool:
    """Readings of unclear sentences may be marked too, but they are no requirements of their own."""
    return not name.startswith("AMB-")


def _names(call: ast.Call) -> Iterator[tuple[str, int]]:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "req":
        for word in call.args:
            if isinstance(word, ast.Constant) and isinstance(word.value, str):
                yield word.value, word.lineno


def marks() -> dict[str, list[str]]:
    """Every row named by a ``req`` mark, with the places that name it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for name, line in _names(node):
                    found[name].append(f"{path.relative_to(ROOT)}:{line}")
    return found


def main(show_missing: bool) -> int:
    """Print the share per prefix; 1 when a mark names no row."""
    known, proved = rows(), marks()
    unknown = sorted(name for name in proved if name not in known and not CHECK.match(name))
    groups: dict[str, list[str]] = defaultdict(list)
    for name in filter(is_requirement, known):
        groups[name.split("-")[0]].append(name)
    lines = [f"{'prefix':8}{'rows':>6}{'proved':>8}{'share':>8}"]
    for prefix, names in groups.items():
        done = [name for name in names if name in proved]
        lines.append(f"{prefix:8}{len(names):6}{len(done):8}{len(done) / len(names):8.0%}")
        if show_missing:
            lines += [f"    {name}  {known[name]}" for name in names if name not in proved]
    wanted = [name for names in groups.values() for name in names]
    total = sum(name in proved for name in wanted)
    lines.append(f"{'all':8}{len(wanted):6}{total:8}{total / len(wanted):8.0%}")
    lines += [f"{place}: mark names unknown row {name}" for name in unknown for place in proved[name]]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main("--missing" in sys.argv[1:]))
