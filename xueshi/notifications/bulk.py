"""Many rows at once, each effect once: what is there already stays as it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from xueshi.kernel import clock
from xueshi.notifications.models import Message, Note
from xueshi.notifications.states import Channel, MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What to send. ``key`` names the effect and is written once; after ``expires_at`` it is not worth sending.

    ``hollow``: write and queue it like any other, and never send it (B2).
    """

    key: str
    portal: str
    channel: Channel
    recipient: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None
    hollow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDraft:
    """What to tell somebody inside the program; ``template`` is one of ``wording.NOTES``."""

    key: str
    user_id: int
    portal: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict)
    url: str = ""


def message(letter: Letter, now: datetime) -> Message:
    """The row of a letter, due at once."""
    return Message(
        key=letter.key,
        portal=letter.portal,
        channel=letter.channel,
        template=letter.template,
        recipient=letter.recipient,
        values=json.dumps(dict(letter.values), ensure_ascii=False),
        hollow=letter.hollow,
        created_at=now,
        due_at=now,
        expires_at=letter.expires_at,
    )


def add_messages(letters: Sequence[Letter]) -> list[int]:
    """Put letters into the outbox; the keys of those that wait there now."""
    now = clock.now()
    Message.objects.bulk_create([message(one, now) for one in letters], ignore_conflicts=True)  # rule 1: writes only
    written = Message.objects.filter(  # rule 1: as above
        key__in=[one.key for one in letters], state=MessageState.WAITING
    )
    return list(written.order_by("pk").values_list("pk", flat=True))


def add_notes(drafts: Sequence[NoteDraft]) -> frozenset[str]:
    """Write notes; the keys of those that were not there before."""
    known = _known([one.key for one in drafts])
    fresh = {one.key: one for one in drafts if one.key not in known}
    now = clock.now()
    rows = [
        Note(
            user_id=one.user_id, key=one.key, portal=one.portal, template=one.template,
            values=dict(one.values), url=one.url, created_at=now,
        )
        for one in fresh.values()
    ]  # fmt: skip
    Note.objects.bulk_create(rows, ignore_conflicts=True)  # rule 1: as above
    return frozenset(fresh)


def _known(keys: Sequence[str]) -> frozenset[str]:
    return frozenset(Note.objects.filter(key__in=keys).values_list("key", flat=True))  # rule 1: as above
