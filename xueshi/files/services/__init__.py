"""Taking files in and giving them out; clearing away what nothing holds."""

from xueshi.files.services.clearing import clear_unused
from xueshi.files.services.storing import (
    MAX_PIXELS,
    ImageLimit,
    Made,
    Upload,
    discard,
    path_of,
    read,
    store_bytes,
    store_image,
    store_made,
    store_paper,
    verify,
)

__all__ = [
    "MAX_PIXELS",
    "ImageLimit",
    "Made",
    "Upload",
    "clear_unused",
    "discard",
    "path_of",
    "read",
    "store_bytes",
    "store_image",
    "store_made",
    "store_paper",
    "verify",
]
