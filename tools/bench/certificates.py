"""Row 12 of performance.md: our papers against bare Typst, our signatures against bare pyHanko.

Both sides draw the same page: same template, same fonts, a persistent compiler, PDF/A-2b, written to disk. Ours also
packs and signs the QR payload, draws the QR code and builds the facts. Both sides sign the same file with the same key.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from asn1crypto import keys as asn1_keys
from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tools.bench.harness import Bench, Side, pair
from xueshi.certificates import keys, pades, rendering, signing
from xueshi.certificates.payload import Payload
from xueshi.certificates.rules import CertificateNumber, Figures, new_code
from xueshi.kernel import clock, typesetting
from xueshi.policies import registry

DRAWN, SIGNED = 250, 100


def papers_for_bench(count: int) -> list[tuple[rendering.Paper, Payload]]:
    """So many papers of one person with other hours each, and what their QR codes hold."""
    pack = registry.pack("weihai")
    words = pack.year(2026).certificate
    wording = rendering.Wording(
        pack.document(words.template), words.title, words.lines, words.closing, words.note, words.centre
    )
    figures = Figures(
        name="王志远",
        document="370***********2215",
        year=2026,
        public=Decimal(30),
        professional=Decimal(66),
        total=Decimal(96),
        verdict="通过",
        issuer=words.issuer,
        platform=pack.title,
        rule="bench",
        issued_on=date(2026, 11, 21),
    )
    made = []
    for serial in range(1, count + 1):
        number = CertificateNumber(words.number.area, 2026, 1, serial)
        own = replace(figures, professional=Decimal(60 + serial % 30), total=Decimal(90 + serial % 30))
        hours = (own.public, own.professional, own.total)
        payload = Payload(number, 1, new_code(), own.issued_on, *hours, own.masked_name, own.document_ends)
        made.append((rendering.Paper(wording, own, number.text, payload.code, "weihai.example.cn/verify", ""), payload))
    return made


def bare_compiler(template: Path) -> typst.Compiler:
    """A compiler kept for all papers, as anybody would use it."""
    return typst.Compiler(
        template,
        root=template.parent,
        font_paths=typesetting._fonts(),
        ignore_system_fonts=True,
        package_path=rendering._LAYOUT,
    )


def bare_signer() -> tuple[signers.SimpleSigner, signers.PdfSignatureMetadata]:
    """pyHanko's own signer with our keys, and what it is told of the signature."""
    held = keys.keys()
    store = SimpleCertificateStore.from_certs(  # type: ignore[no-untyped-call]  # the library leaves it without hints
        [x509.Certificate.load(held.authority.public_bytes(serialization.Encoding.DER))]
    )
    key = held.signer_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        x509.Certificate.load(held.signer.public_bytes(serialization.Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(key),
        store,
    )
    meta = signers.PdfSignatureMetadata(
        field_name="Xueshi",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    return signer, meta


@contextmanager
def _drawing() -> Iterator[tuple[Side, Side]]:
    papers, moment = papers_for_bench(DRAWN), clock.now()
    with TemporaryDirectory() as folder:
        target = Path(folder) / "paper.pdf"

        def whole(paper: rendering.Paper, payload: Payload) -> rendering.Paper:
            return replace(paper, qr_text=f"https://weihai.example.cn/verify/{signing.sign_payload(payload)}")

        facts = [rendering.facts_of([whole(*one)]) for one in papers]
        compiler = bare_compiler(papers[0][0].wording.template)

        def ours() -> int:
            for one in papers:
                target.write_bytes(rendering.render_pdf([whole(*one)], moment))
            return DRAWN

        def bare() -> int:
            for one in facts:
                compiler.compile(
                    format="pdf", output=target, sys_inputs={"facts": one}, pdf_standards="a-2b", timestamp=0
                )
            return DRAWN

        yield Side("facts, signed QR, PDF/A, write", ours), Side("bare Typst: compile and write", bare)


@contextmanager
def _signing() -> Iterator[tuple[Side, Side]]:
    moment = clock.now()
    paper, _ = papers_for_bench(1)[0]
    pdf = rendering.render_pdf([replace(paper, qr_text="x" * 180)], moment)
    signer, meta = bare_signer()

    def ours() -> int:
        for _ in range(SIGNED):
            pades.sign_pdf(pdf, moment)
        return SIGNED

    def bare() -> int:
        for _ in range(SIGNED):
            signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer)
        return SIGNED

    yield Side("PAdES-B-B with the held key", ours), Side("bare pyHanko: sign_pdf", bare)


pair(Bench("certificates", "certificates as PDF/A with signed QR (12)", 0.8, _drawing))
pair(Bench("certificate-signing", "PAdES signatures (12)", 0.7, _signing))
