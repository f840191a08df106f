"""Copies the files that the browser gets from ``node_modules`` to ``xueshi/ui/static/vendor``.

``xueshi/ui/vendor.txt`` lists them, one ``npm/path -> name`` a line; ``#`` starts a comment. Whole npm packages
would make ``collectstatic`` run for minutes.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "xueshi/ui/vendor.txt"
MODULES = ROOT / "node_modules"
TARGET = ROOT / "xueshi/ui/static/vendor"


def wanted(text: str) -> dict[str, str]:
    """The list as ``{name under vendor/: path under node_modules/}``; a line it cannot read stops the program."""
    files: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.partition("#")[0].strip()
        if not entry:
            continue
        source, arrow, name = (part.strip() for part in entry.partition("->"))
        if not (source and arrow and name) or ".." in Path(name).parts or name in files:
            sys.exit(f"xueshi/ui/vendor.txt:{number}: expected 'npm/path -> new name', got {line!r}")
        files[name.removeprefix("static/").removeprefix("vendor/")] = source
    return files


def same(source: Path, copy: Path) -> bool:
    """Whether the copy is there and not older than its source."""
    return copy.exists() and (copy.stat().st_size, copy.stat().st_mtime) == (source.stat().st_size, source.stat().st_mtime)


def main() -> None:
    """Copy what is missing or changed, remove what is no longer listed."""
    files = wanted(LIST.read_text(encoding="utf-8"))
    for name, path in files.items():
        source, copy = MODULES / path, TARGET / name
        if not source.is_file():
            sys.exit(f"xueshi/ui/vendor.txt: node_modules/{path} does not exist")
        if not same(source, copy):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
    for old in TARGET.rglob("*"):
        if old.is_file() and str(old.relative_to(TARGET)) not in files:
            old.unlink()


if __name__ == "__main__":
    main()
