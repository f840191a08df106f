"""Many rows at once, each effect once: what is there already stays as it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from xueshi.kernel import clock, many
from xueshi.notifications.models import Message, Note
from xueshi.notifications.states import Channel


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


def add_messages(letters: Sequence[Letter]) -> list[int]:
    """Put letters into the outbox, due at once; the ids of those that were not there before."""
    now = clock.now()
    rows = [
        {
            "key": one.key, "portal": one.portal, "channel": one.channel, "template": one.template,
            "recipient": one.recipient, "values": json.dumps(dict(one.values), ensure_ascii=False),
            "hollow": one.hollow, "expires_at": one.expires_at,
        }
        for one in letters
    ]  # fmt: skip
    return many.insert(Message, rows, {"created_at": now, "due_at": now}, once=True)


def add_notes(drafts: Sequence[NoteDraft]) -> frozenset[str]:
    """Write notes; the keys of those that were not there before."""
    rows = [
        {
            "user_id": one.user_id, "key": one.key, "portal": one.portal, "template": one.template,
            "values": dict(one.values), "url": one.url,
        }
        for one in drafts
    ]  # fmt: skip
    return frozenset(many.insert(Note, rows, {"created_at": clock.now()}, once=True, returning="key"))
