"""Images of proof: taken in with the form, shown to their owner, and to the desks of an event."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xueshi.adjustments import selectors
from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.organisations.actors import Actor
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
        return _own(files.store_image(upload, files.ImageLimit(limit.max_bytes, limit.extensions), field=asked.key))

    def stored(self, key: str) -> Scan | None:
        """The image behind a key, None when it is not this person's."""
        file = self.file(key)
        return _own(file) if file is not None else None

    def file(self, key: str) -> StoredFile | None:
        """The stored file behind a key, None when it is not this person's."""
        return selectors.own_upload(self.actor, key)


def _own(file: StoredFile) -> Scan:
    url = reverse("adjustments:upload", args=[file.key])
    return Scan(key=file.key, name=file.name, url=url, size=size_of(file.size))


def proof_scan(case_id: int, file: StoredFile) -> Scan:
    """An image of an event as its readers' page lists it."""
    url = reverse("adjustments:proof", args=[case_id, file.key])
    return Scan(key=file.key, name=file.name, url=url, size=size_of(file.size))


@route(object_kind="files.storedfile")
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """The preview of an upload in a form that is not sent yet; only for who uploaded it."""
    file = selectors.own_upload(actor_of(request), key)
    if file is None:
        raise NotFound
    return _answer(file)


@route(object_kind="reviews.reviewcase")
def proof(request: HttpRequest, case_id: int, key: str) -> HttpResponse:
    """An image of an event, for whoever may see the event (E7)."""
    return _answer(selectors.proof_for(actor_of(request), case_id, key))


def _answer(file: StoredFile) -> HttpResponse:
    return image_answer(files.read(file), file.content_type, file.name)
