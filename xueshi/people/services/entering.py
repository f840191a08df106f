"""Entering a professional: record, first title, what the registration said of education and academic titles."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from xueshi.accounts.models import User
from xueshi.audit import services as audit
from xueshi.files.models import StoredFile
from xueshi.kernel import clock, text
from xueshi.organisations.models import Membership
from xueshi.people import rules
from xueshi.people.models import Entry, Professional, Title
from xueshi.people.states import EntryKind


@dataclass(frozen=True, slots=True)
class ProfessionalDraft:
    """The personal block of the registration form (PRO-04)."""

    sex: str
    born_on: date
    education: str = ""
    school: str = ""
    major: str = ""
    graduated_on: date | None = None
    degree: str = ""
    postdoctoral: bool = False
    title_series: str = ""
    title_level: str = ""
    title: str = ""
    title_effective_on: date | None = None
    title_certificate: str = ""
    appointed_on: date | None = None
    title_scan: StoredFile | None = None
    academic_title: str = ""
    answers: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def enter_professional(user: User, employment: Membership, draft: ProfessionalDraft, *, by: audit.By) -> Professional:
    """Create the record, or replace that of an earlier refused registration.

    ``Problems`` beside what contradicts the person's number or lies before their birth; nothing is written then.
    """
    rules.agree(user.document_type, user.document_number, sex=draft.sex, born=draft.born_on)
    rules.after_birth(
        draft.born_on,
        {
            "graduated": draft.graduated_on,
            "title_effective": draft.title_effective_on,
            "appointed": draft.appointed_on,
        },
    )
    values: dict[str, Any] = {name: getattr(draft, name) for name in draft_columns()}
    values |= {"employment": employment, "name_bigrams": text.bigrams(user.name), "name_pinyin": pinyin_key(user.name)}
    professional, created = Professional.objects.update_or_create(
        user=user, defaults=values, create_defaults=values | {"created_at": clock.now()}
    )
    if not created:
        _end_what_was_said_before(professional)
    _enter_title(professional)
    _enter_education(professional)
    if draft.academic_title:
        _enter(professional, EntryKind.HONOUR, {"name": draft.academic_title})
    audit.record(by, "professional.entered", professional, created=created)
    return professional


def _end_what_was_said_before(professional: Professional) -> None:
    now = clock.now()
    Title.objects.filter(professional=professional, live_from__isnull=False, live_until=None).update(live_until=now)
    Entry.objects.filter(professional=professional, deleted_at=None).update(deleted_at=now)


def _enter_title(professional: Professional) -> None:
    values = {column: getattr(professional, repeated) for column, repeated in rules.REPEATED.items()}
    Title.objects.create(
        professional=professional,
        department_id=professional.employment.department_id,
        live_from=clock.now(),
        **values,
    )


def _enter_education(professional: Professional) -> None:
    said = {
        "education": professional.education,
        "school": professional.school,
        "major": professional.major,
        "graduated": professional.graduated_on.isoformat() if professional.graduated_on else "",
        "degree": professional.degree,
    }
    if professional.education:
        known = {key: value for key, value in said.items() if value}
        _enter(professional, EntryKind.EDUCATION, known | {"highest": True}, highest=True)


def _enter(professional: Professional, kind: EntryKind, answers: dict[str, Any], *, highest: bool = False) -> None:
    now = clock.now()
    key = f"entered-{professional.pk}-{kind}-{now.timestamp()}"
    Entry.objects.create(
        professional=professional, kind=kind, answers=answers, highest=highest, submission_key=key, created_at=now
    )


def draft_columns() -> tuple[str, ...]:
    """The columns of the record that a draft fills."""
    return tuple(name for name in ProfessionalDraft.__dataclass_fields__ if name != "academic_title")


def pinyin_key(name: str) -> str:
    """The stored key by which names are ordered as Chinese readers expect."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - large dictionaries; few processes enter names

    return " ".join(lazy_pinyin(name, style=Style.TONE3, errors="default"))[:200]
