"""Codes sent to a phone or an address: asked for, counted, redeemed once (B4).

Sendings are counted by the rows themselves, over windows that move with the clock, under a lock on the source and on
the recipient, so that parallel requests gain nothing. Tries are counted before the digits are looked at. Do not call
``redeem`` inside a transaction that may roll back: the count has to stand.
"""

import hmac
import logging
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import F, QuerySet

from xueshi.accounts import limits
from xueshi.accounts.limits import Limit
from xueshi.accounts.models import OneTimeCode
from xueshi.audit import services as audit
from xueshi.kernel import clock, crypto, identity, masking, one_time
from xueshi.kernel import text as texts
from xueshi.kernel.errors import RuleBroken, TooMany
from xueshi.notifications import services as notifications
from xueshi.notifications.services import Letter
from xueshi.notifications.states import Channel

log = logging.getLogger("xueshi.accounts")
LIFE = timedelta(minutes=5)
DIGITS = 6
TRIES = 5
PROVED_FOR = timedelta(minutes=30)
_WARN_AT = 0.8
_DAY = timedelta(days=1)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_PROVED = "proved_contacts"
_ASKED = "asked_code_"
WRONG = "验证码错误或已失效，请重新获取"


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most so many codes inside any stretch of ``window``; ``words`` take ``{seconds}`` to wait."""

    most: int
    window: timedelta
    words: str


TO_ONE_RECIPIENT = (
    Allowance(1, timedelta(seconds=60), "获取过于频繁，请 {seconds} 秒后再试"),
    Allowance(5, timedelta(hours=1), "该号码或邮箱一小时内获取次数已达上限，请稍后再试"),
    Allowance(10, _DAY, "该号码或邮箱今日获取次数已达上限，请明天再试"),
)
FROM_ONE_SOURCE = (Allowance(20, timedelta(hours=1), "获取过于频繁，请稍后再试"),)
BUSY = "验证码发送已达今日上限，请明天再试或联系单位管理员"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A canonical mobile number or mail address."""

    channel: Channel
    value: str

    @classmethod
    def read(cls, channel: Channel, typed: str, *, field: str = "recipient") -> Self:
        """What somebody typed, full width and blanks mended; ``RuleBroken`` when it is neither."""
        if channel == Channel.SMS:
            return cls(channel, identity.canonical_phone(typed, field=field))
        address = texts.half_width(typed).strip().lower()
        try:
            validate_email(address)
        except ValidationError:
            raise RuleBroken("请输入正确的邮箱", field) from None
        return cls(channel, address)

    @property
    def index(self) -> str:
        """Under which codes to it are kept."""
        return crypto.lookup_index(f"{self.channel}:{self.value}", purpose="code-recipient")

    @property
    def masked(self) -> str:
        """As it is shown."""
        return masking.phone(self.value) if self.channel == Channel.SMS else masking.email(self.value)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a code proves: that this recipient is held in this session, for this purpose."""

    recipient: Recipient
    purpose: str
    session_key: str

    @property
    def session(self) -> str:
        """The session as it is kept."""
        return crypto.lookup_index(self.session_key, purpose="code-session")

    def digest(self, digits: str) -> str:
        """The only form in which digits are kept."""
        return crypto.lookup_index(
            f"{digits}:{self.recipient.index}:{self.purpose}:{self.session}", purpose="code-digits"
        )


class WrongCode(RuleBroken):
    """Wrong, late, spent, of another session, or never sent: nobody is told which."""

    def __init__(self, field: str = "code") -> None:
        super().__init__(WRONG, field)


def send(claim: Claim, *, portal: str, source: str, hollow: bool = False) -> None:
    """Send fresh digits; whatever was live for this recipient and purpose is dead.

    ``hollow`` does all of it but sending, at the same cost (B2).

    Raises:
        TooMany: enough for this recipient, this source or the whole site.
    """
    now = clock.now()
    with transaction.atomic():
        origin = crypto.lookup_index(source, purpose="code-source") if source else ""
        _count(claim.recipient, origin, now)
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        _live(claim).update(ended_at=now)
        OneTimeCode.objects.create(  # rule 1: our own codes
            recipient_index=claim.recipient.index,
            purpose=claim.purpose,
            session_digest=claim.session,
            source_index=origin,
            digest=claim.digest(digits),
            hollow=hollow,
            sent_at=now,
            expires_at=now + LIFE,
        )
        _post(claim, digits, portal, hollow=hollow)


def _post(claim: Claim, digits: str, portal: str, *, hollow: bool) -> None:
    minutes = str(LIFE // timedelta(minutes=1))
    letter = Letter(
        key=f"code:{one_time.token()}",
        portal=portal,
        channel=claim.recipient.channel,
        recipient=claim.recipient.value,
        template="code",
        values={"code": digits, "minutes": minutes},
        expires_at=clock.now() + LIFE,
        hollow=hollow,
    )
    notifications.write(letter)


def _count(recipient: Recipient, origin: str, now: datetime) -> None:
    """Refuse what is too much; held are the source, then the recipient, then the site, until the caller commits."""
    with connection.cursor() as cursor:  # rule 6: a lock without a row
        for key in (f"code-source:{origin}", f"code-recipient:{recipient.index}"):
            cursor.execute(_LOCK, [key])
    sent = OneTimeCode.objects.filter(sent_at__gt=now - _DAY).order_by("-sent_at")  # rule 1: our own codes
    if origin:
        _refuse(FROM_ONE_SOURCE, sent.filter(source_index=origin), now)
    _refuse(TO_ONE_RECIPIENT, sent.filter(recipient_index=recipient.index), now)
    _spend_budget()


def _refuse(allowances: Sequence[Allowance], sent: "QuerySet[OneTimeCode]", now: datetime) -> None:
    moments = list(sent.values_list("sent_at", flat=True)[: max(one.most for one in allowances)])
    for one in reversed(allowances):
        if len(moments) >= one.most and (until := moments[one.most - 1] + one.window) > now:
            seconds = max(int((until - now).total_seconds()) + 1, 1)
            raise TooMany(one.words.format(seconds=seconds), seconds)


def _spend_budget() -> None:
    """One of the codes the whole site may send today; an alarm when most of them are gone, and when all are."""
    budget: int = settings.CODES_PER_DAY
    spent = limits.spend(Limit("codes-site", budget, _DAY), "")
    if not spent.allowed:
        raise TooMany(BUSY, spent.retry_after)
    if spent.count in {budget, max(int(budget * _WARN_AT), 1)}:
        log.error("codes: %s of %s of today's budget are spent", spent.count, budget)
        act = audit.Act("security.code_budget", "accounts.onetimecode", "", {"spent": spent.count, "budget": budget})
        audit.record_many(audit.By(None), [act])


def redeem(claim: Claim, typed: str, *, field: str = "code") -> None:
    """Use a code up; ``WrongCode`` when it is not the one that was sent. Dead after one success or five tries."""
    now = clock.now()
    live = _live(claim).filter(session_digest=claim.session, expires_at__gt=now)
    counted = live.filter(tries__lt=TRIES).update(tries=F("tries") + 1)
    found = live.values_list("pk", "digest", "hollow").first() if counted else None
    pk, digest, hollow = found or (0, "", True)
    right = hmac.compare_digest(digest, claim.digest(_digits(typed)))
    if not right or hollow or not _live(claim).filter(pk=pk).update(ended_at=now):
        raise WrongCode(field)


def _live(claim: Claim) -> "QuerySet[OneTimeCode]":
    return OneTimeCode.objects.filter(  # rule 1: our own codes
        recipient_index=claim.recipient.index, purpose=claim.purpose, ended_at=None
    )


def _digits(typed: str) -> str:
    """Full width and blanks are mended."""
    return re.sub(r"\s", "", texts.half_width(typed))[:DIGITS]


def keep_proof(session: SessionBase, claim: Claim) -> None:
    """Remember in the session that the recipient is held: a form refused for another reason asks for no new code."""
    held = dict(session.get(_PROVED, {}))
    held[claim.purpose] = [claim.recipient.index, (clock.now() + PROVED_FOR).timestamp()]
    session[_PROVED] = held


def is_proved(session: SessionBase, claim: Claim) -> bool:
    """Whether a code of this recipient and purpose was redeemed in this session, half an hour ago at most."""
    index, until = session.get(_PROVED, {}).get(claim.purpose, ("", 0))
    return hmac.compare_digest(index, claim.recipient.index) and until > clock.now().timestamp()


def spend_proof(session: SessionBase, purpose: str) -> None:
    """Forget a proof once it has done its work."""
    held = dict(session.get(_PROVED, {}))
    if held.pop(purpose, None) is not None:
        session[_PROVED] = held


def note_barrier(session: SessionBase, claim: Claim) -> None:
    """The visitor answered the challenge for this recipient; asking it for a second code needs no second answer."""
    session[f"{_ASKED}{claim.purpose}"] = claim.recipient.index


def passed_barrier(session: SessionBase, claim: Claim) -> bool:
    """Whether the challenge was answered in this session for this recipient."""
    return hmac.compare_digest(str(session.get(f"{_ASKED}{claim.purpose}", "")), claim.recipient.index)


def sweep() -> int:
    """Delete codes that no limit counts any more."""
    return OneTimeCode.objects.filter(sent_at__lt=clock.now() - _DAY).delete()[0]  # rule 1: our own codes
