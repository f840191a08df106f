"""Asking for an event to be recognised, and taking that back."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from xueshi.adjustments import rules, selectors
from xueshi.adjustments.models import Adjustment, Proof
from xueshi.adjustments.permissions import POWER
from xueshi.adjustments.rules import Event
from xueshi.adjustments.services import settling
from xueshi.audit import services as audit
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.ledger import selectors as ledger
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.organisations.selectors import desk_for
from xueshi.organisations.states import CEILING, OrganisationKind
from xueshi.people import selectors as people
from xueshi.people.models import Professional
from xueshi.policies import registry
from xueshi.policies.chains import Step
from xueshi.policies.events import EventKind, EventRule
from xueshi.policies.numbers import plain
from xueshi.policies.packs import Pack
from xueshi.policies.years import YearRules
from xueshi.reviews import services as reviews
from xueshi.reviews.rules import StepPlan
from xueshi.reviews.services import Submission, acting

ALREADY = "该年度已有同类调整正在审核或执行，不能重复申请"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person says has happened. ``amount`` is hours, or with the measure ``share`` a part of 0 to 1."""

    year: int
    kind: str
    reason: str
    starts_on: date
    ends_on: date
    measure: str = ""
    amount: Decimal | None = None
    explanation: str = ""
    files: tuple[StoredFile, ...] = ()
    submission_key: str = ""


def years_open(pack: Pack) -> tuple[int, ...]:
    """The years events may be asked for, latest first: from the pack's first to the present one with any kind on."""
    return tuple(year for year in range(clock.year(), min(pack.years) - 1, -1) if pack.year(year).events_on())


@transaction.atomic
def ask(actor: Actor, asked: Asked) -> Adjustment:
    """Hand an event in; its chain is frozen and the first desk gets it. Without a chain it is in force at once.

    Raises:
        NotFound: the actor has no record.
        RuleBroken: the year knows no such event, something does not fit, or the same is pending or in force already.
    """
    person = people.locked_own(actor)
    twin = selectors.by_key(person.pk, asked.submission_key)
    if twin is not None:
        return twin
    pack = registry.pack(person.employment.organisation.portal)
    rule = _check(pack, person, asked, actor)
    adjustment = _written(person, pack, asked)
    _hand_in(actor, adjustment, rule, pack.year(asked.year))
    return adjustment


@transaction.atomic
def withdraw(actor: Actor, case_id: int) -> None:
    """Take a pending event back; ``RuleBroken`` or ``NotAllowed`` when somebody has decided."""
    adjustment = selectors.adjustment_for(actor, case_id)
    if adjustment.person.user_id != actor.user.pk:
        raise NotFound
    reviews.withdraw(actor, case_id)


def _check(pack: Pack, person: Professional, asked: Asked, actor: Actor) -> EventRule:
    if asked.year not in years_open(pack):
        raise RuleBroken("该年度不能申请调整", "year")
    of_year = pack.year(asked.year)
    rule = next((one for one in of_year.events_on() if one.key == asked.kind), None)
    if rule is None:
        raise RuleBroken("该类调整未开放", "kind")
    if asked.reason not in {one.key for one in rule.reasons}:
        raise RuleBroken("请选择调整原因", "reason")
    if not asked.files or any(file.uploaded_by_id != actor.user.pk for file in asked.files):
        raise RuleBroken("请上传证明材料", "evidence")
    event = Event(0, EventKind(asked.kind), asked.year, "", asked.measure, asked.amount, asked.starts_on, asked.ends_on)
    checks = (
        (rules.period_fits(event), "period_from"),
        (rules.amount_fits(event, rule, of_year.precision.step), asked.measure or "measure"),
    )
    for decision, field in checks:
        if not decision:
            raise RuleBroken(decision.reason, field)
    _check_within(pack, person, asked)
    return rule


def _check_within(pack: Pack, person: Professional, asked: Asked) -> None:
    total = ledger.requirement_of(person.pk, pack.key, asked.year).total
    if asked.measure == "hours" and asked.amount is not None and asked.amount > total:
        unit = pack.word("hours")
        message = f"该年度应完成 {plain(total)} {unit}，不能调整 {plain(asked.amount)} {unit}"
        raise RuleBroken(message, "hours")


def _written(person: Professional, pack: Pack, asked: Asked) -> Adjustment:
    try:
        with transaction.atomic():
            made = Adjustment.objects.create(
                person=person,
                organisation=person.employment.organisation,
                portal=pack.key,
                year=asked.year,
                kind=asked.kind,
                reason=asked.reason,
                measure=asked.measure,
                amount=asked.amount,
                starts_on=asked.starts_on,
                ends_on=asked.ends_on,
                explanation=asked.explanation,
                rule=pack.year(asked.year).version,
                submission_key=asked.submission_key,
                created_at=clock.now(),
            )
    except IntegrityError:
        raise RuleBroken(ALREADY, "kind") from None
    unique = dict.fromkeys(file.pk for file in asked.files)
    Proof.objects.bulk_create(
        Proof(adjustment=made, file_id=pk, position=position) for position, pk in enumerate(unique, start=1)
    )
    return made


def _hand_in(actor: Actor, adjustment: Adjustment, rule: EventRule, of_year: YearRules) -> None:
    audit.record(acting(actor), "adjustment.asked", adjustment, year=adjustment.year, kind=adjustment.kind)
    plans = chain(adjustment.organisation, of_year)
    if not plans:
        settling.take_effect([adjustment], by=acting(actor))
        return
    label = f"{adjustment.person.user.name} {rule.label} {adjustment.year} 年度"
    submission = Submission(
        kind=rules.KIND,
        portal=adjustment.portal,
        title=label[:160],
        owner_id=adjustment.person.user_id,
        organisation_id=adjustment.organisation_id,
        digest=_digest(adjustment),
        chain=plans,
    )
    adjustment.case = reviews.open_case(submission, by=acting(actor), submitted_by_id=actor.user.pk)
    adjustment.save(update_fields=["case"])


def chain(body: Organisation, of_year: YearRules) -> Sequence[StepPlan]:
    """The desks of an event, by name from now on; where a right to review was closed, who stands in (AMB-27)."""
    planned = []
    for step in of_year.chains[rules.KIND].steps_for(has_superior=body.parent_id is not None):
        desk = _desk(step, body)
        if desk is None:
            raise RuleBroken("没有可以审核的上级单位，请联系技术支持")
        planned.append(reviews.planned(step, desk))
    return planned


def _desk(step: Step, body: Organisation) -> Organisation | None:
    """The body of a step: climbs past bodies whose kind can never hold the power."""
    desk = desk_for(step.desk, body)
    while desk is not None and POWER not in CEILING[OrganisationKind(desk.kind)]:
        desk = desk.parent
    return desk


def _digest(adjustment: Adjustment) -> str:
    """Over everything a reviewer will see."""
    columns = ("year", "kind", "reason", "measure", "amount", "starts_on", "ends_on", "explanation")
    seen = [str(getattr(adjustment, name) or "") for name in columns]
    seen += [proof.file.digest for proof in selectors.proofs(adjustment)]
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()
