"""``make check``: everything that can be said about the code without running it; ``check.py NAME`` runs one part."""

import ast
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LOCKS = ("requirements.lock", "package-lock.json", "tools/uv.lock", "tools/node.lock")
ADDRESS = re.compile(r"\b(https?|file|ftp|git|ssh)(\+\w+)?:")
LONGEST_FILE, LONGEST_FUNCTION = 400, 40


def _tool(*words: str) -> Callable[[], int]:
    return lambda: subprocess.run([str(BIN / words[0]), *words[1:]], cwd=ROOT, check=False).returncode


def _manage(*words: str) -> Callable[[], int]:
    return _tool("python", "-m", "xueshi", *words)


def _report(lines: Iterator[str]) -> int:
    found = list(lines)
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def addresses() -> Iterator[str]:
    """Lock files carry names, versions and hashes only, so that they serve every mirror."""
    for name in LOCKS:
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1):
            if ADDRESS.search(line):
                yield f"{name}:{number}: an address in a lock file; run tools/lock"


def sources() -> Iterator[Path]:
    """The Python files that people write."""
    for folder in ("xueshi", "tools", "tests"):
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def lengths() -> Iterator[str]:
    """A file of more than 400 lines and a function of more than 40 want to be two."""
    for path in sources():
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        if (count := text.count("\n")) > LONGEST_FILE:
            yield f"{name}: {count} lines, at most {LONGEST_FILE}"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > LONGEST_FUNCTION:
                    yield f"{name}:{node.lineno}: {node.name} has {size} lines, at most {LONGEST_FUNCTION}"


def templates() -> Iterator[str]:
    """Every template of every app compiles."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xueshi.config.settings")
    sys.path.insert(0, str(ROOT))
    import django
    from django.template import TemplateSyntaxError, engines

    django.setup()
    for folder in sorted((ROOT / "xueshi").glob("*/templates")):
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            try:
                engines["django"].get_template(str(path.relative_to(folder)))
            except (TemplateSyntaxError, UnicodeDecodeError) as problem:
                yield f"{path.relative_to(ROOT)}: {problem}"


PARTS: dict[str, Callable[[], int]] = {
    "style": _tool("ruff", "check", "."),
    "format": _tool("ruff", "format", "--check", "."),
    "lengths": lambda: _report(lengths()),
    "rules": _tool("python", "tools/rules.py"),
    "locks": lambda: _report(addresses()),
    "arrows": _tool("lint-imports"),
    "types": _tool("mypy"),
    "templates": lambda: _report(templates()),
    "migrations": _manage("makemigrations", "--check", "--dry-run"),
    "packs": _manage("check", "--fail-level", "WARNING"),
    "routes": _manage("routes", "--check"),
    "static": _manage("collectstatic", "--no-input", "--dry-run", "--verbosity", "0"),
    "marks": _tool("python", "tools/matrix.py"),
}


def main(chosen: list[str]) -> int:
    """Run the parts, all of them even when one fails, and say at the end which failed."""
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"check: no part {sorted(unknown)}; there are {', '.join(PARTS)}")
    failed = []
    for name in chosen or PARTS:
        sys.stdout.write(f"── {name}\n")
        sys.stdout.flush()
        begun = time.monotonic()
        code = PARTS[name]()
        if code:
            failed.append(name)
        sys.stdout.write(f"   {name}: {'FAILED' if code else 'ok'} ({time.monotonic() - begun:.1f} s)\n")
        sys.stdout.flush()
    sys.stdout.write(f"check: {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
