"""认定单 as a file: the words of its page, as many pages as its years need."""

from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest
from django.http import HttpResponse

from tests import small_world as make
from tests.browsers import signed_in
from tests.ledger.test_years import post, read, world
from xueshi.kernel import clock, masking
from xueshi.kernel.errors import RuleBroken
from xueshi.ledger.rendering import Sheet, render_pdf
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
