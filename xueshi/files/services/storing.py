"""Taking files in and giving them out."""

import hashlib
import io
import os
import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from PIL import ExifTags, Image, UnidentifiedImageError

from xueshi.files import rules
from xueshi.files.models import StoredFile
from xueshi.kernel import clock, one_time
from xueshi.kernel.errors import NotFound, RuleBroken

MAX_PIXELS = 40_000_000
_ENCODINGS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "BMP": "image/bmp"}
_SUFFIXES = {"jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "bmp": "BMP", "png": "PNG"}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each way of holding a camera, by the number that EXIF gives it."""
_PAPERS = {"pdf": "", "docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
"""What else may be offered for download, with the part that proves the kind of a zipped one."""


@dataclass(frozen=True, slots=True)
class ImageLimit:
    """What a region accepts: bytes of the largest file, and the suffixes printed in its hint."""

    max_bytes: int
    suffixes: tuple[str, ...]

    @property
    def hint(self) -> str:
        """The limit in the user's words."""
        return f"支持 {'、'.join(self.suffixes)} 图片，每个不超过 {self.max_bytes // (1024 * 1024)} MB"


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes as they came, with the name the person's device gave them."""

    name: str
    content: bytes
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Made:
    """A file that the program makes: ``write`` puts its bytes into an open file, so that it never lies in memory."""

    name: str
    content_type: str
    write: Callable[[BinaryIO], object]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was found while an image was decoded."""

    width: int
    height: int
    likeness: int | None


def store_image(upload: Upload, limit: ImageLimit, *, field: str = "files") -> StoredFile:
    """Check, re-encode without metadata and store an image; ``RuleBroken`` says what is wrong with it (SYS-01, E7)."""
    if len(upload.content) > limit.max_bytes:
        size = f"{len(upload.content) / (1024 * 1024):.1f}"
        raise RuleBroken(
            f"“{_shown(upload.name)}”有 {size} MB，超过 {limit.max_bytes // (1024 * 1024)} MB 的上限", field
        )
    suffix = upload.name.rsplit(".", 1)[-1].lower() if "." in upload.name else ""
    if suffix not in limit.suffixes:
        raise RuleBroken(f"“{_shown(upload.name)}”不是允许的格式，请上传 {'、'.join(limit.suffixes)} 格式的文件", field)
    image, encoding = _decode(upload, field)
    if encoding not in {_SUFFIXES[allowed] for allowed in limit.suffixes if allowed in _SUFFIXES}:
        raise RuleBroken(f"“{_shown(upload.name)}”的内容不是允许的图片格式", field)
    out = io.BytesIO()
    image.save(out, format=encoding, **({"quality": 88} if encoding == "JPEG" else {}))
    seen = _Seen(*image.size, rules.likeness(image))
    return _write(upload, out.getvalue(), _ENCODINGS[encoding], seen)


def _decode(upload: Upload, field: str) -> tuple[Image.Image, str]:
    refusal = RuleBroken(f"“{_shown(upload.name)}”不是图片，或图片已损坏", field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(upload.content), formats=tuple(_ENCODINGS))
            if image.width * image.height > MAX_PIXELS:
                raise RuleBroken(f"“{_shown(upload.name)}”的像素过多，请缩小后再上传", field)
            encoding = (image.format or "").replace("MPO", "JPEG")  # a phone's JPEG with its preview behind it
            image.load()
    except RuleBroken:
        raise
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise refusal from None
    upright = _upright(image)
    keep = "RGB" if encoding == "JPEG" else upright.mode
    clean = Image.new(keep, upright.size)
    clean.paste(upright.convert(keep))
    if upright.mode == "P" and (palette := upright.getpalette()):
        clean.putpalette(palette)
    return clean, encoding


def _upright(image: Image.Image) -> Image.Image:
    """The picture as the camera was held; as it stands when its notes about that cannot be read."""
    # Not ImageOps.exif_transpose: it writes all notes anew, and stumbles over the careless ones of many cameras.
    try:
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except (SyntaxError, ValueError, TypeError, LookupError, OSError, OverflowError, struct.error):
        return image
    return image if turn is None else image.transpose(turn)


def store_paper(upload: Upload, limit: ImageLimit, *, field: str = "files") -> StoredFile:
    """An image as ``store_image`` takes it, or a PDF, Word or Excel file known by its content, without macros (E7)."""
    suffix = upload.name.rsplit(".", 1)[-1].lower()
    if suffix not in limit.suffixes or suffix not in _PAPERS:
        return store_image(upload, limit, field=field)
    if len(upload.content) > limit.max_bytes:
        raise RuleBroken(f"“{_shown(upload.name)}”超过 {limit.max_bytes // (1024 * 1024)} MB 的上限", field)
    if not _is_paper(upload.content, suffix):
        raise RuleBroken(f"“{_shown(upload.name)}”的内容与扩展名不符，或含有宏", field)
    return _write(upload, upload.content, "application/pdf" if suffix == "pdf" else "application/octet-stream", None)


def _is_paper(content: bytes, suffix: str) -> bool:
    if suffix == "pdf":
        return content.startswith(b"%PDF-")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = parts.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return _PAPERS[suffix] in names and not any("vba" in name.lower() for name in names)


def store_bytes(upload: Upload, content_type: str) -> StoredFile:
    """Store bytes the program itself made (certificates, reports)."""
    return _write(upload, upload.content, content_type, None)


def store_made(made: Made, user_id: int | None) -> StoredFile:
    """Store a file that the program makes piece by piece."""
    key = _on_disk(made.write)
    with path_of(key).open("rb") as written:
        digest, size = hashlib.file_digest(written, "sha256").hexdigest(), os.fstat(written.fileno()).st_size
    return StoredFile.objects.create(
        key=key,
        digest=digest,
        source_digest=digest,
        content_type=made.content_type,
        name=_shown(made.name),
        size=size,
        uploaded_by_id=user_id,
        uploaded_at=clock.now(),
    )


def _on_disk(write: Callable[[BinaryIO], object]) -> str:
    """Write a file, whole or not at all; its key."""
    key = one_time.token()
    path = path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    try:
        with partial.open("wb") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    return key


def _write(upload: Upload, content: bytes, content_type: str, seen: _Seen | None) -> StoredFile:
    key = _on_disk(lambda out: out.write(content))
    return StoredFile.objects.create(
        key=key,
        digest=hashlib.sha256(content).hexdigest(),
        source_digest=hashlib.sha256(upload.content).hexdigest(),
        content_type=content_type,
        name=_shown(upload.name),
        size=len(content),
        width=seen.width if seen else None,
        height=seen.height if seen else None,
        likeness=seen.likeness if seen else None,
        uploaded_by_id=upload.user_id,
        uploaded_at=clock.now(),
    )


def read(file: StoredFile) -> bytes:
    """The bytes of a stored file; ``NotFound`` when they are gone from disk."""
    try:
        return path_of(file.key).read_bytes()
    except FileNotFoundError:
        raise NotFound from None


def discard(file: StoredFile) -> None:
    """Forget a file that the program made and that nothing points at any more; its bytes go with the commit."""
    path = path_of(file.key)
    file.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def verify(file: StoredFile) -> bool:
    """Whether the bytes on disk are those that were stored (INV-13)."""
    path = path_of(file.key)
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == file.digest


def path_of(key: str) -> Path:
    """Where the bytes of a file lie."""
    return Path(settings.FILES_ROOT) / key[:2] / key


def _shown(name: str) -> str:
    """The device's file name, harmless and short."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in base if character.isprintable() and character not in '<>:"|?*\u202e')
    return kept[-100:] or "附件"
