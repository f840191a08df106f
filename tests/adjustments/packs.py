"""The packs of the program with requirement events switched on; whatever else they say stays."""

import re
import shutil
from pathlib import Path

from xueshi.policies.events import EventKind

LEVELS = """
[[requirement.levels]]
key = "junior"
total = 40
minimums = [{ key = "public", hours = 24 }]
source = "徐州, older rule"
mark = "C"

"""


def switched_on(source: Path, folder: Path, *kinds: EventKind, prorated: bool = False, levels: str = "") -> Path:
    """A copy of the packs below ``folder`` with these kinds on and no other, all of them without any."""
    root = _without_events(source, folder)
    rules = root / "national/2016.toml"
    text = rules.read_text(encoding="utf-8")
    for kind in kinds or EventKind:
        more = "\nprorated = true" if prorated and kind in {EventKind.START, EventKind.END} else ""
        text, changed = re.subn(rf'(\[\[events\]\]\nkey = "{kind}")', rf"\g<1>\nenabled = true{more}", text)
        assert changed == 1
    if levels:
        text = text.replace("[precision]\n", f"{levels}[precision]\n", 1)
    rules.write_text(text, encoding="utf-8")
    return root


def switched_off(source: Path, folder: Path) -> Path:
    """A copy of the packs below ``folder`` in which no kind is on, nor the module."""
    root = _without_events(source, folder)
    access = root / "national/access.toml"
    text = access.read_text(encoding="utf-8")
    assert text.count(' "adjustments",') == 1
    access.write_text(text.replace(' "adjustments",', ""), encoding="utf-8")
    return root


def _without_events(source: Path, folder: Path) -> Path:
    root = Path(shutil.copytree(source, folder / "policies"))
    rules = root / "national/2016.toml"
    text, off = re.subn(r'(\[\[events\]\]\nkey = "\w+")\nenabled = true', r"\g<1>", rules.read_text(encoding="utf-8"))
    assert off >= 1
    rules.write_text(text, encoding="utf-8")
    return root
