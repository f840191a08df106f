"""The columns of the queues: names and masked numbers (REV-10, REV-15, REV-21, REV-28)."""

from xueshi.kernel import masking
from xueshi.policies import registry
from xueshi.registrations import selectors
from xueshi.registrations.models import Registration
from xueshi.reviews.models import ReviewCase
from xueshi.ui.lists import Column

type CaseColumn = Column[ReviewCase]

CODE_LABEL = "机构代码/统一社会信用代码"
CREDIT_CODE_LABEL = "统一社会信用代码"
"""What a department's page calls the same column (REV-21)."""


def _behind(case: ReviewCase) -> Registration:
    return case.registration


def _is_overwritten(case: ReviewCase) -> bool:
    return selectors.is_overwritten(_behind(case), case)


def _answered(case: ReviewCase, key: str) -> str:
    return str(_behind(case).answers.get(key) or "")


def _name(case: ReviewCase) -> str:
    return name_in(_behind(case)) if _is_overwritten(case) else _behind(case).user.name


def name_in(registration: Registration) -> str:
    """The name that a registration gave; who had an account already gave none, and theirs nobody overwrites."""
    answers = registration.answers
    return str(answers.get("name") or answers.get("real_name") or registration.user.name)


def _phone(case: ReviewCase) -> str:
    return "" if _is_overwritten(case) else _behind(case).user.masked_phone


def _title(case: ReviewCase) -> str:
    professional = _behind(case).professional
    if professional is None:
        return ""
    title, series = professional.title, professional.title_series
    if _is_overwritten(case):
        title, series = _answered(case, "title"), _answered(case, "title_series")
    return (
        registry.catalogue("titles").label(title)
        if title != "none"
        else registry.catalogue("title_series").label(series)
    )


def _certificate(case: ReviewCase) -> str:
    professional = _behind(case).professional
    if professional is None:
        return ""
    return _answered(case, "certificate_number") if _is_overwritten(case) else professional.title_certificate


def base_level(case: ReviewCase) -> str:
    """继续教育基地级别 in words."""
    return registry.catalogue("base_levels").label(str(case.organisation.answers.get("base_level", "")))


def email(case: ReviewCase) -> str:
    """The masked address of the person."""
    address = _behind(case).user.email
    return masking.email(address) if address and not _is_overwritten(case) else ""


NUMBER: CaseColumn = Column(key="document", label="证件号", value=lambda case: _behind(case).user.listed_document)
PHONE: CaseColumn = Column(key="phone", label="手机", value=_phone, minor=True)
EMAIL: CaseColumn = Column(key="email", label="电子邮箱", value=email, minor=True)
MANAGER: CaseColumn = Column(key="administrator", label="管理员", value=_name)
PEOPLE: tuple[CaseColumn, ...] = (
    Column(key="name", label="姓名", value=_name, order_by="title"),
    NUMBER,
    Column(key="certificate", label="证书管理号", value=_certificate, minor=True),
    Column(key="title", label="专业技术职务", value=_title),
    Column(key="phone", label="手机号", value=_phone),
    EMAIL,
)


def body(label: str) -> CaseColumn:
    """The body's name under this heading."""
    return Column(key="name", label=label, value=lambda case: case.organisation.name, order_by="title", wrap=True)


def unit(code_label: str = CODE_LABEL) -> tuple[CaseColumn, ...]:
    """A unit and its administrator (REV-15, REV-21)."""
    return (body("法人单位"), code(code_label), MANAGER, NUMBER, PHONE)


def code(label: str = CODE_LABEL) -> CaseColumn:
    """Old organisation code or credit code, one heading (ORG-53)."""
    return Column(key="code", label=label, value=lambda case: case.organisation.code or "")
