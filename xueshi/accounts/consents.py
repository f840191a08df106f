"""Consent taken back and given again: kept with version, time and channel, effective from the next request on (C7)."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from xueshi.accounts.models import ConsentChange, User
from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.errors import RuleBroken

SUBJECTS: Final = ("agreement", "sensitive")
"""What rests on consent; the undertaking is a declaration of facts and is not taken back."""
RENEWED: Final = "协议内容已更新，请阅读新版本后重新勾选"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said about their consent: to the texts of which version, on which portal, by which channel."""

    version: str
    portal: str
    channel: str = "web"


def withdraw(user: User, said: Said) -> None:
    """Take consent back; saying it twice changes nothing."""
    _change(user, said, given=False)


def give(user: User, said: Said, *, current: str) -> None:
    """Consent again, to the ``current`` version of the texts.

    Raises:
        RuleBroken: an older version was shown (field ``agreement``).
    """
    if said.version != current:
        raise RuleBroken(RENEWED, "agreement")
    _change(user, said, given=True)


def changes(user: User) -> list[ConsentChange]:
    """What was said after registration, latest first."""
    return list(ConsentChange.objects.filter(user=user).order_by("-at", "-pk"))  # rule 1: our own rows


@transaction.atomic
def _change(user: User, said: Said, *, given: bool) -> None:
    held = User.objects.select_for_update(no_key=True).order_by("pk").get(pk=user.pk)  # rule 1: the person themself
    if (held.consent_withdrawn_at is None) == given:
        return
    now = clock.now()
    ConsentChange.objects.bulk_create(  # rule 1: our own rows
        ConsentChange(
            user=held, subject=subject, given=given, version=said.version, portal=said.portal, channel=said.channel,
            at=now,
        )
        for subject in SUBJECTS
    )  # fmt: skip
    held.consent_withdrawn_at = None if given else now
    held.save(update_fields=["consent_withdrawn_at"])
    audit.record(audit.By(held.pk), f"consent.{'given' if given else 'withdrawn'}", held, version=said.version)
