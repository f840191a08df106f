"""Evidence on its way in and out: signed keys for uploads not yet saved, previews, the files themselves."""

from collections.abc import Iterable
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from xueshi.declarations import selectors
from xueshi.declarations.models import Declaration, Evidence
from xueshi.declarations.web import papers
from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.organisations.actors import Actor
from xueshi.policies.access import Upload
from xueshi.policies.requests import actor_of
from xueshi.policies.uploads import scan_of
from xueshi.ui import parts
from xueshi.ui.images import image_answer
from xueshi.ui.routes import route

_SALT = "declarations.evidence"
_DAY = 24 * 3600


def key_of(actor: Actor, file: StoredFile) -> str:
    """What the page carries for a stored file: signed, for this user only, good for a day."""
    return signing.dumps([actor.user.pk, file.pk], salt=_SALT)


def opened(actor: Actor, key: str) -> int | None:
    """The file behind a key; None when it is not ours, of another user, or stale."""
    try:
        user_id, file_id = signing.loads(key, salt=_SALT, max_age=_DAY)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return file_id if user_id == actor.user.pk and isinstance(file_id, int) else None


def scans_of(actor: Actor, keys: Iterable[str]) -> dict[str, parts.Scan]:
    """The previews behind keys, in one query; keys that are not the actor's are left out."""
    wanted = {key: pk for key in keys if (pk := opened(actor, key)) is not None}
    found = selectors.own_files(actor, wanted.values())
    return {key: scan(actor, found[pk], key) for key, pk in wanted.items() if pk in found}


def scan(actor: Actor, file: StoredFile, key: str = "") -> parts.Scan:
    """The preview of an upload that no declaration holds yet."""
    key = key or key_of(actor, file)
    return scan_of(file, reverse("declarations:upload", args=[key]), key)


def evidence_scans(declaration: Declaration, evidence: Iterable[Evidence]) -> list[parts.Scan]:
    """The images of a declaration for its readers."""
    return [
        scan_of(one.file, reverse("declarations:evidence", args=[declaration.pk, one.position]), str(one.position))
        for one in evidence
    ]


def store(actor: Actor, limit: Upload, file: "UploadedFile[Any]") -> StoredFile:
    """Check and keep one image, or a PDF where the pack allows them; ``RuleBroken`` says what is wrong with it."""
    name, content = file.name or "", file.read()
    upload = files.Upload(name, content, actor.user.pk)
    known = files.ImageLimit(limit.max_bytes, limit.extensions)
    if papers.PAPER not in limit.extensions or not papers.is_paper(name):
        return files.store_image(upload, known, field="evidence")
    papers.require_still(name, content)
    return files.store_paper(upload, known, field="evidence")


@route(object_kind="files.storedfile")
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """The preview of an upload in a form that is not saved yet; only for who uploaded it."""
    actor = actor_of(request)
    pk = opened(actor, key)
    found = selectors.own_files(actor, [pk]) if pk is not None else {}
    if pk is None or pk not in found:
        raise NotFound
    return image_answer(found[pk], files.read(found[pk]))


@route(object_kind="declarations.declaration")
def evidence(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """One image of a declaration, for whoever may see the declaration (A12)."""
    file = selectors.evidence_file(actor_of(request), pk, position)
    return image_answer(file, files.read(file))
