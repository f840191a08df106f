"""FU: what people hand in as pictures, through the function that takes every one of them."""

import io
import resource
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.conf import settings as current
from django.db import connection
from PIL import Image, PngImagePlugin

from tests.checks.report import Outcome, Tell
from xueshi.files import services
from xueshi.files.models import StoredFile
from xueshi.files.services import ImageLimit, Upload
from xueshi.kernel.errors import RuleBroken

MB = 1024 * 1024
LIMIT = ImageLimit(4 * MB, ("jpg", "jpeg", "gif", "bmp", "png"))
MARK = b"PAYLOADxq7<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"
SHOWN = {"image/jpeg", "image/png", "image/gif", "image/bmp"}


def picture(encoding: str = "PNG", size: tuple[int, int] = (16, 12), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#1a56b0").save(out, encoding, **options)
    return out.getvalue()


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in names:
            packed.writestr(name, MARK)
    return out.getvalue()


def noted() -> bytes:
    """A picture with the mark in every place where a PNG takes text."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", MARK.decode())
    info.add_itxt("XML:com.adobe.xmp", MARK.decode())
    return picture("PNG", pnginfo=info)


def taken(name: str, content: bytes) -> StoredFile | None:
    try:
        return services.store_image(Upload(name, content, None), LIMIT)
    except RuleBroken:
        return None


def wrong() -> Iterator[tuple[str, bytes]]:
    """What is no picture of the allowed kinds, under any name."""
    bodies = {
        "svg": SVG, "html": HTML, "pdf": PDF, "zip": archive("a.txt"),
        "macro": archive("xl/vbaProject.bin", "[Content_Types].xml"),
        "webp": picture("WEBP"), "tiff": picture("TIFF"), "ico": picture("ICO"), "exe": b"MZ" + MARK * 4,
        "cut": picture("PNG")[:40], "empty": b"", "php": b"<?php system($_GET[0]);",
    }  # fmt: skip
    for key, body in bodies.items():
        for suffix in ("jpg", "png", "gif"):
            yield f"{key}.{suffix}", body
    for suffix in ("svg", "html", "php", "pdf", "xlsm", "webp", "jpg.html", "png\x00.html", "htaccess", ""):
        yield f"right.{suffix}", picture()


def polyglots() -> Iterator[tuple[str, bytes]]:
    """Pictures that are something else too; what is kept must be the picture alone."""
    for encoding, suffix in (("GIF", "gif"), ("PNG", "png"), ("JPEG", "jpg"), ("BMP", "bmp")):
        for tail in (MARK, HTML + MARK, archive("payload.js") + MARK, PDF + MARK):
            yield f"tail.{suffix}", picture(encoding) + tail
    yield "comment.gif", picture("GIF", comment=MARK)
    yield "comment.jpg", picture("JPEG", comment=MARK)
    yield "text.png", noted()


def test_fu_01_wrong_and_polyglot_types(db: None, tell: Tell) -> None:
    refused, kept = list(wrong()), list(polyglots())
    bad = [f"{name} was taken" for name, content in refused if taken(name, content)]
    before = 0
    for name, content in kept:
        stored = taken(name, content)
        before += MARK in content
        if stored is None or stored.content_type not in SHOWN or MARK in services.read(stored):
            bad.append(f"{name}: {stored and stored.content_type} keeps what it carried")
    tell(Outcome("FU-01", len(refused) + len(kept), bad, before == len(kept), 60, f"polyglots={len(kept)}"))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bombs() -> dict[str, bytes]:
    """Small files that would become large."""
    head = b"\x89PNG\r\n\x1a\n"
    wide = chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(bytes(2501) * 20_000, 9))
    small = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
    long = zlib.compress(bytes(200 * MB), 9)
    text, itext = chunk(b"zTXt", b"a\0\0" + long), chunk(b"iTXt", b"a\0\1\0\0\0" + long)
    pixels, end = chunk(b"IDAT", zlib.compress(bytes(9) * 8)), chunk(b"IEND", b"")
    frames = [Image.new("P", (4, 4), number % 2) for number in range(300)]
    gif = io.BytesIO()
    frames[0].save(gif, "GIF", save_all=True, append_images=frames[1:], disposal=2)
    body = gif.getvalue()
    return {
        "wide.png": head + wide + rows + end,
        "text.png": head + small + text + pixels + end,
        "itext.png": head + small + itext + pixels + end,
        "frames.gif": body[:-1] + body[400:-1] * 30 + b";",
        "claims.gif": b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0) + bytes(6) + b",",
        "claims.bmp": b"BM" + struct.pack("<IHHIIiiHH", 154, 0, 0, 54, 40, 60_000, 60_000, 1, 1) + bytes(124),
    }  # fmt: skip


def test_fu_02_image_bombs(db: None, tell: Tell) -> None:
    bad, made = [], bombs()
    for name, content in made.items():
        start, before = monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        stored = taken(name, content)
        took, grown = monotonic() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        # A picture that merely carries more than it shows may be kept, as the picture alone.
        large = stored is not None and stored.size > 100_000
        if took > 2 or grown > 200 or large or (stored and name.startswith(("wide", "claims"))):
            bad.append(f"{name} of {len(content)} bytes: {took:.1f} s, {grown} MB, kept={stored is not None}")
    with pytest.raises(Image.DecompressionBombError):  # what the library alone would say of it
        Image.open(io.BytesIO(made["wide.png"]))
    tell(Outcome("FU-02", len(made), bad, max(map(len, made.values())) < LIMIT.max_bytes, 6))


def test_fu_03_size(db: None, tell: Tell) -> None:
    """To the byte; the count of files of one form is FU-03f."""
    fitting = picture("BMP", (200, 100))
    bad, n = [], 0
    for limit, fits in ((len(fitting), True), (len(fitting) - 1, False), (1, False)):
        n += 1
        try:
            services.store_image(Upload("a.bmp", fitting, None), ImageLimit(limit, ("bmp",)))
            bad += [] if fits else [f"{len(fitting)} bytes where {limit} are allowed"]
        except RuleBroken:
            bad += [f"refused at {limit}"] if fits else []
    files = StoredFile.objects.count()
    for content in (bytes(LIMIT.max_bytes + 1), picture() + bytes(LIMIT.max_bytes), bytes(20 * MB)):
        n += 1
        start = monotonic()
        if taken("big.png", content) or monotonic() - start > 0.5:
            bad.append(f"{len(content)} bytes")
    bad += [] if StoredFile.objects.count() == files else ["stored"]
    tell(Outcome("FU-03", n, bad, files == 1, 6))


def located() -> bytes:
    """A photo that says where, when and by whom it was taken, with a small copy of itself."""
    image, exif = Image.new("RGB", (64, 48), "#1a56b0"), Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x0132], exif[0x8298] = "CAMERAxq7", "OWNERxq7", "2026:01:02 03:04:05", "COPYxq7"
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 30.0, 12.0), 3: "E", 4: (122.0, 7.0, 3.0)})
    exif.get_ifd(0x8769).update({0x9286: b"ASCII\0\0\0NOTExq7", 0xA430: "OWNERxq7", 0xA431: "SERIALxq7"})
    out = io.BytesIO()
    image.save(
        out, "JPEG", exif=exif, comment=b"COMMENTxq7", xmp=b"<x:xmpmeta>XMPxq7</x:xmpmeta>", icc_profile=b"ICCxq7"
    )
    return out.getvalue()


def test_fu_04_hidden_data_in_photos(db: None, tell: Tell) -> None:
    info = PngImagePlugin.PngInfo()
    for key in ("Author", "Software", "GPSxq7", "Comment"):
        info.add_text(key, "OWNERxq7")
    handed = {
        "photo.jpg": located(),
        "scan.png": picture("PNG", pnginfo=info, exif=Image.open(io.BytesIO(located())).getexif()),
        "note.gif": picture("GIF", comment=b"OWNERxq7"),
    }
    bad, control, n = [], 0, 0
    for name, content in handed.items():
        control += b"xq7" in content
        stored = taken(name, content)
        served = services.read(stored) if stored else b"xq7"
        again = Image.open(io.BytesIO(served))
        n += 1 + len(again.info)
        bad += [f"{name} keeps its notes"] if b"xq7" in served or b"Exif" in served else []
        bad += [
            f"{name} keeps {key}" for key in again.info if key in {"exif", "xmp", "comment", "icc_profile", "Author"}
        ]
        bad += [f"{name} keeps {tag}" for tag in again.getexif()]
    tell(Outcome("FU-04", n, bad, control == 3, 3))


NAMES = (
    "同名.png",
    "../../etc/passwd.png",
    "a/b\\c.png",
    "\x00.png",
    'q"\r\nSet-Cookie: x=1.png',
    "名\u202egnp.exe.png",
    "长" * 300 + ".png",
)


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Each on a connection of its own, all from one barrier."""
    barrier, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        barrier.wait(10)
        try:
            found[place] = acts[place]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_fu_07_the_same_name_twice_at_once(tell: Tell) -> None:
    """Twenty of one name, and names that try to be paths; each file keeps its own bytes."""
    contents = [picture("PNG", (number + 1, 3)) for number in range(20)]
    acts = [lambda content=content: taken("同名.png", content) for content in contents]
    acts += [lambda name=name: taken(name, picture()) for name in NAMES]
    stored = [one for one in at_once(acts) if one is not None]
    bad = [f"{one.name} is not what was stored" for one in stored if not services.verify(one)]
    paths = [
        str(path.relative_to(current.FILES_ROOT)) for path in Path(current.FILES_ROOT).rglob("*") if path.is_file()
    ]
    bad += [
        path
        for path in paths
        if not path.replace("/", "").replace("-", "").replace("_", "").isalnum() or not path.isascii()
    ]
    bad += [one.name for one in stored if any(sign in one.name for sign in '/\\"\r\n\x00\u202e') or len(one.name) > 100]
    sizes = {one.width for one in stored if one.name == "同名.png"}
    bad += (
        []
        if (len(stored), len(paths)) == (len(acts), len(acts)) and len(sizes) == 20
        else [f"{len(stored)} of {len(acts)}"]
    )
    tell(Outcome("FU-07", len(acts), bad, len({one.name for one in stored[:20]}) == 1, 27))
