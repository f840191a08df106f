"""Questions to a visitor: a picture, or a proof of work for those who cannot or need not read one (B5).

An answer counts once, in the session and for the purpose it was asked for.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta

from altcha import v1 as altcha
from captcha.image import ImageCaptcha
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.db.models import QuerySet

from xueshi.accounts.models import Challenge
from xueshi.kernel import clock, one_time
from xueshi.kernel.errors import NotFound

LIFE = timedelta(minutes=5)
_ALPHABET = "2345678ABCDEFHJKMNPQRTUVWXYZ"  # nothing that looks like something else
_LENGTH = 4
_EFFORT = 50_000
_SPEND = """
UPDATE accounts_challenge SET used_at = %s
 WHERE id = %s AND purpose = %s AND session_digest = %s AND used_at IS NULL AND expires_at > %s
RETURNING answer_digest
"""
_PROOF = {"algorithm": str, "challenge": str, "number": int, "salt": str, "signature": str}
_PICTURES = ImageCaptcha(width=120, height=44, font_sizes=(30, 34))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is asked: the visitor's session and what it is asked for."""

    session_key: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a form posts back: the picture's id and text, or the proof of work."""

    picture_id: str = ""
    text: str = ""
    proof: str = ""


PURPOSES = frozenset({"login", "recovery", "register", "verify"})


def place_of(session: SessionBase, purpose: str) -> Place:
    """Where a visitor is asked; a visitor without a session gets one. ``NotFound`` for an unknown purpose."""
    if purpose not in PURPOSES:
        raise NotFound
    if session.session_key is None:
        session["visited"] = True
        session.save()
    return Place(session.session_key or "", purpose)


def _fresh_text() -> str:
    fixed: str = settings.TEST_CAPTCHA
    return fixed.upper() or "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def new_picture(place: Place) -> str:
    """Ask with a picture; returns its id. Drawing it is ``draw``."""
    text = _fresh_text()
    return _remember(place, text.upper(), one_time.token())


def draw(place: Place, picture_id: str) -> bytes | None:
    """The PNG of a live question of this session with a fresh text; a redrawn picture makes the old text worthless."""
    text = _fresh_text()
    redrawn = _live(place).filter(pk=picture_id).update(answer_digest=_digest(text.upper()))
    return bytes(_PICTURES.generate(text, format="png").getvalue()) if redrawn else None


def new_proof(place: Place) -> dict[str, object]:
    """Ask for a proof of work, in the ALTCHA protocol."""
    task = altcha.create_challenge(
        altcha.ChallengeOptions(algorithm="SHA-256", max_number=_EFFORT, hmac_key=settings.SECRET_KEY)
    )
    _remember(place, task.challenge, _digest(task.challenge))  # found again by what is posted back
    return {
        "algorithm": task.algorithm, "challenge": task.challenge, "maxnumber": _EFFORT, "salt": task.salt,
        "signature": task.signature,
    }  # fmt: skip


def passes(place: Place, answer: Answer) -> bool:
    """Whether the visitor answered; whatever they answered, the question is spent."""
    if answer.proof:
        return _proved(place, answer.proof)
    picture_id = one_time.sent_back(answer.picture_id)
    if not picture_id:
        return False
    found = _spend(place, picture_id)
    return found is not None and hmac.compare_digest(found, _digest(answer.text.strip().upper()))


def _proved(place: Place, proof: str) -> bool:
    try:
        payload = json.loads(base64.b64decode(proof, validate=True))
        if not _is_proof(payload):
            return False
        solved, _reason = altcha.verify_solution(payload, settings.SECRET_KEY, check_expires=False)
    except ValueError:  # no base64, no JSON, or half a surrogate in it
        return False
    return solved and _spend(place, _digest(payload["challenge"])) is not None


def _is_proof(payload: object) -> bool:
    """Whether a proof has the shape that the protocol gives it, on which the library relies (IN-02)."""
    return isinstance(payload, dict) and all(isinstance(payload.get(name), kind) for name, kind in _PROOF.items())


def _spend(place: Place, question_id: str) -> str | None:
    """The digest of the answer that is wanted, for whoever comes first: spent and read in one statement."""
    now = clock.now()
    with connection.cursor() as cursor:  # rule 6: a listed module
        cursor.execute(_SPEND, [now, question_id, place.purpose, _digest(place.session_key), now])
        (digest,) = cursor.fetchone() or (None,)
    return digest


def _live(place: Place) -> QuerySet[Challenge]:
    return Challenge.objects.filter(  # rule 1: our own questions
        purpose=place.purpose,
        session_digest=_digest(place.session_key),
        used_at=None,
        expires_at__gt=clock.now(),
    )


def _remember(place: Place, text: str, question_id: str) -> str:
    Challenge.objects.create(  # rule 1: our own questions
        id=question_id,
        purpose=place.purpose,
        session_digest=_digest(place.session_key),
        answer_digest=_digest(text),
        expires_at=clock.now() + LIFE,
    )
    return question_id


def _digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"challenge\0" + text.encode(), hashlib.sha256).hexdigest()[:48]


def sweep() -> int:
    """Delete questions nobody can answer any more."""
    return Challenge.objects.filter(expires_at__lt=clock.now()).delete()[0]  # rule 1: our own questions
