"""Uploads: content decides, sizes are kept, nothing of the camera stays (SYS-01, FU-01, FU-02, FU-04)."""

import io

import pytest
from PIL import Image

from xueshi.files import services
from xueshi.files.models import StoredFile
from xueshi.files.services import ImageLimit, Upload
from xueshi.kernel.errors import NotFound, RuleBroken

pytestmark = pytest.mark.django_db
MB = 1024 * 1024
LIMIT = ImageLimit(4 * MB, ("jpg", "jpeg", "gif", "bmp", "png"))


def image(encoding: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#1a56b0").save(out, encoding, **options)
    return out.getvalue()


def upload(name: str, content: bytes) -> Upload:
    return Upload(name, content, None)


def refused(name: str, content: bytes) -> RuleBroken:
    before = StoredFile.objects.count()
    with pytest.raises(RuleBroken) as found:
        services.store_image(upload(name, content), LIMIT, field="evidence")
    assert StoredFile.objects.count() == before
    assert found.value.field == "evidence"
    return found.value


@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "GIF", "BMP"])
def test_the_printed_formats_are_taken(encoding: str) -> None:
    suffix = {"JPEG": "jpg"}.get(encoding, encoding.lower())
    stored = services.store_image(upload(f"证书.{suffix}", image(encoding)), LIMIT)
    assert (stored.content_type, stored.name, stored.width, stored.height) == (
        f"image/{encoding.lower()}", f"证书.{suffix}", 40, 30,
    )  # fmt: skip
    assert services.verify(stored)
    assert Image.open(io.BytesIO(services.read(stored))).format == encoding


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("论文.jpg", b"%PDF-1.7 not an image", "不是图片"),
        ("页面.png", b"<html><script>alert(1)</script>", "不是图片"),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是允许的格式"),
        ("无后缀", image("PNG"), "不是允许的格式"),
        ("假.jpg", image("WEBP"), "不是图片"),
        ("断.jpg", image("JPEG")[:200], "不是图片"),
    ],
)
def test_what_is_no_image_is_refused_by_content(name: str, content: bytes, words: str) -> None:
    assert words in refused(name, content).message


def test_one_byte_over_the_limit_is_refused_and_at_the_limit_taken() -> None:
    content = image("BMP")
    at_limit = content + b"\0" * (LIMIT.max_bytes - len(content))
    assert services.store_image(upload("边界.bmp", at_limit), LIMIT).size > 0
    assert "超过 4 MB 的上限" in refused("边界.bmp", at_limit + b"\0").message


def test_a_phone_picture_of_six_megabytes_is_named_with_its_size() -> None:
    assert "有 6.0 MB" in refused("IMG_2041.JPG", image("JPEG") + b"\0" * (6 * MB - 800)).message


def test_metadata_and_appended_payloads_do_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    stored = services.store_image(upload("a.jpg", image("JPEG", exif=exif) + b"<script>payload</script>"), LIMIT)
    kept = services.read(stored)
    assert b"SECRET-CAMERA" not in kept
    assert b"payload" not in kept


@pytest.mark.parametrize(("held", "shown"), [(1, (40, 30)), (6, (30, 40)), (8, (30, 40)), (99, (40, 30))])
def test_a_picture_stands_as_the_camera_was_held(held: int, shown: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = held
    stored = services.store_image(upload("a.jpg", image("JPEG", exif=exif)), LIMIT)
    assert (stored.width, stored.height) == shown


NOTE = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x04abc\0\0\0\0\0"  # how it was held, given as text


@pytest.mark.parametrize("careless", [b"MM\0*\xff", b"XX\0*\0\0\0\x08", NOTE])
def test_a_camera_that_writes_careless_notes_loses_nobody_their_picture(careless: bytes) -> None:
    stored = services.store_image(upload("a.jpg", image("JPEG", exif=b"Exif\0\0" + careless)), LIMIT)
    assert (stored.content_type, stored.width, stored.height) == ("image/jpeg", 40, 30)


def test_notes_that_cannot_be_written_again_do_not_matter() -> None:
    entry = b"\x01\x1a\0\x02\0\0\0\x04abc\0"  # 0x011A, a fraction, given as text as some cameras do
    turned = b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
    notes = b"Exif\0\0MM\0*\0\0\0\x08\0\x02" + turned + entry + b"\0\0\0\0"
    stored = services.store_image(upload("a.jpg", image("JPEG", exif=notes)), LIMIT)
    assert (stored.width, stored.height) == (30, 40)


def test_a_phone_picture_with_its_preview_behind_it_is_a_jpeg() -> None:
    preview = Image.new("RGB", (8, 6))
    both = image("MPO", save_all=True, append_images=[preview])
    assert Image.open(io.BytesIO(both)).format == "MPO"
    stored = services.store_image(upload("IMG_2042.jpg", both), LIMIT)
    assert (stored.content_type, stored.width, stored.height) == ("image/jpeg", 40, 30)
    assert Image.open(io.BytesIO(services.read(stored))).format == "JPEG"


def test_a_bomb_is_refused() -> None:
    bomb = io.BytesIO()
    Image.new("1", (8000, 8000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < LIMIT.max_bytes
    assert "像素过多" in refused("大.png", bomb.getvalue()).message


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.png", "a\\b\\c.png", "x\u202egnp.png", "a\r\nb.png", "n" * 300 + ".png"]
)
def test_names_are_harmless(name: str) -> None:
    stored = services.store_image(upload(name, image("PNG")), LIMIT)
    assert not set(stored.name) & set('/\\\r\n\u202e"<>')
    assert len(stored.name) <= 100


def test_a_lost_file_is_not_found() -> None:
    stored = services.store_image(upload("a.png", image("PNG")), LIMIT)
    services.path_of(stored.key).unlink()
    assert not services.verify(stored)
    with pytest.raises(NotFound):
        services.read(stored)
