"""Title changes: asked for by the person, decided at the desk that the pack names (PRO-20, PRO-21)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import IntegrityError, transaction

from xueshi.audit import services as audit
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, RuleBroken
from xueshi.organisations import selectors as bodies
from xueshi.organisations import services as organisations
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Department
from xueshi.people import rules, selectors
from xueshi.people.models import Professional, Title, TitleChange
from xueshi.people.services.basics import CHANGED_MEANWHILE
from xueshi.policies import registry
from xueshi.reviews import services as reviews
from xueshi.reviews.kinds import Outcome
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.rules import StepPlan
from xueshi.reviews.services import acting

ONE_AT_A_TIME: Final = "您有一条信息修改正在审核，审核完成或撤销后才能再次修改"
NOTHING_NEW: Final = "没有修改任何内容"


@dataclass(frozen=True, slots=True)
class TitleDraft:
    """The title asked for. ``based_on`` is the key of the title that the form showed."""

    based_on: int
    series: str
    level: str
    title: str
    practice_field: str
    effective_on: date | None
    certificate: str
    appointed_on: date | None
    department: Department | None = None
    scan: StoredFile | None = None
    submission_key: str = ""

    def columns(self) -> dict[str, Any]:
        """The columns of the ``Title`` that is asked for."""
        known = {name: getattr(self, name) for name in rules.TITLE_COLUMNS}
        return known | {"department": self.department, "scan": self.scan}


@transaction.atomic
def ask_for_title(actor: Actor, draft: TitleDraft) -> TitleChange:
    """Hand a change in; the title in force stays until a desk approves. Without a chain it is in force at once.

    Raises:
        NotFound: the actor has no record.
        MovedOn: the title in force is not the one the form showed.
        RuleBroken: nothing differs, or another change is under review.
        Problems: a day lies before the person's birth.
    """
    professional = selectors.locked_own(actor)
    twin = selectors.change_by_key(professional, draft.submission_key)
    if twin is not None:
        return twin
    before = selectors.live_title(professional)
    if before.pk != draft.based_on:
        raise MovedOn(CHANGED_MEANWHILE)
    if not _differs(before, draft):
        raise RuleBroken(NOTHING_NEW)
    rules.after_birth(professional.born_on, {"title_effective": draft.effective_on, "appointed": draft.appointed_on})
    change = _written(professional, before, draft)
    _hand_in(actor, change, before)
    return change


@transaction.atomic
def withdraw_change(actor: Actor, case_id: int) -> None:
    """Take a pending change back; ``RuleBroken`` or ``NotAllowed`` when somebody has decided."""
    change = selectors.own_change(actor, case_id)
    reviews.withdraw(actor, change.case_id or 0)


def on_withdrawn(outcome: Outcome) -> None:
    """Let the person ask anew."""
    _close(outcome)


def on_rejected(outcome: Outcome) -> None:
    """The title in force stays (PRO-21)."""
    _close(outcome)


def on_approved(outcome: Outcome) -> Mapping[int, str]:
    """The titles asked for are in force from now."""
    for change in selectors.changes_locked(case.pk for case in outcome.cases):
        _take_effect(change, by=acting(outcome.actor))
    _close(outcome)
    return {}


def _close(outcome: Outcome) -> None:
    TitleChange.objects.filter(case__in=[case.pk for case in outcome.cases]).update(open=False)


def _differs(before: Title, draft: TitleDraft) -> bool:
    return any(getattr(before, name) != value for name, value in draft.columns().items())


def _written(professional: Professional, before: Title, draft: TitleDraft) -> TitleChange:
    after = Title.objects.create(professional=professional, **draft.columns())
    try:
        with transaction.atomic():
            return TitleChange.objects.create(
                professional=professional,
                before=before,
                after=after,
                submission_key=draft.submission_key,
                created_at=clock.now(),
            )
    except IntegrityError:
        raise RuleBroken(ONE_AT_A_TIME) from None


def _hand_in(actor: Actor, change: TitleChange, before: Title) -> None:
    body = change.professional.employment.organisation
    chain = registry.pack(body.portal).change("title")
    steps = chain.steps_for(has_superior=body.parent_id is not None)
    audit.record(acting(actor), "professional.title_asked", change, before=before.pk, after=change.after_id)
    if not steps:
        _take_effect(change, by=acting(actor))
        TitleChange.objects.filter(pk=change.pk).update(open=False)
        return
    plans = []
    for step in steps:
        desk = bodies.desk_for(step.desk, body)
        if desk is None:
            raise RuleBroken("没有可以审核的上级单位，请联系技术支持")
        plans.append(StepPlan(step.key, step.label, desk.pk, step.stage, settles=step.posts))
    change.case = _opened(actor, change, plans)
    change.save(update_fields=["case"])


def _opened(actor: Actor, change: TitleChange, plans: list[StepPlan]) -> ReviewCase:
    body = change.professional.employment.organisation
    submission = reviews.Submission(
        kind=rules.KIND,
        portal=body.portal,
        title=actor.user.name,
        owner_id=change.professional.user_id,
        organisation_id=body.pk,
        digest=_digest(change),
        chain=plans,
    )
    return reviews.open_case(submission, by=acting(actor), submitted_by_id=actor.user.pk)


def _digest(change: TitleChange) -> str:
    """Over both titles, as the reviewer will see them side by side."""
    seen = [
        [str(getattr(title, name) or "") for name in rules.TITLE_COLUMNS]
        + [str(title.department_id or ""), title.scan.digest if title.scan is not None else ""]
        for title in (change.before, change.after)
    ]
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()


def _take_effect(change: TitleChange, *, by: audit.By) -> None:
    now = clock.now()
    Title.objects.filter(professional=change.professional_id, live_from__isnull=False, live_until=None).update(
        live_until=now
    )
    after, professional = change.after, change.professional
    after.live_from = now
    after.save(update_fields=["live_from"])
    for column, repeated in rules.REPEATED.items():
        setattr(professional, repeated, getattr(after, column))
    professional.save(update_fields=[*rules.REPEATED.values()])
    if professional.employment.department_id != after.department_id:
        organisations.set_department(professional.employment, after.department, by=by)
    audit.record(by, "professional.title_changed", professional, change=change.pk, title=after.pk)
