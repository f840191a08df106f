"""What a reviewer reads of a registration: answers by their labels, class 1 masked, scans, the way so far."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse

from xueshi.kernel import masking
from xueshi.organisations import permissions as seeing
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import OrganisationState
from xueshi.policies import registry
from xueshi.policies.access import Registration as Way
from xueshi.policies.fields import FieldSpec
from xueshi.policies.forms import Answers
from xueshi.registrations import permissions, rules, selectors
from xueshi.registrations.models import Registration
from xueshi.registrations.web import columns, lists
from xueshi.registrations.web.columns import CODE_LABEL
from xueshi.reviews import queues
from xueshi.reviews import selectors as reviews
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import CaseState
from xueshi.ui.parts import Change, Pair, Scan

_ELSEWHERE = frozenset({"employer", "department", "superior", "birth_date", "unit_name", "code", "name", "real_name"})
"""Answers that are shown from their columns, because the answer itself is a key or would say too much."""

_UNREADABLE = _ELSEWHERE - {"unit_name", "name", "real_name"}
"""Of these the old and the new answer are not set side by side."""


def context(actor: Actor, case_id: int, next_url: str = "") -> dict[str, Any]:
    """Everything the detail draws; ``NotFound`` when the case is not the actor's to see.

    ``next_url`` is where a decision leads, by default the queue.
    """
    registration = selectors.registration_for(actor, case_id)
    case = registration.case
    assert case is not None  # noqa: S101 - it was found by its case
    after = next_url or reverse(f"registrations:{lists.queue_of(registration.role)}")
    return queues.decision(actor, case, after) | {
        "registration": registration,
        "heading": case.title,
        "state": queues.STATE_WORDS[CaseState(case.state)],
        "pairs": _pairs(registration),
        "changes": _changes(registration),
        "scans": _scans(registration),
        "steps": _steps(registration, case),
        "reset": _reset(actor, registration),
        "managers": _managers(actor, registration),
    }


def _reset(actor: Actor, registration: Registration) -> str:
    """Where an administrator has the password of somebody reset who came in by this registration; else nothing."""
    hat = registration.membership
    allowed = hat is not None and seeing.can_reset(actor, hat)
    return reverse("portal:reset_password", args=[registration.membership_id]) if allowed else ""


def _managers(actor: Actor, registration: Registration) -> str:
    """Where a body that got in shows everybody who acts for it, not only who registered it; else nothing."""
    body = registration.organisation
    if registration.professional_id is not None or body is None or body.state != OrganisationState.ACTIVE:
        return ""
    allowed = permissions.can_see_managers(actor, body)
    return reverse("registrations:unit", args=[body.pk]) if allowed else ""


def _pairs(registration: Registration) -> list[Pair]:
    body = registration.organisation
    person = _person(registration)
    if registration.professional_id is not None:
        return [*person, *_joined(registration), *_answered(registration)]
    unit = unit_pairs(body) if body is not None else []
    return [
        *unit,
        *[pair for pair in _answered(registration) if pair.label not in {known.label for known in unit}],
        *person,
    ]


def _person(registration: Registration) -> list[Pair]:
    user = registration.user
    label = "姓名" if registration.professional_id is not None else "管理员"
    types = registry.catalogue("document_types")
    if selectors.is_overwritten(registration, registration):
        name = columns.name_in(registration)
        return [Pair(label=label, value=name, strong=True), Pair(label="证件号", value=user.masked_document)]
    pairs = [
        Pair(label=label, value=user.name, strong=True),
        Pair(label="证件类型", value=types.label(user.document_type)),
        Pair(label="证件号", value=user.masked_document),
        Pair(label="手机号", value=user.masked_phone),
        Pair(label="电子邮箱", value=masking.email(user.email) if user.email else ""),
    ]
    if user.landline:
        pairs.append(Pair(label="固定电话", value=masking.phone(user.landline)))
    return pairs


def _joined(registration: Registration) -> list[Pair]:
    membership, body = registration.membership, registration.organisation
    department = membership.department.name if membership is not None and membership.department is not None else ""
    born = registration.answers.get("birth_date")
    user = registration.user
    pairs = [
        Pair(label="所在单位", value=body.name if body is not None else ""),
        Pair(label="工作部门", value=department),
    ]
    if born:
        line = rules.birth_line(user.document_type, user.document_number, date.fromisoformat(str(born)))
        pairs.append(Pair(label="出生日期", value=line))
    return pairs


def unit_pairs(body: Organisation) -> list[Pair]:
    """单位基本信息 of a body (ORG-52)."""
    return [
        Pair(label="单位名称", value=body.name, strong=True),
        Pair(label=CODE_LABEL, value=body.code),
        Pair(label="单位性质", value=registry.catalogue("unit_natures").label(body.nature)),
        Pair(label="单位级别", value=registry.catalogue("unit_levels").label(body.unit_level)),
        Pair(label="所属行业", value=registry.catalogue("industries").label(body.industry)),
        Pair(label="单位地区", value=area_path(body.area_code)),
        Pair(label="上级部门", value=body.parent.name if body.parent is not None else ""),
        Pair(label="机构负责人", value=body.head),
        Pair(label="单位电话", value=body.phone),
        Pair(label="单位地址", value=body.address),
    ]


def area_path(code: str) -> str:
    """福建省-福州市-鼓楼区 (ORG-20)."""
    return "-".join(item.label for item in reversed(list(registry.catalogue("areas").ancestors(code))))


_UNIT_COLUMNS = frozenset(
    {"unit_nature", "unit_level", "industry", "area", "head", "unit_telephone", "address", "base_level"}
)


def _answered(registration: Registration) -> list[Pair]:
    way = _way(registration)
    if way is None:
        return []
    answers: Answers = way.form.restore(registration.answers)
    hidden = _ELSEWHERE | (_UNIT_COLUMNS - {"base_level"} if registration.professional_id is None else frozenset())
    shown = [line for line in way.form.lines(answers) if _readable(line.field, hidden)]
    return [Pair(label=line.field.label, value=line.text) for line in shown]


def _changes(registration: Registration) -> list[Change]:
    """What a corrected registration says now beside what it said when it was refused; only what differs (REV-12)."""
    way = _way(registration)
    earlier = selectors.earlier_answers(registration)
    if way is None or earlier is None:
        return []
    before, after = (_lines(way, answers) for answers in (earlier, registration.answers))
    labels = {field.key: field.label for field in way.form.fields}
    keys = [key for key in labels if before.get(key, "") != after.get(key, "")]
    return [Change(label=labels[key], before=before.get(key, ""), after=after.get(key, "")) for key in keys]


def _lines(way: Way, answers: Mapping[str, Any]) -> dict[str, str]:
    shown = way.form.lines(way.form.restore(answers))
    return {line.field.key: str(line.text) for line in shown if _readable(line.field, _UNREADABLE)}


def _readable(field: FieldSpec, hidden: frozenset[str]) -> bool:
    return field.key not in hidden and field.key not in rules.ACCOUNT_FIELDS and field.key != "document_type"


def _way(registration: Registration) -> Way | None:
    ways = registry.pack(registration.portal).registrations
    return next((way for way in ways if way.key == registration.kind), None)


def _scans(registration: Registration) -> list[Scan]:
    return [
        Scan(
            key=attached.file.key,
            name=attached.file.name,
            url=reverse("registrations:file", args=[registration.case_id, attached.file.key]),
            size=f"{max(attached.file.size // 1024, 1)} KB",
        )
        for attached in registration.files.all()
        if attached.round == registration.round
    ]


def _steps(registration: Registration, case: ReviewCase) -> list[Any]:
    events = list(reviews.history([case.pk]))
    if selectors.is_overwritten(registration, registration):
        for event in events:
            if event.by_id == registration.user_id:
                event.by.name = columns.name_in(registration)  # shown, never saved
    return queues.timeline(list(case.steps.all()), events)
