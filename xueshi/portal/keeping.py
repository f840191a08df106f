"""What was typed into a form whose session had ended meanwhile: kept, sealed, for the hour until its owner is back.

It lies encrypted in the server's session of the browser, never in the browser (C11), and opens only for the account
that was signed in there before. Passwords, codes and files are not kept: the page that gives the form back says so.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from xueshi.kernel import clock, crypto
from xueshi.ui.resubmission import Field, fields_of

SESSION_KEY = "kept"
LIFE = timedelta(hours=1)
LONGEST = 200_000
"""Characters; a longer form is not kept."""
_SEALED_AS = "kept-form"


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: where to, and its fields; ``files``: it had files, which must be chosen anew."""

    path: str
    fields: tuple[Field, ...]
    files: bool


def keep(request: HttpRequest, owner_id: int | None) -> bool:
    """Keep what this request posted for ``owner_id``; false when nobody is known, or there is nothing or too much."""
    fields = fields_of(request)
    if owner_id is None or not fields:
        return False
    body = {
        "owner": owner_id,
        "at": clock.now().timestamp(),
        "path": request.get_full_path(),
        "fields": fields,
        "files": bool(request.FILES),
    }
    text = json.dumps(body, ensure_ascii=False)
    if len(text) > LONGEST:
        return False
    request.session[SESSION_KEY] = urlsafe_b64encode(crypto.encrypt(text, context=_SEALED_AS)).decode()
    return True


def kept_for(session: SessionBase, user_id: int) -> Kept | None:
    """What this session keeps for its owner; None for anybody else, and when its hour is over."""
    try:
        body = json.loads(crypto.decrypt(urlsafe_b64decode(session.get(SESSION_KEY, "")), context=_SEALED_AS))
    except (ValueError, InvalidTag):
        return None
    if body["owner"] != user_id or clock.now() - datetime.fromtimestamp(body["at"], UTC) > LIFE:
        return None
    return Kept(body["path"], tuple((name, value) for name, value in body["fields"]), body["files"])


def forget(session: SessionBase) -> None:
    """Keep nothing any more."""
    session.pop(SESSION_KEY, None)
