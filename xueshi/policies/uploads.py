"""Images of a form: taken in within the limits of the pack, listed, known again by their key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.organisations.actors import Actor
from xueshi.policies.packs import Pack
from xueshi.ui.images import IMAGES, size_of
from xueshi.ui.parts import Scan
from xueshi.ui.spec_fields import Asked


def taken_in(pack: Pack, asked: Asked, sent: "UploadedFile[Any]", user_id: int | None) -> StoredFile:
    """Store one image that answers a question; ``RuleBroken`` beside that question says what is wrong with it."""
    limit = pack.upload(asked.upload)
    upload = files.Upload(sent.name or "", sent.read(), user_id)
    return files.store_image(upload, files.ImageLimit(limit.max_bytes, limit.extensions), field=asked.key)


def scan_of(file: StoredFile, url: str, key: str = "", name: str = "") -> Scan:
    """A stored file as a page lists it, at an address that asks for the permission to see it."""
    image = file.content_type in IMAGES
    return Scan(key=key or file.key, name=name or file.name, url=url, image=image, size=size_of(file.size))


@dataclass(frozen=True, slots=True)
class OwnUploads:
    """Keeps what a form of this person uploads, and knows it again by its key.

    ``find`` tells which files are the person's own, ``address`` names the route that shows one of them.
    """

    actor: Actor
    pack: Pack
    find: Callable[[Actor, str], StoredFile | None]
    address: str

    def __call__(self, asked: Asked, sent: "UploadedFile[Any]") -> Scan:
        """Store one file; ``RuleBroken`` says what is wrong with it."""
        return self._scan(taken_in(self.pack, asked, sent, self.actor.user.pk))

    def stored(self, key: str) -> Scan | None:
        """The image behind a key, None when it is not this person's."""
        file = self.file(key)
        return self._scan(file) if file is not None else None

    def file(self, key: str) -> StoredFile | None:
        """The stored file behind a key, None when it is not this person's."""
        return self.find(self.actor, key)

    def _scan(self, file: StoredFile) -> Scan:
        return scan_of(file, reverse(self.address, args=[file.key]))
