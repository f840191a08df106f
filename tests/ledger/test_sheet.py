"""认定单 as a file: the words of its page, as many pages as its years need."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pypdfium2
import pytest
from django.http import HttpResponse

from tests import small_world as make
from tests.browsers import signed_in
from tests.ledger.test_years import cells, post, read, world
from xueshi.kernel import clock, masking
from xueshi.kernel.errors import RuleBroken
from xueshi.ledger.rendering import Sheet, render_pdf
from xueshi.ledger.rules import Change
from xueshi.ledger.selectors import account_of
from xueshi.ledger.services import Shift, change_targets
from xueshi.ledger.states import Effect
from xueshi.policies import registry

__all__ = ["world"]

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)


def printed(answer: HttpResponse) -> list[str]:
    """The text of each page of a file, without spaces."""
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/pdf", "no-store")
    pages = pypdfium2.PdfDocument(answer.content)
    return ["".join(page.get_textpage().get_text_range().split()) for page in pages]


def test_the_sheet_is_a_file_with_the_words_of_its_page(world: make.SmallWorld) -> None:
    post(world.record, 2023, 1, public="24", professional="66.5")
    client, this = signed_in(world.person), clock.year()
    page = read(client, "/years/sheet/?level=senior&round=2025")
    assert "?level=senior&round=2025&file=pdf" in page
    answer = client.get("/years/sheet/?level=senior&round=2025&file=pdf")
    assert answer.content.startswith(b"%PDF-")
    assert b"<pdfaid:part>2</pdfaid:part>" in answer.content
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    [text] = printed(answer)
    expected = (
        *("继续教育学时认定单", "姓名王志远", world.employer.name, "核验申报年份之前5个年度。", "公需课", "要求调整"),
        *("20232466.590.590通过—", "202400090不通过—", "4个年度不通过：2020、2021、2022、2024。"),
        *("用人单位（盖章）", "人社部门（盖章）", f"打印日期{clock.today().isoformat()}", "第1页共1页"),
    )
    for words in expected:
        assert words in text
    number = world.person.user.document_number
    masked = masking.document(number)
    assert (number in text, masked in text, masked in page) == (False, True, True)
    for begin, years in ((2023, 1), (this - 9, 10)):
        [text] = printed(client.get(f"/years/sheet/?first={begin}&last={begin + years - 1}&file=pdf"))
        assert [str(year) in text for year in range(begin, begin + years)] == [True] * years
        assert f"共核验{years}个年度" in text
    of_others = f"/years/of/{world.record.pk}/sheet/?first=2023&last=2023&file=pdf"
    assert "姓名王志远" in printed(signed_in(world.employer_admin).get(of_others))[0]
    assert signed_in(world.stranger_admin).get(of_others).status_code == 404
    refused = client.get("/years/sheet/?first=2024&last=2023&file=pdf")
    assert (refused.status_code, refused["Content-Type"], "file=pdf" in refused.content.decode()) == (
        422, "text/html; charset=utf-8", False,
    )  # fmt: skip


def verdicts(page: str) -> list[tuple[str, str]]:
    """认定结果 of each row, with its colour."""
    return re.findall(r'data-l="认定结果"[^>]*><div><span class="x-state (\w+)">([^<]+)', page)


@pytest.mark.req("ANN-01")
def test_a_sheet_of_a_past_day_knows_no_later_years_and_blames_none_that_was_running(world: make.SmallWorld) -> None:
    year, today = clock.year(), clock.today()
    day = date(year - 1, 6, 30)
    with clock.shifted(date(year - 1, 3, 1) - today):
        post(world.record, year - 2, 1, professional="90")
        post(world.record, year - 1, 11, professional="30")
        post(world.record, year - 3, 21, professional="10")
    client, range_ = signed_in(world.person), f"first={year - 3}&last={year}"
    then = [("no", "不通过"), ("ok", "通过"), ("idle", "不通过")]
    for query, years in ((range_, 3), ("", 5)):
        page = read(client, f"/years/sheet/?{query}&on={day}")
        assert cells(page, "年度") == [str(one) for one in range(year - years, year)]
        assert verdicts(page)[-3:] == then
        assert f"共核验 {years} 个年度" in page
    [text] = printed(client.get(f"/years/sheet/?{range_}&on={day}&file=pdf"))
    assert f"共核验3个年度，2个年度不通过：{year - 3}、{year - 1}。" in text
    assert verdicts(read(client, f"/years/?on={day}")) == then[::-1]
    account = account_of(world.record.pk, year - 1)
    assert account is not None
    assert '<span class="x-state idle">未达到</span>' in read(client, f"/years/{account.pk}/?on={day}")
    page = read(client, f"/years/sheet/?{range_}")
    assert verdicts(page) == [("no", "不通过"), ("ok", "通过"), ("no", "不通过"), ("idle", "不通过")]
    page = read(client, f"/years/sheet/?first={year}&last={year}&on={day}")
    assert ("没有可以核验的年度" in page, "file=pdf" in page, "共核验" in page) == (True, False, False)


def test_years_of_which_nothing_is_asked_are_counted_apart(world: make.SmallWorld) -> None:
    year = clock.year()
    nothing = Change(Effect.NOTHING, Decimal(0), None, year - 2, "起算", "test", 1)
    change_targets([Shift(world.record.pk, "weihai", (nothing,))], by=make.NOBODY)
    client = signed_in(world.person)

    def summary(first: int, last: int) -> list[str]:
        return re.findall(r"共核验[^<]*", read(client, f"/years/sheet/?first={first}&last={last}"))

    assert summary(year - 4, year - 2) == ["共核验 3 个年度，其中 3 个年度免于要求。"]
    assert summary(year - 3, year - 1) == [f"共核验 3 个年度，其中 2 个年度免于要求，1 个年度不通过：{year - 1}。"]
    post(world.record, year - 1, 1, professional="90")
    assert summary(year - 3, year - 1) == ["共核验 3 个年度，其中 2 个年度免于要求，其余均已达到要求。"]
    assert summary(year - 1, year - 1) == ["共核验 1 个年度，均已达到要求。"]


def test_a_long_sheet_repeats_its_headings_and_numbers_its_pages() -> None:
    row = ("2026", "30", "60", "90", "90", "通过", "—")
    sheet = Sheet(
        "平台", "认定单", [("姓名", "王·买买提")], "", ["公需课", "专业课"], [row] * 40, "均已达到要求。", "供核对。"
    )
    content = render_pdf(registry.pack("weihai").document("sheet.typ"), sheet, MOMENT)
    first, second = printed(
        HttpResponse(content, content_type="application/pdf", headers={"Cache-Control": "no-store"})
    )
    assert (first.count("认定结果"), second.count("认定结果")) == (1, 1)
    assert ("第1页共2页" in first, "第2页共2页" in second, "认定单王·买买提" in second) == (True, True, True)
    assert first.count("2026") + second.count("2026") == 40
    with pytest.raises(RuleBroken, match="打印字体中没有"):
        render_pdf(registry.pack("weihai").document("sheet.typ"), replace(sheet, title="\ue000"), MOMENT)
