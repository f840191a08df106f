"""Taking files in and giving them out; clearing away what nothing holds."""

from xueshi.files.services.clearing import clear_unused
from xueshi.files.services.storing import (
    MAX_PIXELS,
    ImageLimit,
    Upload,
    discard,
    path_of,
    read,
    store_bytes,
    store_image,
    store_paper,
    verify,
)

__all__ = [
    "MAX_PIXELS",
    "ImageLimit",
    "Upload",
    "clear_unused",
    "discard",
    "path_of",
    "read",
    "store_bytes",
    "store_image",
    "store_paper",
    "verify",
]
