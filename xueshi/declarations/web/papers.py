"""What evidence may be besides a picture: a zip of pictures, and a PDF in which nothing acts. Bytes only."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from xueshi.kernel.errors import RuleBroken

ARCHIVE: Final = "zip"
PAPER: Final = "pdf"
_JUNK = re.compile(r"(^|/)(__MACOSX/|\.|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
"""What damaged bytes raise: no archive, a torn member, unknown features, places outside, names in no charset."""
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""What every system's own packer writes; other methods cost more to unpack and fail in ways of their own."""
_ENCRYPTED = 0x1
_UTF8 = 0x800

_ACTS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|Encrypt|SubmitForm)\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"\bstream\r?\n(.*?)endstream", re.DOTALL)
_LONGEST_STREAM = 8 << 20


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an archive may hold: suffixes of pictures, how many, bytes of the largest."""

    suffixes: tuple[str, ...]
    files: int
    max_bytes: int


def is_archive(name: str) -> bool:
    """Whether a file calls itself a zip."""
    return name.lower().endswith(f".{ARCHIVE}")


def is_paper(name: str) -> bool:
    """Whether a file calls itself a PDF."""
    return name.lower().endswith(f".{PAPER}")


def unpack(name: str, content: bytes, allowed: Allowed) -> list[tuple[str, bytes]]:
    """The pictures of an archive as (name, bytes), in its order; each is judged afterwards as if sent alone (AMB-07).

    Raises ``RuleBroken``: no zip, locked, empty, too many, anything but pictures, or a picture larger than the limit
    however it is packed. Sizes the archive claims are not believed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [(f"{name}：{called}", _read(archive, info, allowed)) for called, info in _listed(archive, allowed)]
    except _UNREADABLE:
        raise RuleBroken(f"“{name}”不是 zip 压缩包，或已损坏", "evidence") from None
    except RuleBroken as refusal:
        raise RuleBroken(f"“{name}”{refusal.message}", "evidence") from None


def _listed(archive: zipfile.ZipFile, allowed: Allowed) -> list[tuple[str, zipfile.ZipInfo]]:
    kept = [
        (_called(info), info) for info in archive.infolist() if not info.is_dir() and not _JUNK.search(info.filename)
    ]
    if not kept:
        raise RuleBroken("中没有图片")
    if len(kept) > allowed.files:
        raise RuleBroken(f"中有 {len(kept)} 个文件，最多 {allowed.files} 个")
    for called, info in kept:
        if info.compress_type not in _PACKED:
            raise RuleBroken("的压缩方式无法读取，请用系统自带的压缩功能重新压缩")
        if info.flag_bits & _ENCRYPTED:
            raise RuleBroken("设有密码，请去掉密码后重新压缩")
        if called.rsplit(".", 1)[-1].lower() not in allowed.suffixes:
            raise RuleBroken(f"中的“{called}”不是允许的图片格式")
    return kept


def _called(info: zipfile.ZipInfo) -> str:
    """The last part of the entry's name; without the UTF-8 mark it is what a Chinese system wrote (GBK)."""
    whole = info.filename
    if not info.flag_bits & _UTF8:
        try:
            whole = whole.encode("cp437").decode("gbk")
        except UnicodeError:
            whole = info.filename
    return whole.replace("\\", "/").rsplit("/", 1)[-1] or "附件"


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, allowed: Allowed) -> bytes:
    with archive.open(info) as packed:
        content = packed.read(allowed.max_bytes + 1)
    if len(content) > allowed.max_bytes:
        raise RuleBroken(f"中的“{_called(info)}”超过 {allowed.max_bytes / (1 << 20):g} MB 的上限")
    return content


def require_still(name: str, content: bytes) -> None:
    """``RuleBroken`` unless a PDF only shows pages: no scripts, programs, attachments, forms that send, or locks."""
    if not content.startswith(b"%PDF-"):
        raise RuleBroken(f"“{name}”不是 PDF 文件，或已损坏", "evidence")
    try:
        pieces = [_STREAM.sub(b"", content), *_packed_objects(content)]
    except zlib.error:
        raise RuleBroken(f"“{name}”无法读取，请另存为普通 PDF 后再上传", "evidence") from None
    if any(_ACTS.search(_plain(piece)) for piece in pieces):
        raise RuleBroken(f"“{name}”含有脚本、附件或加密，请另存为普通 PDF 后再上传", "evidence")


def _packed_objects(content: bytes) -> Iterator[bytes]:
    """The objects a PDF keeps in packed streams; its pictures and pages are bytes that mean nothing here."""
    for found in _STREAM.finditer(content):
        head = content[max(content.rfind(b"obj", 0, found.start()), 0) : found.start()]
        if b"/ObjStm" in _plain(head):
            yield zlib.decompressobj().decompress(found[1], _LONGEST_STREAM)


def _plain(piece: bytes) -> bytes:
    """Names without the escapes that hide them (``/J#53`` is ``/JS``)."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), piece)
