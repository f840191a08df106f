"""Writing professionals."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from xueshi.accounts.models import User
from xueshi.audit import services as audit
from xueshi.files.models import StoredFile
from xueshi.kernel import clock, text
from xueshi.organisations.models import Membership
from xueshi.people.models import Professional


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
    """Create the record, or replace that of an earlier refused registration."""
    values: dict[str, Any] = {name: getattr(draft, name) for name in draft_columns()}
    values |= {"employment": employment, "name_bigrams": text.bigrams(user.name), "name_pinyin": pinyin_key(user.name)}
    professional, created = Professional.objects.update_or_create(
        user=user, defaults=values, create_defaults=values | {"created_at": clock.now()}
    )
    audit.record(by, "professional.entered", professional, created=created)
    return professional


def draft_columns() -> tuple[str, ...]:
    """The columns that a draft fills."""
    return tuple(ProfessionalDraft.__dataclass_fields__)


def pinyin_key(name: str) -> str:
    """The stored key by which names are ordered as Chinese readers expect."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - large dictionaries; few processes enter names

    return " ".join(lazy_pinyin(name, style=Style.TONE3, errors="default"))[:200]
