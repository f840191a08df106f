"""What reviews tell people: verdicts to whom they concern, and to reviewers what has waited for long."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.urls import reverse

from xueshi.accounts import messages
from xueshi.kernel import clock
from xueshi.notifications.services import NoteDraft
from xueshi.organisations import selectors as organisations
from xueshi.organisations.actors import powers_of
from xueshi.policies.packs import Pack
from xueshi.reviews import kinds, selectors
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.selectors import Cohort
from xueshi.reviews.states import Move, Stage

_TEMPLATES = {Move.APPROVE: "approved", Move.REJECT: "rejected", Move.REVOKE: "revoked"}
"""Moves that people are told of."""
_ANY = 10**18 - 1
"""A key that stands for any other; no route has it in its words."""
_TOLD_TO_WHO_HANDED_IN = frozenset({"rejected", "revoked"})
"""What whoever declared for somebody else has to act upon."""


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict over one case, before its row was written: with what words, and which field they speak of."""

    case: ReviewCase
    move: Move
    comment: str
    concerns: str


def tell_verdicts(verdicts: Iterable[Said]) -> None:
    """Tell the owner of each document, and whoever handed it in for them when they have to act."""
    page = cache(_page)
    messages.tell([draft for said in verdicts if said.move in _TEMPLATES for draft in _drafts(said, page)])


def _page(url: str) -> str:
    """The address of documents, ``{}`` for the case: Django looks through all routes whenever it is asked."""
    return reverse(url, args=[_ANY]).replace(str(_ANY), "{}")


def _drafts(said: Said, page: Callable[[str], str]) -> Iterator[NoteDraft]:
    case, template = said.case, _TEMPLATES[said.move]
    kind = kinds.kind(case.kind)
    people = {case.owner_id, case.submitted_by_id} if template in _TOLD_TO_WHO_HANDED_IN else {case.owner_id}
    reason = f"涉及“{said.concerns}”：{said.comment}" if said.concerns else said.comment
    for user_id in sorted(people):
        yield NoteDraft(
            key=f"case:{case.pk}:{case.version + 1}:{user_id}",
            user_id=user_id,
            portal=case.portal,
            template=template,
            values={"kind": kind.label, "title": case.title, "reason": reason or "未填写审核意见"},
            url=page(kind.url).format(case.pk),
        )


def remind_desks(pack: Pack) -> None:
    """Tell reviewers what has waited at their desk for as many days as the pack names, each arrival once a term."""
    terms = sorted(pack.portal.reminders.waiting_days)
    if not terms:
        return
    before = clock.now() - timedelta(days=terms[0])
    for cohort in selectors.waiting_since(pack.key, before):
        days = (clock.today() - cohort.since).days
        term = max((one for one in terms if one <= days), default=terms[0])
        messages.tell(list(_reminders(pack, cohort, term)))


def _reminders(pack: Pack, cohort: Cohort, term: int) -> Iterator[NoteDraft]:
    kind = kinds.kind(cohort.kind)
    power = kind.powers.get(cohort.stage)
    page = kind.verification_url if cohort.stage == Stage.VERIFICATION else kind.queue_url
    for hat in organisations.administrators(cohort.desk_id):
        if power is None or power not in powers_of(hat):
            continue
        since = f"{cohort.since.month} 月 {cohort.since.day} 日"
        yield NoteDraft(
            key=f"waiting:{hat.user_id}:{cohort.desk_id}:{cohort.kind}:{cohort.stage[:3]}:{cohort.since:%y%m%d}:{term}",
            user_id=hat.user_id,
            portal=pack.key,
            template="waiting",
            values={
                "kind": kind.label, "count": str(cohort.number), "since": since, "days": str(term),
                "organisation": hat.organisation.name,
            },
            url=reverse(page),
        )  # fmt: skip
