"""The arithmetic of the chain: what a digest covers."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64


def digest(key: str, previous: str, entry: Mapping[str, Any]) -> str:
    """The keyed digest of ``entry`` after ``previous``; stable under the order of keys."""
    body = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hmac.new(key.encode(), f"{previous}\n{body}".encode(), hashlib.sha256).hexdigest()
