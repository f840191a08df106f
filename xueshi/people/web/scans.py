"""Images of the record: taken in with a form, shown to their owner, and to the desks of a change."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.organisations.actors import Actor
from xueshi.people import selectors
from xueshi.policies.packs import Pack
from xueshi.policies.requests import actor_of
from xueshi.ui.images import image_answer, size_of
from xueshi.ui.parts import Scan
from xueshi.ui.routes import route
from xueshi.ui.spec_fields import Asked


class Store:
    """Keeps what a form of this person uploads, within the pack's limits, and knows it again by its key."""

    def __init__(self, actor: Actor, pack: Pack) -> None:
        self.actor, self.pack = actor, pack

    def __call__(self, asked: Asked, sent: "UploadedFile[Any]") -> Scan:
        """Store one file; ``RuleBroken`` says what is wrong with it."""
        limit = self.pack.upload(asked.upload)
        upload = files.Upload(sent.name or "", sent.read(), self.actor.user.pk)
        return own_scan(files.store_image(upload, files.ImageLimit(limit.max_bytes, limit.extensions), field=asked.key))

    def stored(self, key: str) -> Scan | None:
        """The image behind a key, None when it is not this person's."""
        file = self.file(key)
        return own_scan(file) if file is not None else None

    def file(self, key: str) -> StoredFile | None:
        """The stored file behind a key, None when it is not this person's."""
        return selectors.own_scan(self.actor, key)


def own_scan(file: StoredFile) -> Scan:
    """An image as its owner's page lists it."""
    return Scan(key=file.key, name=file.name, url=reverse("people:scan", args=[file.key]), size=size_of(file.size))


def change_scan(case_id: int, file: StoredFile, when: str) -> Scan:
    """An image of a change as its readers' page lists it."""
    url = reverse("people:change_scan", args=[case_id, file.key])
    return Scan(key=file.key, name=f"{when}：{file.name}", url=url, size=size_of(file.size))


@route(object_kind="files.storedfile")
def scan(request: HttpRequest, key: str) -> HttpResponse:
    """An image of one's own record."""
    file = selectors.own_scan(actor_of(request), key)
    if file is None:
        raise NotFound
    return image_answer(files.read(file), file.content_type, file.name)


@route(object_kind="reviews.reviewcase")
def change_scan_view(request: HttpRequest, case_id: int, key: str) -> HttpResponse:
    """An image of a change, for whoever may see the change (E7)."""
    file = selectors.scan_for(actor_of(request), case_id, key)
    return image_answer(files.read(file), file.content_type, file.name)
