"""Masks, texts, transitions and sealed fields."""

from enum import StrEnum

import pytest
from cryptography.exceptions import InvalidTag

from xueshi.kernel import crypto, masking, text
from xueshi.kernel.decisions import ALLOW, deny
from xueshi.kernel.errors import MovedOn, NotAllowed, RuleBroken
from xueshi.kernel.transitions import Transitions


def test_masks() -> None:
    assert masking.document("370602199001012215") == "370***********2215"
    assert masking.document("E12345") == "****45"
    assert (masking.listed("370602199001012215"), masking.listed("E12345")) == ("****2215", "****45")
    assert (masking.cut("370602199001012215"), masking.cut("E12345")) == ("3706021990…2215", "****45")
    assert masking.phone("13912345612") == "139******12"
    assert [masking.name(name) for name in ("王志远", "王敏", "王", "欧阳修文")] == ["王*远", "王*", "王*", "欧**文"]
    assert masking.email("wangzhiyuan@example.cn") == "wa***@example.cn"


@pytest.mark.parametrize("bad", ["a\x00b", "王\u200b敏", "abc\u202edef", "a\nb"])
def test_invisible_characters_are_refused(bad: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        text.clean(bad, field="name")
    assert refused.value.field == "name"


@pytest.mark.parametrize("good", ["买买提·艾力", "𠮷田", "第一行\n第二行"])
def test_rare_characters_stay(good: str) -> None:
    assert text.clean(good, multiline=True) == good


@pytest.mark.parametrize(
    "name", ["海天（威海）机械", "威海市第 101 中学", "“红星”美凯龙·家居", "7-11便利店", "AT&T（中国）", "〇三三医院"]
)
def test_the_signs_of_registered_names_stay(name: str) -> None:
    assert text.organisation_name(f" {name} ") == name


@pytest.mark.parametrize("name", ["@错<b>9", "威海#1公司", "公司*", "12345", "（）", "a=b公司", "公司\u200b"])
def test_other_signs_are_refused_in_a_name(name: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        text.organisation_name(name, field="unit_name")
    assert refused.value.field == "unit_name"


def test_a_name_is_known_by_its_appearance() -> None:
    assert text.name_key("海天（威海） 机械") == text.name_key("海天(威海)机械")
    assert text.bigrams("王志远") == sorted(["王志", "志远", "王", "志", "远"])


def test_sealed_values_differ_and_open_only_in_their_column() -> None:
    first, second = crypto.encrypt("370602", context="a.b"), crypto.encrypt("370602", context="a.b")
    assert first != second
    assert crypto.decrypt(first, context="a.b") == crypto.decrypt(second, context="a.b") == "370602"
    with pytest.raises(InvalidTag):
        crypto.decrypt(first, context="a.c")
    assert crypto.lookup_index("370602", purpose="document") == crypto.lookup_index("370602", purpose="document")
    assert crypto.lookup_index("370602", purpose="document") != crypto.lookup_index("370602", purpose="phone")


class _Light(StrEnum):
    RED = "red"
    GREEN = "green"


class _Push(StrEnum):
    GO = "go"


def test_a_move_outside_the_table_is_refused() -> None:
    table = Transitions({(_Light.RED, _Push.GO): _Light.GREEN})
    assert table.next(_Light.RED, _Push.GO) is _Light.GREEN
    assert not table.allows(_Light.GREEN, _Push.GO)
    with pytest.raises(MovedOn):
        table.next(_Light.GREEN, _Push.GO)


def test_a_decision_requires_itself() -> None:
    ALLOW.require()
    with pytest.raises(NotAllowed, match="因为"):
        deny("因为").require()


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("7", 7),
        ("007", 7),
        ("9" * 18, int("9" * 18)),
        *((bad, None) for bad in ("9" * 19, "", "-1", "1.0", " 1", "１", "²")),
    ],
)
def test_a_number_of_an_address_is_plain_digits(typed: str, known: int | None) -> None:
    assert text.number(typed) == known
