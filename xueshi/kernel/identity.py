"""Numbers that identify people and organisations: one function makes each canonical, or refuses it.

Sources: GB 11643-1999 (resident ID), GB 32100-2015 (unified social credit code), GB 11714 (old organisation code).
"""

import re
from datetime import date
from enum import StrEnum

from stdnum.cn import uscc
from stdnum.exceptions import InvalidLength, ValidationError

from xueshi.kernel import text
from xueshi.kernel.errors import RuleBroken

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_PASSPORT = re.compile(r"[A-Z0-9]{5,17}")
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_OLD_CODE = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
_OLD_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_CODE = 18
"""Characters (GB 32100-2015)."""


class DocumentType(StrEnum):
    """Kinds of personal documents."""

    RESIDENT = "resident"
    HK_MACAO_TAIWAN = "hmt"
    PASSPORT = "passport"
    FOREIGNER = "foreigner"


def _plain(number: str) -> str:
    return text.half_width(number).strip().upper()


def canonical_document(kind: str, number: str, *, today: date, field: str = "document_number") -> str:
    """The stored form of a document number; ``RuleBroken`` names what is wrong with it.

    Outer blanks, full width and a lower-case x are mended, inner blanks are refused (AMB-04). The region part of a
    resident number is never a reason to refuse: counties are renamed (policy facts 13.2).
    """
    plain = _plain(number)
    if not plain:
        raise RuleBroken("请输入证件号", field)
    if re.search(r"\s", plain):
        raise RuleBroken("证件号中间不能有空格", field)
    if tells_birth(kind):
        return _resident(plain, today, field)
    if not _PASSPORT.fullmatch(plain):
        raise RuleBroken("证件号只能由字母和数字组成", field)
    return plain


def _resident(number: str, today: date, field: str) -> str:
    if not _RESIDENT.fullmatch(number):
        raise RuleBroken("证件号应为 18 位，最后一位可以是 X", field)
    try:
        born = birth_date(number)
    except ValueError:
        raise RuleBroken("证件号中的出生日期不存在", field) from None
    if born >= today or born.year < 1900:
        raise RuleBroken("证件号中的出生日期不正确", field)
    if _check_character(number) != number[17]:
        raise RuleBroken("证件号校验位不正确，请核对", field)
    return number


def _check_character(number: str) -> str:
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11]


def complete_resident(first_seventeen: str) -> str:
    """Seventeen digits with their check character, for generated people."""
    return first_seventeen + _check_character(first_seventeen)


def birth_date(resident: str) -> date:
    """The date of birth inside a resident number; ``ValueError`` when there is no such day."""
    return date(int(resident[6:10]), int(resident[10:12]), int(resident[12:14]))


def tells_birth(kind: str) -> bool:
    """Whether numbers of this kind hold the date of birth and the sex of their bearer (GB 11643)."""
    return kind in {DocumentType.RESIDENT, DocumentType.HK_MACAO_TAIWAN}


def is_male(resident: str) -> bool:
    """Odd seventeenth digit: male."""
    return int(resident[16]) % 2 == 1


def canonical_phone(number: str, *, field: str = "phone") -> str:
    """Eleven digits of a mainland mobile number; a leading +86 and separators are dropped."""
    plain = re.sub(r"[\s\-()]", "", text.half_width(number))
    plain = re.sub(r"^(\+?86)(?=1\d{10}$)", "", plain)
    if not _PHONE.fullmatch(plain):
        raise RuleBroken("请输入 11 位手机号", field)
    return plain


def canonical_organisation_code(code: str, *, field: str = "code") -> str:
    """An 18-character credit code that checks, or a nine-character old organisation code that does (ORG-53)."""
    plain = _plain(code).replace(" ", "")
    if _OLD_CODE.fullmatch(plain):
        bare = plain.replace("-", "")
        if _old_check_character(bare) != bare[8]:
            raise RuleBroken("组织机构代码的校验位不正确，请核对", field)
        return f"{bare[:8]}-{bare[8]}"
    try:
        if len(plain) != _CREDIT_CODE:  # before each of fifty thousand characters is looked at
            raise InvalidLength
        return str(uscc.validate(plain))
    except ValidationError:
        raise RuleBroken("请输入正确的组织机构代码或 18 位统一社会信用代码", field) from None


def _old_check_character(code: str) -> str:
    """GB 11714-1997: letters count as 10 to 35; eleven less the weighted sum modulo eleven, 10 is X and 11 is 0."""
    total = sum(int(character, 36) * weight for character, weight in zip(code, _OLD_WEIGHTS, strict=False))
    return "0123456789X0"[11 - total % 11]
