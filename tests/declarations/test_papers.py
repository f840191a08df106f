"""Archives as evidence: whatever the bytes are, they are read or refused in words."""

import io
import random
import zipfile

import pytest

from xueshi.declarations.web.papers import Allowed, unpack
from xueshi.kernel.errors import RuleBroken

ALLOWED = Allowed(("jpg", "png"), 5, 1 << 20)
CHANGES = 150


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - places to damage, not a secret


def zipped(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("a.jpg", dice(7).randbytes(300) + b"x" * 500)
        archive.writestr("证书.png", b"y" * 800)
    return out.getvalue()


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, taken out or put in."""
    torn = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        place, kind = chance.randrange(len(torn)), chance.random()
        if kind < 0.6:
            torn[place] = chance.randrange(256)
        elif kind < 0.8:
            del torn[place : place + chance.randint(1, 9)]
        else:
            torn[place:place] = chance.randbytes(3)
    return bytes(torn)


def outcome(content: bytes) -> str:
    try:
        return ",".join(name for name, _ in unpack("材料.zip", content, ALLOWED))
    except RuleBroken as refusal:
        return refusal.message if refusal.field == "evidence" else f"beside {refusal.field}"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_archive_is_read_or_refused(method: int) -> None:
    whole, chance = zipped(method), dice(method)
    assert outcome(whole) == "材料.zip：a.jpg,材料.zip：证书.png"
    found = [outcome(damaged(whole, chance)) for _ in range(CHANGES)]
    assert all(one.startswith(("“材料.zip”", "材料.zip：")) for one in found)
    assert "“材料.zip”不是 zip 压缩包，或已损坏" in found


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_of_packing_are_refused(method: int) -> None:
    words = "“材料.zip”的压缩方式无法读取，请用系统自带的压缩功能重新压缩"
    whole, chance = zipped(method), dice(method)
    assert outcome(whole) == words
    assert {outcome(damaged(whole, chance))[:8] for _ in range(CHANGES)} == {"“材料.zip”"[:8]}
