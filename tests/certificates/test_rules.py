"""Numbers, codes and figures, without a database."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.certificates.samples import FIGURES, NUMBER
from xueshi.certificates.rules import (
    CODE_ALPHABET,
    CertificateNumber,
    Figures,
    NotANumber,
    changes,
    check_digit,
    falls_short,
    grouped_code,
    new_code,
    parse_code,
    parse_number,
    shown_hours,
)
from xueshi.certificates.states import TRANSITIONS, CertificateState, Move


def test_check_digit_is_iso_7064_mod_11_10() -> None:
    # The worked example of the standard: 0794 has the check digit 5.
    assert check_digit("0794") == 5


def test_number_has_its_parts_in_order() -> None:
    assert NUMBER.text == "CE37100020261000048214"
    assert parse_number(NUMBER.text) == NUMBER


@pytest.mark.parametrize(
    "typed", ["ce37100020261000048214", " CE371000 2026 1 00004821 4 ", "CE371000-2026-1-00004821-4"]
)
def test_number_is_read_as_people_type_it(typed: str) -> None:
    assert parse_number(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "CE",
        "37100020261000048214",
        "CE3710002026100004821",
        "CE37100020269000048214",
        "CE３７100020261000048214",
        "CE37100020261000048214\0",
        "CE371000202610004821353",
    ],
)
def test_what_is_not_a_number_is_refused(typed: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(typed)


def test_every_single_wrong_digit_is_found() -> None:
    text = NUMBER.text
    for place in range(2, len(text)):
        for digit in "0123456789":
            if digit != text[place]:
                with pytest.raises(NotANumber):
                    parse_number(text[:place] + digit + text[place + 1 :])


@pytest.mark.parametrize("serial", [0, -1, 100_000_000])
def test_serial_outside_its_eight_digits_is_refused(serial: int) -> None:
    with pytest.raises(NotANumber):
        CertificateNumber("371000", 2026, 1, serial)


@pytest.mark.req("LR-08")
def test_ten_thousand_numbers_and_codes_are_unique_and_codes_have_no_order() -> None:
    numbers = [CertificateNumber("371000", 2026, 1, serial).text for serial in range(1, 10_001)]
    codes = [new_code() for _ in numbers]

    assert len(set(numbers)) == 10_000
    assert len(set(codes)) == 10_000
    assert {len(code) * 5 for code in codes} == {80}
    # Kendall's count of neighbours in rising order is 1/2 ± 4σ for independent codes.
    rising = sum(later > earlier for earlier, later in pairwise(codes))
    assert abs(rising - 5_000) < 4 * (10_001 / 12) ** 0.5
    # Each place of the code uses each of the 32 signs about equally often: χ² with 31 degrees stays under 1e-6's bound.
    for place in range(16):
        counts = [sum(code[place] == sign for code in codes) for sign in CODE_ALPHABET]
        assert sum((count - 312.5) ** 2 / 312.5 for count in counts) < 90


def test_code_is_read_as_people_type_it() -> None:
    code = new_code()
    assert parse_code(f" {grouped_code(code).lower()} ") == code
    assert parse_code(code[:-1]) is None
    assert parse_code("O" + code[1:]) is None


@pytest.mark.parametrize(("hours", "shown"), [("66.00", "66"), ("7.50", "7.5"), ("100", "100"), ("0.00", "0")])
def test_hours_are_shown_without_empty_decimals(hours: str, shown: str) -> None:
    assert shown_hours(Decimal(hours)) == shown


def test_figures_survive_storage() -> None:
    assert Figures.from_json(FIGURES.as_json()) == FIGURES


def test_changes_name_what_differs() -> None:
    after = replace(FIGURES, professional=Decimal(70), total=Decimal(100), rule="weihai-2026b")
    assert changes(FIGURES, after) == ("专业课学时由 66.5 变为 70", "总学时由 96.5 变为 100")
    renamed = replace(FIGURES, name="王致远", issuer="某局")
    assert changes(FIGURES, renamed) == ("姓名已更正", f"发证机关由“{FIGURES.issuer}”变为“某局”")
    assert changes(FIGURES, replace(FIGURES, rule="x", platform="y")) == ()


@pytest.mark.req("INV-12")
@pytest.mark.parametrize(
    ("public", "professional", "total", "short"),
    [("30", "66.5", "96.5", False), ("30", "70", "100", False), ("30", "66", "96.5", True), ("29", "70", "99", True)],
)
def test_certificate_falls_short_when_the_ledger_holds_less(
    public: str, professional: str, total: str, short: bool
) -> None:
    held = {"public": Decimal(public), "professional": Decimal(professional), "total": Decimal(total)}
    assert falls_short(FIGURES, held) is short


def test_only_a_valid_certificate_moves() -> None:
    assert set(TRANSITIONS.rows()) == {
        (CertificateState.VALID, Move.SUPERSEDE, CertificateState.SUPERSEDED),
        (CertificateState.VALID, Move.REVOKE, CertificateState.REVOKED),
    }
