"""Images of proof: shown to their owner, and to the desks of an event."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xueshi.adjustments import selectors
from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.policies.requests import actor_of
from xueshi.policies.uploads import scan_of
from xueshi.ui.images import image_answer
from xueshi.ui.parts import Scan
from xueshi.ui.routes import route


def proof_scan(case_id: int, file: StoredFile) -> Scan:
    """An image of an event as its readers' page lists it."""
    return scan_of(file, reverse("adjustments:proof", args=[case_id, file.key]))


@route(object_kind="files.storedfile")
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """The preview of an upload in a form that is not sent yet; only for who uploaded it."""
    file = selectors.own_upload(actor_of(request), key)
    if file is None:
        raise NotFound
    return image_answer(file, files.read(file))


@route(object_kind="reviews.reviewcase")
def proof(request: HttpRequest, case_id: int, key: str) -> HttpResponse:
    """An image of an event, for whoever may see the event (E7)."""
    file = selectors.proof_for(actor_of(request), case_id, key)
    return image_answer(file, files.read(file))
