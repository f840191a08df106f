"""Images of the record: shown to their owner, and to the desks of a change."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.people import selectors
from xueshi.policies.requests import actor_of
from xueshi.policies.uploads import scan_of
from xueshi.ui.images import image_answer
from xueshi.ui.parts import Scan
from xueshi.ui.routes import route


def own_scan(file: StoredFile) -> Scan:
    """An image as its owner's page lists it."""
    return scan_of(file, reverse("people:scan", args=[file.key]))


def change_scan(case_id: int, file: StoredFile, when: str) -> Scan:
    """An image of a change as its readers' page lists it."""
    url = reverse("people:change_scan", args=[case_id, file.key])
    return scan_of(file, url, name=f"{when}：{file.name}")


@route(object_kind="files.storedfile")
def scan(request: HttpRequest, key: str) -> HttpResponse:
    """An image of one's own record."""
    file = selectors.own_scan(actor_of(request), key)
    if file is None:
        raise NotFound
    return image_answer(file, files.read(file))


@route(object_kind="reviews.reviewcase")
def change_scan_view(request: HttpRequest, case_id: int, key: str) -> HttpResponse:
    """An image of a change, for whoever may see the change (E7)."""
    file = selectors.scan_for(actor_of(request), case_id, key)
    return image_answer(file, files.read(file))
