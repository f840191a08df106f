"""What stands on the paper, read back by another program."""

import re
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from tests.certificates.samples import CODE, FIGURES, MOMENT, NUMBER, PAYLOAD, WORDING, paper
from xueshi.certificates.pades import sign_pdf
from xueshi.certificates.rendering import Paper, Wording, qr_svg, render_pdf, render_png
from xueshi.certificates.signing import open_payload, sign_payload
from xueshi.kernel.errors import RuleBroken
from xueshi.kernel.typesetting import BadTemplate
from xueshi.policies import registry


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    return "".join(document[0].get_textpage().get_text_range().split())


def test_every_item_of_the_completion_certificate_is_printed() -> None:
    text = text_of(sign_pdf(render_pdf([paper()], MOMENT), MOMENT))
    for item in (
        "威海市专业技术人员继续教育结业证书",
        "姓名王志远",
        "身份证号370***********2215",
        "参加2026年",
        "获得96.5学时",
        "公需课30学时",
        "专业课66.5学时",
        "特发此证",
        f"证书编号{NUMBER.text}",
        "查验码ABCD-EFGH-JKLM-NPQR",
        "weihai.localhost/verify",
        "说明：证书可在威海市专业技术人员继续教育管理系统核实",
        "发证机关：威海市人力资源社会保障综合培训指导中心",
        "发证时间：2026年11月21日",
    ):
        assert item in text


@pytest.mark.req("F4")
def test_the_printed_qr_code_can_be_scanned_and_checked_offline() -> None:
    qr_text = f"https://weihai.localhost/verify/{sign_payload(PAYLOAD)}"
    page = pypdfium2.PdfDocument(render_pdf([paper(qr_text=qr_text)], MOMENT))[0]
    (code,) = zxingcpp.read_barcodes(
        page.render(scale=2.5, grayscale=True).to_pil(), formats=zxingcpp.BarcodeFormat.QRCode
    )
    assert code.text == qr_text
    assert open_payload(code.text.rsplit("/", 1)[1]) == PAYLOAD


@pytest.mark.parametrize("name", ["王·买买提", "𬱖", '#panic("x")', "*a* _b_ $x$ @c <d>", "\\u{41}", '"}],', "{name}"])
def test_a_name_is_text_never_markup(name: str) -> None:
    assert f"姓名{''.join(name.split())}，" in text_of(render_pdf([paper(name=name)], MOMENT))


@pytest.mark.parametrize("name", ["王\ue000", "😀"])
def test_a_character_without_a_glyph_is_an_error_not_a_box(name: str) -> None:
    with pytest.raises(RuleBroken, match="打印字体中没有"):
        render_pdf([paper(name=name)], MOMENT)


@pytest.mark.parametrize("portal", ["weihai", "shandong", "liaocheng", "fujian"])
def test_each_region_prints_its_own_words_on_one_landscape_page(portal: str) -> None:
    pack = registry.pack(portal)
    words = pack.year(2026).certificate
    wording = Wording(pack.document(words.template), words.title, words.lines, words.closing, words.note, words.centre)
    figures = replace(FIGURES, issuer=words.issuer)
    pdf = render_pdf([Paper(wording, figures, NUMBER.text, CODE, f"{portal}.localhost/verify", "x")], MOMENT)
    assert [round(side) for side in pypdfium2.PdfDocument(pdf)[0].get_size()] == [842, 595]
    for words_printed in (words.title, words.issuer, words.note, words.closing):
        assert "".join(words_printed.split()) in text_of(pdf)


def test_a_paper_can_be_looked_at_as_a_picture() -> None:
    assert render_png(paper(), 20).startswith(b"\x89PNG")


def test_the_same_facts_make_the_same_file_and_it_declares_pdf_a() -> None:
    first = render_pdf([paper()], MOMENT)
    assert first == render_pdf([paper()], MOMENT)
    assert b"<pdfaid:part>2</pdfaid:part>" in first
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in first


@pytest.mark.parametrize(
    "body",
    ['#read("../secret.txt")', '#read("/secret.txt")', '#import "@preview/cades:0.3.0": *', '#image("http://x/y.png")'],
)
def test_a_template_reads_neither_other_files_nor_the_network(tmp_path: Path, body: str) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "documents").mkdir()
    template = tmp_path / "documents" / "annual.typ"
    template.write_text(body, encoding="utf-8")
    wording = Wording(template, WORDING.title, WORDING.lines, WORDING.closing)
    with pytest.raises(BadTemplate):
        render_pdf([Paper(wording, FIGURES, NUMBER.text, CODE, "x", "x")], MOMENT)


@pytest.mark.parametrize("length", [1, 40, 150, 200])
def test_qr_draws_exactly_the_modules_of_the_code(length: int) -> None:
    svg = qr_svg("x" * length)
    image = zxingcpp.create_barcode("x" * length, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    modules = memoryview(image.to_image(scale=1, add_quiet_zones=False)).tobytes()
    size = int(len(modules) ** 0.5)
    dark, x, y = set(), 0, 0
    for command, first, second in re.findall(r"([mhvzM])(-?\d*) ?(-?\d*)", svg.split('d="')[1]):
        if command == "m":
            x, y = x + int(first), y + int(second)
        elif command == "h" and int(first) > 0:
            dark |= {(x + step, y) for step in range(int(first))}
    assert dark == {(at % size, at // size) for at, value in enumerate(modules) if value == 0}
    assert f'viewBox="0 0 {size} {size}"' in svg
