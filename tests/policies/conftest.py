"""A folder of packs to plant mistakes in."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from xueshi.policies.loading import load
from xueshi.policies.parsing import PackError

type Refusal = Callable[[], str]


class Planted:
    """A copy of two real packs; ``change`` plants, ``refusal`` loads and gives the message."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def change(self, file: str, old: str, new: str) -> int:
        """Replace the first ``old``; the line where the change stands."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def append(self, file: str, text: str) -> int:
        """Write at the end; the line where the first line of it stands."""
        path = self.root / file
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.parent.mkdir(exist_ok=True)
        path.write_text(before + text, encoding="utf-8")
        return before.count("\n") + 1

    def refusal(self) -> str:
        """The message with which the folder is refused."""
        with pytest.raises(PackError) as caught:
            load(self.root)
        return str(caught.value)


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    """A base pack and one region, copied."""
    source = Path(settings.POLICIES_ROOT)
    root = tmp_path / "policies"
    for name in ("catalogues", "national", "fujian"):
        shutil.copytree(source / name, root / name)
    return Planted(root)
