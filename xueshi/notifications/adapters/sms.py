"""Text messages through an HTTP gateway of the Aliyun kind: SendSms 2017-05-25, signed with ACS3-HMAC-SHA256."""

import hashlib
import hmac
import http.client
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from xueshi.kernel import clock
from xueshi.notifications.adapters.interface import Failed, Parcel

ALGORITHM = "ACS3-HMAC-SHA256"
ACTION, VERSION = "SendSms", "2017-05-25"
TIMEOUT_SECONDS = 5
_MOST_BYTES = 65_536
_FOR_GOOD = frozenset({
    "isv.MOBILE_NUMBER_ILLEGAL", "isv.INVALID_PARAMETERS", "isv.SMS_TEMPLATE_ILLEGAL", "isv.SMS_SIGNATURE_ILLEGAL",
    "InvalidAccessKeyId.NotFound", "SignatureDoesNotMatch",
})  # fmt: skip
"""Answers of the provider that another try does not change."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the gateway, everything that is signed."""

    host: str
    action: str
    version: str
    parameters: Mapping[str, str]
    at: datetime
    nonce: str

    @property
    def query(self) -> str:
        """The parameters in the order and spelling that is signed."""
        return "&".join(
            f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(self.parameters.items())
        )

    @property
    def headers(self) -> dict[str, str]:
        """The headers that are signed."""
        return {
            "host": self.host,
            "x-acs-action": self.action,
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            "x-acs-date": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": self.nonce,
            "x-acs-version": self.version,
        }

    def signature(self, secret: str) -> str:
        """The hexadecimal signature of the canonical request."""
        headers = self.headers
        lines = [
            "POST", "/", self.query, *(f"{name}:{value}" for name, value in sorted(headers.items())), "",
            ";".join(sorted(headers)), headers["x-acs-content-sha256"],
        ]  # fmt: skip
        canonical = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        return hmac.new(secret.encode(), f"{ALGORITHM}\n{canonical}".encode(), hashlib.sha256).hexdigest()


class Aliyun:
    """The gateway as the environment names it: ``url``, ``key_id``, ``key``, ``sign_name``, ``templates``."""

    def __init__(self, chosen: Mapping[str, Any]) -> None:
        self.chosen = chosen
        self.address = urlsplit(str(chosen["url"]))

    def send(self, parcel: Parcel) -> None:
        """Ask the gateway to send one message."""
        call = Call(self.address.netloc, ACTION, VERSION, self._parameters(parcel), clock.now(), secrets.token_hex(16))
        status, body = self._post(call)
        code = _code(body)
        if status >= 400 or code != "OK":
            raise Failed(f"{status} {code}"[:120], for_good=code in _FOR_GOOD)

    def _parameters(self, parcel: Parcel) -> dict[str, str]:
        return {
            "PhoneNumbers": parcel.recipient,
            "SignName": str(self.chosen["sign_name"]),
            "TemplateCode": str(self.chosen["templates"][parcel.template]),
            "TemplateParam": json.dumps(dict(parcel.values), ensure_ascii=False, separators=(",", ":")),
            "OutId": parcel.key,
        }

    def _post(self, call: Call) -> tuple[int, bytes]:
        kind = http.client.HTTPSConnection if self.address.scheme == "https" else http.client.HTTPConnection
        connection = kind(self.address.netloc, timeout=TIMEOUT_SECONDS)
        signed = ";".join(sorted(call.headers))
        credential = f"{ALGORITHM} Credential={self.chosen['key_id']},SignedHeaders={signed}"
        sent = {**call.headers, "Authorization": f"{credential},Signature={call.signature(str(self.chosen['key']))}"}
        try:
            connection.request("POST", f"/?{call.query}", headers=sent)
            answer = connection.getresponse()
            return answer.status, answer.read(_MOST_BYTES)
        except (OSError, http.client.HTTPException) as problem:
            raise Failed(type(problem).__name__) from problem
        finally:
            connection.close()


def _code(body: bytes) -> str:
    try:
        return str(json.loads(body)["Code"])
    except (ValueError, KeyError, TypeError):
        return "unreadable"
