"""One spelling however a number is typed; what says nothing is no number."""

from datetime import date

import pytest

from xueshi.duplicates.rules import keys_of, spelling
from xueshi.policies.answers import Answers
from xueshi.policies.forms import FieldKind, FieldSpec, FormSpec

ASKED = FormSpec(
    fields=(
        FieldSpec(key="title", label="论文题目", kind=FieldKind.TEXT, identifies="issn_title"),
        FieldSpec(key="issue_number", label="刊号", kind=FieldKind.TEXT, identifies="issn_title"),
        FieldSpec(key="doi", label="DOI", kind=FieldKind.TEXT, identifies="doi"),
        FieldSpec(key="journal", label="刊物名称", kind=FieldKind.TEXT),
    )
)


@pytest.mark.parametrize(
    ("kind", "same", "another"),
    [
        ("doi", ["10.3901/JME.2026.03.001", "https://doi.org/10.3901/jme.2026.03.001",
                 "DOI：10.3901/JME. 2026.03.001。"], "10.3901/JME.2026.03.002"),
        ("isbn", ["978-7-111-12345-6", "ISBN 9787111123456", "7-111-12345-X", "９７８７１１１１２３４５６"],
         "978-7-111-12346-3"),
        ("patent", ["ZL 2015 1 0123456.7", "zl201510123456.7", "201510123456", "CN201510123456X"],
         "ZL 2015 2 0123456.7"),
        ("patent", ["ZL03112345.6", "03112345"], "ZL03112346.6"),
        ("project", ["2025-KJ-001", "２０２５ kj 001", "[2025]KJ001号".replace("号", "")], "2025-KJ-002"),
        ("certificate", ["No. A-12345", "no.a12345"], "A-12345"),
        ("achievement", ["《五轴加工中心 热误差补偿》", "五轴加工中心热误差补偿"], "五轴加工中心热误差补偿 II"),
    ],
)  # fmt: skip
def test_every_way_to_write_a_number_is_the_same_number(kind: str, same: list[str], another: str) -> None:
    spellings = {spelling.spelled(kind, text) for text in same}
    assert len(spellings) == 1, spellings
    assert "" not in spellings
    assert spelling.spelled(kind, another) not in spellings


@pytest.mark.parametrize(
    ("kind", "text"),
    [("doi", "无"), ("doi", "10.12/ab"), ("isbn", "9787111"), ("isbn", "----"), ("patent", "无"), ("project", "001"),
     ("certificate", "————"), ("certificate", "无编号"), ("achievement", "无")],
)  # fmt: skip
def test_what_names_nothing_is_no_number(kind: str, text: str) -> None:
    assert spelling.spelled(kind, text) == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [("ISSN 0577-6686 / CN 11-2187/TH", "0577668"), ("０５７７－６６８６", "0577668"), ("0577 668x", "0577668"),
     ("CN 11-2187/TH", "cn112187"), ("11-2187/TH", "cn112187"), ("五轴加工 2026-2027 年度研究", ""), ("无", "")],
)  # fmt: skip
def test_the_number_of_a_journal(text: str, number: str) -> None:
    assert spelling.issn(text) == number


def test_a_journal_and_a_title_are_one_key_and_either_alone_is_none() -> None:
    title = "五轴加工中心热误差补偿方法研究"
    given: dict[str, str] = {"title": title, "issue_number": "ISSN 0577-6686", "journal": "机械工程学报"}
    (key,) = keys_of(ASKED, Answers(given))
    assert (key.kind, key.text, key.field) == ("issn_title", f"0577668 {title}", "title")
    (again,) = keys_of(ASKED, Answers({**given, "issue_number": "0577－6686", "title": f"《{title}》"}))
    assert again.value == key.value
    for lacking in ("title", "issue_number"):
        assert keys_of(ASKED, Answers({name: text for name, text in given.items() if name != lacking})) == ()
    both = keys_of(ASKED, Answers({**given, "doi": "10.3901/JME.2026.03.001"}))
    assert {one.kind: one.field for one in both} == {"issn_title": "title", "doi": "doi"}
    assert keys_of(ASKED, Answers({"journal": "机械工程学报", "doi": "无", "published": date(2026, 3, 1)})) == ()


def test_two_kinds_never_share_a_value() -> None:
    assert len({spelling.value_of(kind, "10.1/x") for kind in ("doi", "file", "isbn", "project")}) == 4
