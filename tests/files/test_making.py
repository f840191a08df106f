"""Files that the program makes piece by piece."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from xueshi.files import services
from xueshi.files.models import StoredFile

pytestmark = pytest.mark.django_db


def on_disk() -> set[Path]:
    return {path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()}


def test_a_file_is_stored_as_it_is_written() -> None:
    made = services.Made("清单.zip", "application/zip", lambda out: out.writelines([b"one ", b"two"]))
    file = services.store_made(made, None)
    assert (services.read(file), file.size, file.name, file.content_type) == (
        b"one two",
        7,
        "清单.zip",
        made.content_type,
    )
    assert file.digest == file.source_digest == hashlib.sha256(b"one two").hexdigest()
    assert services.verify(file)


def test_what_breaks_off_leaves_nothing() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the disk is full")

    before = on_disk()
    with pytest.raises(OSError, match="full"):
        services.store_made(services.Made("a.zip", "application/zip", lambda out: out.writelines(pieces())), None)
    assert (on_disk(), StoredFile.objects.count()) == (before, 0)
