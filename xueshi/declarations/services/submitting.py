"""Handing in 提交申报 and taking back 撤销."""

from collections.abc import Sequence
from typing import Protocol

from django.db import transaction

from xueshi.declarations import permissions, rules
from xueshi.declarations.models import Declaration
from xueshi.declarations.selectors import KIND
from xueshi.declarations.services.claiming import claim_once, released
from xueshi.declarations.services.drafting import Declarer, Edit, Entry, claim, declarer, editable, once, opened
from xueshi.declarations.services.writing import Sheet, write
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, NotFound, Problems, RuleBroken
from xueshi.ledger import selectors as ledger
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.organisations.selectors import desk_for
from xueshi.organisations.states import CEILING, OrganisationKind, Power
from xueshi.policies.chains import Stage, Step
from xueshi.reviews import services as reviews
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.rules import StepPlan
from xueshi.reviews.services import Submission, acting

POWERS = {Stage.REVIEW: Power.REVIEW_HOURS, Stage.VERIFICATION: Power.VERIFY_HOURS}


class Declaring(Protocol):
    """Who hands in: the unit whose desks come into question, and the role that has its own chain."""

    @property
    def organisation(self) -> Organisation:
        """The person's employer, or the unit that declares for its people."""

    @property
    def role(self) -> str:
        """As what one declares."""


def submit(actor: Actor, entry: Entry, edit: Edit | None = None) -> Declaration:
    """Hand a declaration in: rules and caps are asked, the chain is frozen, the first desk gets it (CR-12).

    Raises ``Problems``/``RuleBroken`` beside their fields, ``MovedOn`` when it changed meanwhile.
    """
    return once(lambda: _submit(actor, entry, edit))


def _submit(actor: Actor, entry: Entry, edit: Edit | None) -> Declaration:
    by = declarer(actor)
    asked = claim(by.pack, entry)
    check_complete(by.role, asked, entry)
    declaration, again = opened(actor, by, entry, edit)
    if again and declaration.case_id is not None:
        return declaration
    if again:
        declaration = editable(actor, Edit(declaration.pk, declaration.version))
    _check_hours(by, asked, entry)
    hand_in(actor, [Sheet(declaration, by)], entry, asked)
    return declaration


def hand_in(actor: Actor, sheets: Sequence[Sheet], entry: Entry, asked: rules.Claim) -> None:
    """Write what was judged before, for people of one body, and give it to the first desk, anew or once more.

    As many questions for two hundred people as for one; raises ``Problems`` with what stands in the way of each.
    """
    files = write(sheets, entry, asked)
    claim_once(sheets, files, asked)
    told = list(zip((one.declaration for one in sheets), _submissions(sheets, files, entry, asked), strict=True))
    anew, again = [one for one in told if one[0].case_id is None], [one for one in told if one[0].case_id is not None]
    cases = reviews.open_cases([one for _row, one in anew], by=acting(actor), submitted_by_id=actor.user.pk)
    for (declaration, _one), case in zip(anew, cases, strict=True):
        declaration.case = case
    Declaration.objects.bulk_update([row for row, _one in anew], ["case"])
    for declaration, one in again:
        declaration.case = reviews.resubmit(actor, declaration.case_id or 0, one)


def check_complete(role: str, asked: rules.Claim, entry: Entry) -> None:
    """Every required answer must be there, evidence included: a draft may have had gaps."""
    missing = [
        RuleBroken(f"请{'上传' if field.key == 'evidence' else '填写'}{field.label}", field.names[0])
        for field in asked.form.form.for_role(role).fields
        if field.required_for(role)
        and not field.shown_when
        and not (entry.files if field.key == "evidence" else field.key in entry.answers)
    ]
    if missing:
        raise Problems(missing)
    if entry.answers.text("subject") not in asked.form.subjects:
        raise RuleBroken("该学习形式不能计入此科目", "subject")


def _check_hours(by: Declarer, asked: rules.Claim, entry: Entry) -> None:
    """Rule and caps beside 申请学时, before the reviewer has to say it; the ledger asks again under its lock."""
    wanted = ledger.requirement_of(by.person.pk, by.pack.key, entry.year)
    within = rules.within_caps(asked, ledger.held(by.person.pk, entry.year), wanted)
    for decision in (rules.within_rule(asked), within):
        if not decision:
            raise RuleBroken(decision.reason, "hours")


def _submissions(
    sheets: Sequence[Sheet], files: Sequence[StoredFile], entry: Entry, asked: rules.Claim
) -> list[Submission]:
    """What the review is told of declarations that are written; all take the way of the body they have in common."""
    digest = rules.digest(asked, entry.year, [file.digest for file in files])
    way = chain(sheets[0].by, asked)
    return [
        Submission(
            kind=KIND,
            portal=one.by.pack.key,
            title=f"{one.by.person.user.name} {asked.form.label} {entry.year} 年度"[:160],
            owner_id=one.by.person.user_id,
            organisation_id=one.by.organisation.pk,
            digest=digest,
            chain=way,
        )
        for one in sheets
    ]


def chain(by: Declaring, asked: rules.Claim) -> tuple[StepPlan, ...]:
    """The desks of a declaration, by name from now on: optional steps fall away where nobody stands above."""
    steps = _steps(by, asked)
    planned = []
    for step in steps:
        desk = _desk(step, by.organisation)
        if desk is None:
            message = f"{step.label}：没有可以处理的上级部门，请联系本单位管理员"
            raise RuleBroken(message)
        planned.append(reviews.planned(step, desk))
    return tuple(planned)


def desks(by: Declaring, asked: rules.Claim) -> list[tuple[str, str]]:
    """(step, body) of the way a declaration would take now, for 提交之后."""
    steps = _steps(by, asked)
    return [(step.label, desk.name if (desk := _desk(step, by.organisation)) else "") for step in steps]


def _steps(by: Declaring, asked: rules.Claim) -> tuple[Step, ...]:
    taken = rules.chain_of(asked, by.role, by.organisation.industry)
    return taken.steps_for(has_superior=by.organisation.parent_id is not None)


def _desk(step: Step, organisation: Organisation) -> Organisation | None:
    """The body of a step: climbs past bodies whose kind can never hold the power of that stage."""
    desk = desk_for(step.desk, organisation)
    while desk is not None and POWERS[step.stage] not in CEILING[OrganisationKind(desk.kind)]:
        desk = desk.parent
    return desk


@transaction.atomic
def withdraw(actor: Actor, pk: int) -> ReviewCase:
    """Take a pending declaration back before anyone reviewed it: it is to be submitted again (CR-18)."""
    rows = Declaration.objects.filter(pk=pk, deleted_at=None).select_related("person", "case__organisation")
    declaration = rows.first()
    if declaration is None or not permissions.can_see_declaration(actor, declaration):
        raise NotFound
    if declaration.case_id is None:
        raise MovedOn("该申报尚未提交")
    if permissions.is_to_be_submitted(declaration):
        raise MovedOn("该申报已经撤销，可在待提交中修改后再次提交")
    if declaration.declaring_body_id is not None:
        permissions.can_withdraw(actor, declaration).require()
    case = reviews.withdraw(actor, declaration.case_id)
    released([pk])
    Declaration.objects.filter(pk=pk).update(changed_at=clock.now())
    return case
