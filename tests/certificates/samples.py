"""Papers for tests, made without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from xueshi.certificates.payload import Payload
from xueshi.certificates.rendering import Paper, Wording
from xueshi.certificates.rules import CertificateNumber, Figures

POLICIES = Path(__file__).resolve().parents[2] / "policies"
MOMENT = datetime(2026, 11, 21, 8, tzinfo=UTC)
NUMBER = CertificateNumber("371000", 2026, 1, 4821)
CODE = "ABCDEFGHJKLMNPQR"

FIGURES = Figures(
    name="王志远",
    document="370***********2215",
    year=2026,
    public=Decimal(30),
    professional=Decimal("66.5"),
    total=Decimal("96.5"),
    verdict="通过",
    issuer="威海市人力资源社会保障综合培训指导中心",
    platform="威海市专业技术人员继续教育管理系统",
    rule="weihai-2026",
    issued_on=date(2026, 11, 21),
)

WORDING = Wording(
    template=POLICIES / "national" / "documents" / "certificate.typ",
    title="威海市专业技术人员继续教育结业证书",
    lines=(
        "姓名 {name}，身份证号 {document}，参加 {year} 年继续教育获得 {total} 学时，"
        "公需课 {public} 学时，专业课 {professional} 学时。",
    ),
    closing="特发此证。",
    note="说明：证书可在威海市专业技术人员继续教育管理系统核实",
)

PAYLOAD = Payload(
    number=NUMBER,
    edition=1,
    code=CODE,
    issued_on=FIGURES.issued_on,
    public=FIGURES.public,
    professional=FIGURES.professional,
    total=FIGURES.total,
    name=FIGURES.masked_name,
    document_ends=FIGURES.document_ends,
)


def paper(*, name: str = "王志远", qr_text: str = "https://weihai.localhost/verify/x") -> Paper:
    return Paper(WORDING, replace(FIGURES, name=name), NUMBER.text, CODE, "weihai.localhost/verify", qr_text)
