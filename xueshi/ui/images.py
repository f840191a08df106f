"""Stored images on their way to a browser: a fixed type, never guessed at, never kept by others (E7)."""

from typing import Final, Protocol

from django.http import HttpResponse
from django.utils.http import content_disposition_header

IMAGES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp"})


class Stored(Protocol):
    """What is read of ``files.models.StoredFile``."""

    name: str
    content_type: str


def image_answer(file: Stored, content: bytes) -> HttpResponse:
    """An image to be shown in the page; anything else is only offered for saving."""
    shown = file.content_type in IMAGES
    answer = HttpResponse(content, content_type=file.content_type if shown else "application/octet-stream")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Content-Disposition"] = content_disposition_header(not shown, file.name) or "inline"
    return answer


def size_of(size: int) -> str:
    """A file's size as people read it."""
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(size // 1024, 1)} KB"
