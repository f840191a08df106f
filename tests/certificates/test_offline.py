"""A paper checked without the register: by the QR code's signature, and by other programs than ours."""

import io
import re
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.certificates.test_services import passed
from xueshi.certificates import keys as keyring
from xueshi.certificates import pades, services
from xueshi.certificates.models import Certificate, LookupLog
from xueshi.files import services as files
from xueshi.kernel import clock

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).parents[2] / "docs" / "certificates.md"
OFFLINE = "/verify/offline/"


@pytest.fixture
def client() -> Client:
    return Client(HTTP_HOST="weihai.localhost")


@pytest.fixture
def issued() -> Certificate:
    world, account = passed()
    return Certificate.objects.select_related("account", "file").get(pk=services.issue(world.person, account.pk).pk)


@pytest.mark.req("LR-09", "C10")
def test_a_scanned_text_is_checked_by_its_signature_alone(issued: Certificate, client: Client) -> None:
    address = services.paper_of(issued).qr_text
    Certificate.objects.filter(pk=issued.pk).update(state="revoked", ended_at=clock.now())
    for text in (address, f"  {address[:60]}\n{address[60:]} ", address.rsplit("/", 1)[1]):
        answer = client.post(OFFLINE, {"text": text})
        page = answer.content.decode()
        assert answer.status_code == 200
        for words in ("签名有效", issued.number, "王*远", "96", f"状态截至签发日 {clock.today().isoformat()}"):
            assert words in page
        assert ("王志远" in page, issued.code in page, "已撤销" in page) == (False, False, False)
    assert LookupLog.objects.count() == 0
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.req("LR-09", "F5")
def test_an_altered_text_is_refused_beside_the_field_and_thirty_a_minute_suffice(
    issued: Certificate, client: Client
) -> None:
    text = services.paper_of(issued).qr_text
    for typed in (f"{text[:-3]}AAA", issued.number, "http://weihai.localhost/verify/", "x" * 1999, "\0", ""):
        answer = client.post(OFFLINE, {"text": typed})
        assert (answer.status_code, "签名有效" in answer.content.decode()) == (422, False)
    assert "签名不符" in client.post(OFFLINE, {"text": "x"}).content.decode()
    for _ in range(23):
        client.post(OFFLINE, {"text": "x"})
    assert client.post(OFFLINE, {"text": text}).status_code == 429


@pytest.mark.req("LR-09")
def test_the_documented_lines_check_a_code_without_this_program(
    issued: Certificate, client: Client, tmp_path: Path
) -> None:
    (script,) = re.findall(r"```python\n(.+?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "key.pem").write_bytes(client.get("/verify/key.pem").content)
    scanned = services.paper_of(issued).qr_text
    altered = scanned[:-40] + ("A" if scanned[-40] != "A" else "B") + scanned[-39:]
    said = []
    for text in (scanned, altered):
        held: dict[str, object] = {"scanned": text, "key_file": tmp_path / "key.pem"}
        exec(compile(script, str(GUIDE), "exec"), held)  # noqa: S102 - our own document
        said.append(held["genuine"])
    assert said == [True, False]


@pytest.mark.req("LR-09", "F4")
def test_three_readers_accept_a_fresh_paper_and_refuse_one_changed_byte(issued: Certificate, tmp_path: Path) -> None:
    paper = files.read(issued.file)
    place = paper.index(b"/Title") + 20
    altered = paper[:place] + bytes([paper[place] ^ 1]) + paper[place + 1 :]
    assert [_pyhanko(one) for one in (paper, altered)] == [True, False]
    assert [_openssl(one, tmp_path) for one in (paper, altered)] == [True, False]
    assert "Signature is Valid." in _pdfsig(paper, tmp_path)
    assert "Digest Mismatch." in _pdfsig(altered, tmp_path)


def _pyhanko(pdf: bytes) -> bool:
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    roots = [pades._asn1(keyring.keys().authority)]
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=roots, allow_fetching=False))
    return bool(status.bottom_line and status.coverage.name == "ENTIRE_FILE")


def _pdfsig(pdf: bytes, folder: Path) -> str:
    """What Poppler says of a file that one signature covers; whom to trust is not its matter here."""
    (folder / "paper.pdf").write_bytes(pdf)
    command = ["pdfsig", "-nocert", "paper.pdf"]
    said = subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True).stdout
    assert said.count("Signature #") == said.count("Total document signed") == 1
    return said


def _openssl(pdf: bytes, folder: Path) -> bool:
    """The signature as OpenSSL sees it: cut out by the byte range, as any reader does."""
    start, end, tail = (int(value) for value in re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+) *\]", pdf)[0])
    (folder / "signature.der").write_bytes(bytes.fromhex(pdf[start + 1 : end - 1].decode()))
    (folder / "content").write_bytes(pdf[:start] + pdf[end : end + tail])
    (folder / "ca.pem").write_bytes((keyring.folder() / "ca.pem").read_bytes())
    command = [
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature.der", "-content", "content",
        "-CAfile", "ca.pem", "-purpose", "any", "-out", "said",
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
