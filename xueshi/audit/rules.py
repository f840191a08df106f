"""The arithmetic of the chain: what a digest covers."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64
_in_words = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode


def digest(key: str, previous: str, entry: Mapping[str, Any]) -> str:
    """The keyed digest of ``entry`` after ``previous``; stable under the order of keys."""
    return hmac.digest(key.encode(), f"{previous}\n{_in_words(entry)}".encode(), "sha256").hex()
