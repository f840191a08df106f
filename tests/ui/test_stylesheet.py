"""The served stylesheet is Tabler's without what cannot apply, and nothing that applies has gone with it."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

import xueshi
from xueshi.ui.finders import vendor_files

ORIGINAL = Path(settings.NODE_MODULES) / "@tabler/core/dist/css/tabler.min.css"
SERVED = Path(settings.NODE_MODULES) / vendor_files()["vendor/tabler.min.css"]
CLASS = re.compile(r'\bclass(?:Name)?\s*=\s*\\?"([^"]*)"')
NAME = re.compile(r"[A-Za-z][\w-]*")
RULE = re.compile(r"([^{};]+)\{[^{}]*\}")


@cache
def attributes() -> tuple[tuple[str, str], ...]:
    """What stands between the quotes of every ``class`` that we write, with the file's name."""
    files = (path for kind in ("html", "js", "py") for path in sorted(Path(xueshi.__file__).parent.rglob(f"*.{kind}")))
    return tuple((path.name, found) for path in files for found in CLASS.findall(path.read_text(encoding="utf-8")))


def selectors(sheet: Path) -> Iterator[str]:
    """Every selector; those with brackets of their own, which may hold commas, are left out."""
    for rule in RULE.findall(sheet.read_text(encoding="utf-8")):
        yield from () if "(" in rule else rule.split(",")


def test_every_rule_for_what_the_pages_name_is_served() -> None:
    named = {name for _, text in attributes() for name in NAME.findall(text)}
    can_apply = {
        one
        for one in selectors(ORIGINAL)
        if "#" not in one and "[data-" not in one and named.issuperset(re.findall(r"\.([A-Za-z][\w-]*)", one))
    }
    assert {".btn-primary", ".form-control:focus", ":root", ":focus-visible", "blockquote"} <= can_apply
    assert can_apply - set(selectors(SERVED)) == set()


def test_what_the_pages_do_not_name_is_not_served() -> None:
    assert SERVED.stat().st_size * 3 <= ORIGINAL.stat().st_size


def test_no_class_is_put_together_from_halves() -> None:
    """``btn-{{ kind }}`` names no class that trimming could keep."""
    assert [(name, text) for name, text in attributes() if re.search(r"-\{|\}-", text)] == []
