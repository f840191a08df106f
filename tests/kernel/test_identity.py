"""Identity numbers: GB 11643, GB 32100, phones."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueshi.kernel import identity
from xueshi.kernel.errors import RuleBroken

TODAY = date(2026, 11, 21)


def canonical(number: str) -> str:
    return identity.canonical_document("resident", number, today=TODAY)


@pytest.mark.parametrize(
    "typed",
    ["11010519491231002x", "  11010519491231002X ", "１１０１０５１９４９１２３１００２ｘ", "11010519491231002Ｘ"],
)
def test_spellings_of_one_number_are_one_number(typed: str) -> None:
    assert canonical(typed) == "11010519491231002X"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "请输入证件号"),
        ("110105 19491231002X", "证件号中间不能有空格"),
        ("110105194912310021", "证件号校验位不正确，请核对"),
        ("11010519490231002X", "证件号中的出生日期不存在"),
        ("11010520991231002X", "证件号中的出生日期不正确"),
        ("1101051949123100", "证件号应为 18 位，最后一位可以是 X"),
    ],
)
def test_wrong_numbers_are_named(typed: str, message: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        canonical(typed)
    assert refused.value.message == message
    assert refused.value.field == "document_number"


def test_region_part_never_refuses() -> None:
    """371003 came after 371081; both stay valid on cards."""
    for region in ("371003", "371081", "999999"):
        number = identity.complete_resident(f"{region}19900307123")
        assert canonical(number) == number


@given(st.dates(date(1900, 1, 1), date(2026, 11, 20)), st.integers(0, 999), st.integers(0, 999_999))
def test_every_completed_number_is_valid(born: date, order: int, region: int) -> None:
    number = identity.complete_resident(f"{region:06}{born:%Y%m%d}{order:03}")
    assert canonical(number.lower()) == number
    assert identity.birth_date(number) == born
    assert identity.is_male(number) is (order % 2 == 1)


@given(st.text(max_size=40))
def test_nothing_typed_crashes(typed: str) -> None:
    try:
        found = canonical(typed)
    except RuleBroken:
        return
    assert len(found) == 18


@pytest.mark.parametrize("typed", ["13912345678", "139 1234 5678", "+86 139-1234-5678", "１３９１２３４５６７８"])
def test_phones_have_one_spelling(typed: str) -> None:
    assert identity.canonical_phone(typed) == "13912345678"


@pytest.mark.parametrize("typed", ["12912345678", "1391234567", "139123456789", "电话"])
def test_wrong_phones_are_refused(typed: str) -> None:
    with pytest.raises(RuleBroken, match="11 位手机号"):
        identity.canonical_phone(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("91410104MA9G8NFR0H", "91410104MA9G8NFR0H"),
        ("91410104ma9g8nfr0h", "91410104MA9G8NFR0H"),
        ("33333333-X", "33333333-X"),
        (" 33333333x ", "33333333-X"),
        ("Ｄ２１４３５６９－Ｘ", "D2143569-X"),
    ],
)
def test_both_kinds_of_organisation_codes(typed: str, stored: str) -> None:
    assert identity.canonical_organisation_code(typed) == stored


def test_an_old_code_must_check() -> None:
    for typed in ("33333333-0", "D21435691"):
        with pytest.raises(RuleBroken, match="校验位"):
            identity.canonical_organisation_code(typed)


def test_a_credit_code_must_check() -> None:
    with pytest.raises(RuleBroken, match="统一社会信用代码"):
        identity.canonical_organisation_code("91410104MA9G8NFR0J")
