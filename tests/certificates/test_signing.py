"""Signatures: ours verify, one altered byte does not (LR-09)."""

import hashlib
import io
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pytest_django import Settings

from tests.certificates.samples import MOMENT, PAYLOAD, paper
from xueshi.certificates import keys as keyring
from xueshi.certificates import pades
from xueshi.certificates.pades import digest_of_genuine, sign_pdf
from xueshi.certificates.payload import BadPayload, pack, unpack
from xueshi.certificates.rendering import render_pdf
from xueshi.certificates.signing import NotOurs, open_payload, sign_payload
from xueshi.kernel import clock


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    return render_pdf([paper()], MOMENT)


@pytest.fixture
def signed(unsigned: bytes) -> bytes:
    return sign_pdf(unsigned, MOMENT)


@pytest.mark.req("F4")
def test_a_signed_paper_is_ours(signed: bytes) -> None:
    assert digest_of_genuine(signed) == hashlib.sha256(signed).hexdigest()


def test_another_reader_agrees_that_the_signature_covers_the_whole_file(signed: bytes) -> None:
    (signature,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    trust = ValidationContext(trust_roots=[pades._asn1(keyring.keys().authority)], allow_fetching=False, moment=MOMENT)
    status = validate_pdf_signature(signature, trust)
    assert (status.intact, status.valid, status.trusted, status.coverage.name) == (True, True, True, "ENTIRE_FILE")
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert status.docmdp_ok
    assert signature.self_reported_timestamp == MOMENT


@pytest.mark.req("LR-09")
def test_two_hundred_altered_papers_are_refused(signed: bytes) -> None:
    source = random.Random(9)  # noqa: S311 - places to alter, not a secret
    start = signed.index(b"/Contents <")
    # Half of the places anywhere, half in and around the signature, where a lax check would forgive.
    places = source.sample(range(len(signed)), 150) + source.sample(range(start - 20, len(signed)), 150)
    refused = 0
    for place in places:
        altered = bytearray(signed)
        altered[place] ^= 1 << source.randrange(8)
        with pytest.raises(NotOurs):
            digest_of_genuine(bytes(altered))
        refused += 1
    print(f"LR-09 papers N={refused} bad=0 control=ok")  # noqa: T201 - checks report their N
    assert refused == 300


@pytest.mark.req("LR-09")
def test_cut_lengthened_and_foreign_files_are_refused(signed: bytes, unsigned: bytes) -> None:
    for other in (b"", b"%PDF-1.7", unsigned, signed[:-1], signed + b"\n", b"\n" + signed, signed + signed):
        with pytest.raises(NotOurs):
            digest_of_genuine(other)


def test_a_later_change_appended_to_the_paper_is_refused(signed: bytes) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Lang"] = writer.root.get("/Lang")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(NotOurs):
        digest_of_genuine(out.getvalue())


def test_a_paper_signed_with_other_keys_is_refused_until_they_are_trusted(
    unsigned: bytes, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = settings.CERTIFICATE_KEYS
    monkeypatch.setattr(clock, "now", lambda: MOMENT)
    keyring._make(tmp_path / "other")
    settings.CERTIFICATE_KEYS = str(tmp_path / "other")
    foreign = sign_pdf(unsigned, MOMENT)
    assert digest_of_genuine(foreign)
    settings.CERTIFICATE_KEYS = own
    with pytest.raises(NotOurs):
        digest_of_genuine(foreign)

    retired = tmp_path / "rotated"
    keyring._make(retired)
    (retired / "trusted").mkdir()
    (retired / "trusted" / "2025.pem").write_bytes((tmp_path / "other" / "signer.pem").read_bytes())
    settings.CERTIFICATE_KEYS = str(retired)
    assert digest_of_genuine(foreign) == hashlib.sha256(foreign).hexdigest()


def test_payload_survives_packing() -> None:
    assert unpack(pack(PAYLOAD)) == PAYLOAD
    assert open_payload(sign_payload(PAYLOAD)) == PAYLOAD


@pytest.mark.parametrize("hours", ["-1", "0.001"])
def test_hours_that_do_not_fit_are_refused(hours: str) -> None:
    with pytest.raises(BadPayload):
        pack(replace(PAYLOAD, total=Decimal(hours)))


@pytest.mark.req("LR-09")
def test_two_hundred_altered_qr_texts_are_refused() -> None:
    source, text = random.Random(9), sign_payload(PAYLOAD)  # noqa: S311 - places to alter, not a secret
    refused = 0
    for _ in range(200):
        place = source.randrange(len(text))
        other = source.choice([sign for sign in "ABCabc019-_" if sign != text[place]])
        with pytest.raises(NotOurs):
            open_payload(text[:place] + other + text[place + 1 :])
        refused += 1
    print(f"LR-09 qr N={refused} bad=0 control=ok")  # noqa: T201 - checks report their N
    assert refused == 200


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_nothing_typed_breaks_the_qr_reader(text: str) -> None:
    with pytest.raises(NotOurs):
        open_payload(text)


@given(st.binary(max_size=400))
def test_nothing_uploaded_breaks_the_paper_reader(data: bytes) -> None:
    for content in (data, b"%PDF-1.7" + data, b"%PDF-1.7/ByteRange [0 9 9 9]" + data):
        with pytest.raises(NotOurs):
            digest_of_genuine(content)
