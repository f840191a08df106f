"""What follows from the words of a registration, without a database."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from xueshi.kernel import identity
from xueshi.organisations.states import OrganisationKind

KIND_WORDS: Final[Mapping[OrganisationKind, str]] = {
    OrganisationKind.EMPLOYER: "用人单位",
    OrganisationKind.DEPARTMENT: "主管部门",
    OrganisationKind.BUREAU: "人社部门",
    OrganisationKind.BASE: "继续教育基地",
}
PICKABLE: Final[Mapping[str, tuple[OrganisationKind, ...]]] = {
    "employer": (OrganisationKind.EMPLOYER, OrganisationKind.DEPARTMENT, OrganisationKind.BUREAU),
    "superior": (OrganisationKind.DEPARTMENT, OrganisationKind.EMPLOYER),
    "bureau": (OrganisationKind.BUREAU,),
    "authority": (OrganisationKind.BUREAU, OrganisationKind.DEPARTMENT),
}
"""Which bodies a picker of the packs offers (PRO-08, ORG-17, ORG-25, AMB-18)."""

ACCOUNT_FIELDS: Final = frozenset(
    {
        "document_number",
        "phone",
        "email",
        "landline",
        "password",
        "password_again",
        "sms_code",
        "login_name",
        "existing",
    }
)
"""Answers that become columns of the account, or nothing at all; never part of the stored answers (C2, C3)."""

PASSWORD_FIELDS: Final = frozenset({"password", "password_again", "sms_code"})
"""Answers that never leave the request they came in."""

AGREEMENT_FIELDS: Final = frozenset({"undertaking", "agreement", "sensitive"})
"""Boxes that are ticked, never pre-ticked; each becomes a ``Consent`` with the version of its text (C7)."""


def kind_key(role: str) -> str:
    """The key under which registrations of a role are reviewed."""
    return f"registration.{role}"


def birth_line(document_type: str, number: str, born: date) -> str:
    """The year of birth and whether the day agrees with the number.

    Beside a masked number the whole day would give the number away (security C4).
    """
    if not identity.tells_birth(document_type):
        return f"{born.year} 年"
    agrees = identity.birth_date(number) == born
    return f"{born.year} 年（与证件号{'一致' if agrees else '不一致'}）"


def reminder(kind: OrganisationKind, *, joining: bool) -> str:
    """Whom to remind after submitting (PRO-11, ID-11)."""
    if joining:
        return f"请提醒{KIND_WORDS[kind]}管理员审核；审核通过后，即可登录系统进行操作。"
    superior = {
        OrganisationKind.EMPLOYER: "上级部门（上级主管部门或同级人社部门）",
        OrganisationKind.DEPARTMENT: "同级人社部门",
        OrganisationKind.BASE: "主管部门或同级人社部门",
        OrganisationKind.BUREAU: "上级人社部门",
    }[kind]
    return f"请提醒{superior}管理员审核；审核通过后，即可登录系统进行操作。"
