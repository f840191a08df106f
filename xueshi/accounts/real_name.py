"""实名认证: that a name and a number belong together, said by a reviewer or by an outside service (ID-33)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.conf import settings
from django.db import transaction

from xueshi.accounts import limits
from xueshi.accounts.limits import Limit
from xueshi.accounts.models import IdentityProof, User
from xueshi.audit import services as audit
from xueshi.kernel import clock, crypto
from xueshi.kernel.errors import RuleBroken

BY_ACCOUNT = Limit("real-name", 5, timedelta(days=1))
REVIEW, SERVICE = "review", "service"
TOO_OFTEN = "今日实名认证次数已用完，请明天再试或联系所在单位管理员"
MISMATCH = "姓名与身份证号码核验不一致，请联系所在单位管理员核对登记信息"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said; ``reference`` is its own number of the inquiry."""

    matches: bool
    reference: str = ""


class Service(Protocol):
    """Somebody outside who knows which name belongs to which number."""

    def check(self, name: str, document_type: str, document_number: str) -> Answer:
        """Ask about one person; ``TimeoutError`` when no answer comes in time."""


class StandIn:
    """The service of development and demonstration: a name with 不符 in it never matches."""

    def check(self, name: str, document_type: str, document_number: str) -> Answer:
        """Answer at once."""
        reference = crypto.lookup_index(f"{document_type}:{document_number}", purpose="stand-in")[:12]
        return Answer("不符" not in name, reference)


_SERVICES: Mapping[str, type[Service]] = {"stand-in": StandIn}


def service() -> Service | None:
    """The service of this deployment (``XUESHI_REAL_NAME``); None where only reviewers confirm."""
    return _SERVICES[settings.REAL_NAME]() if settings.REAL_NAME else None


def proof_of(user: User) -> IdentityProof | None:
    """The proof of an account; one of another name or number than today's does not count."""
    found = IdentityProof.objects.filter(pk=user.pk).first()  # rule 1: our own proofs
    return found if found is not None and found.digest == _digest(user) else None


def confirm_by_review(user: User, *, by: audit.By) -> None:
    """A reviewer let this person in, having seen name and number. One's own act proves nothing."""
    if by.user_id not in (None, user.pk):
        _keep(user, REVIEW, "", by)


def confirm_by_service(user: User) -> None:
    """Ask the service and keep a match.

    Raises:
        RuleBroken: name and number do not match, or there is no service to ask.
        TooMany: asked too often today.
    """
    asked = service()
    if asked is None:
        raise RuleBroken("本平台由所在单位或主管部门审核时确认实名信息")
    limits.require(BY_ACCOUNT, str(user.pk), TOO_OFTEN)
    answer = asked.check(user.name, user.document_type, user.document_number)
    if not answer.matches:
        raise RuleBroken(MISMATCH)
    _keep(user, SERVICE, answer.reference, audit.By(user.pk))


@transaction.atomic
def _keep(user: User, method: str, reference: str, by: audit.By) -> None:
    told = {"digest": _digest(user), "method": method, "reference": reference, "proved_at": clock.now(),
            "by_user_id": by.user_id, "by_organisation_id": by.organisation_id}  # fmt: skip
    IdentityProof.objects.update_or_create(pk=user.pk, defaults=told)  # rule 1: our own proofs
    audit.record(by, "account.identity_proved", user, method=method)


def _digest(user: User) -> str:
    return crypto.lookup_index(f"{user.name}|{user.document_type}|{user.document_number}", purpose="identity-proof")
