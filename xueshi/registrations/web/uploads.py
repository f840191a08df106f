"""Scans of a form under way: stored at once, known only by a signed token that belongs to that form."""

from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.policies import uploads
from xueshi.policies.packs import Pack
from xueshi.registrations import selectors
from xueshi.ui.images import image_answer
from xueshi.ui.parts import Scan
from xueshi.ui.routes import route
from xueshi.ui.spec_fields import Asked

_SALT = "registrations.file"
_MAX_AGE = 24 * 3600


class Store:
    """Takes the files of one form in, within the pack's limits (ORG-09)."""

    def __init__(self, pack: Pack, form_key: str, user_id: int | None) -> None:
        self.pack, self.form_key, self.user_id = pack, form_key, user_id

    def __call__(self, asked: Asked, sent: "UploadedFile[Any]") -> Scan:
        """Store one file; ``RuleBroken`` says what is wrong with it."""
        kept = uploads.taken_in(self.pack, asked, sent, self.user_id)
        return scan_of(kept, self.token(kept))

    def token(self, file: StoredFile) -> str:
        """The name under which this form, and no other, may mention the file."""
        return signing.dumps([file.key, self.form_key], salt=_SALT)

    def stored(self, token: str) -> Scan | None:
        """The file behind a token of this form, None for any other text."""
        file = self.file(token)
        return scan_of(file, token) if file is not None else None

    def file(self, token: str) -> StoredFile | None:
        """The stored file behind a token of this form."""
        try:
            key, form_key = signing.loads(token, salt=_SALT, max_age=_MAX_AGE)
        except signing.BadSignature:
            return None
        found = selectors.stored_files([str(key)]) if form_key == self.form_key else []
        return found[0] if found else None


def scan_of(file: StoredFile, token: str) -> Scan:
    """A file of a form under way, as the form lists it."""
    return uploads.scan_of(file, reverse("registrations:upload", args=[token]), token)


@route(public=True)
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """A scan of a form under way, for whoever holds its token."""
    try:
        key, _form_key = signing.loads(token, salt=_SALT, max_age=_MAX_AGE)
    except signing.BadSignature:
        raise NotFound from None
    found = selectors.stored_files([str(key)])
    if not found:
        raise NotFound
    return image_answer(found[0], files.read(found[0]))
