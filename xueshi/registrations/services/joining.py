"""A professional who joins a body."""

from typing import Any

from xueshi.accounts.models import User
from xueshi.audit import services as audit
from xueshi.kernel.errors import RuleBroken
from xueshi.organisations import services as organisations
from xueshi.organisations.models import Department, Membership, Organisation
from xueshi.organisations.states import Hat, MembershipState
from xueshi.people import services as people
from xueshi.people.models import Professional
from xueshi.registrations import selectors
from xueshi.registrations.services.drafts import RegistrationDraft

_TEXTS = {
    "sex": "sex",
    "education": "education",
    "school": "school",
    "major": "major",
    "degree": "degree",
    "title_series": "title_series",
    "title_level": "title_level",
    "title": "title",
    "title_certificate": "certificate_number",
    "academic_title": "academic_title",
}
_DAYS = {"graduated_on": "graduated", "title_effective_on": "title_effective", "appointed_on": "appointed"}
"""Columns of the professional's record and the fields of the form they come from."""


def join(draft: RegistrationDraft, user: User) -> tuple[Membership, Professional]:
    """Give the person a professional's hat in the picked body, pending, and enter the record (PRO-04, PRO-11)."""
    if selectors.professional_hat(user.pk) is not None:
        raise RuleBroken("您已是在册的专业技术人员；更换单位请办理人员调转", "employer")
    by = audit.By(user.pk)
    body = _employer(draft)
    hat = organisations.HatDraft(
        user=user, organisation=body, hat=Hat.PROFESSIONAL, department=_department(draft, body)
    )
    membership = organisations.give_hat(hat, state=MembershipState.PENDING, by=by)
    return membership, people.enter_professional(user, membership, _record(draft), by=by)


def _employer(draft: RegistrationDraft) -> Organisation:
    body = selectors.pickable_body(draft.portal, "employer", draft.answers.text("employer"))
    if body is None:
        raise RuleBroken("请从列表中选择所在单位", "employer")
    return body


def _department(draft: RegistrationDraft, body: Organisation) -> Department | None:
    value = draft.answers.text("department")
    if not value:
        return None
    department = selectors.department_of(draft.portal, str(body.pk), value)
    if department is None:
        raise RuleBroken("请从列表中选择工作部门", "department")
    return department


def _record(draft: RegistrationDraft) -> people.ProfessionalDraft:
    answers = draft.answers
    born = answers.day("birth_date")
    if born is None:
        raise RuleBroken("请填写出生日期", "birth_date")
    texts: dict[str, Any] = {column: answers.text(key) for column, key in _TEXTS.items()}
    days: dict[str, Any] = {column: answers.day(key) for column, key in _DAYS.items()}
    scans = draft.files.get("title_certificate", ())
    return people.ProfessionalDraft(
        born_on=born,
        postdoctoral=answers.flag("postdoctoral"),
        title_scan=scans[0] if scans else None,
        **texts,
        **days,
    )
