"""Serves the npm files named in ``vendor.txt`` under ``static/vendor/``."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

LIST = Path(__file__).with_name("vendor.txt")


def vendor_files() -> dict[str, str]:
    """Path under ``static/`` → path under ``node_modules``, as ``vendor.txt`` says."""
    lines = (line.split("#")[0].split() for line in LIST.read_text(encoding="utf-8").splitlines())
    return {f"vendor/{served}": source for source, served in (parts for parts in lines if parts)}


class VendorFinder(BaseFinder):
    """Finds exactly the listed files; a missing one is reported by ``collectstatic``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.root = Path(settings.NODE_MODULES)
        self.files = vendor_files()

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to configure."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The absolute path of a listed file, or an empty list."""
        source = self.files.get(path)
        if source is None or not (self.root / source).is_file():
            return []
        found = str(self.root / source)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, "VendorStorage"]]:
        """All listed files with the storage that opens them."""
        storage = VendorStorage(self.root, self.files)
        for served in self.files:
            yield served, storage


class VendorStorage(FileSystemStorage):
    """Opens a served path at its place under ``node_modules``."""

    def __init__(self, root: Path, files: dict[str, str]) -> None:
        super().__init__(location=root)
        self.files = files
        self.prefix = ""

    def path(self, name: str) -> str:
        """Where the file lies; names outside the list do not exist."""
        return super().path(self.files.get(name, name))
