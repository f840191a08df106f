"""A posted form drawn once more as hidden fields, so that its sender can send it again with a valid token.

Used when the token of a page was lost (cookies cleared) and when a session ended while a form was being filled in.
"""

from typing import Final

from django.http import HttpRequest

type Field = tuple[str, str]

_NEVER: Final = frozenset(
    {"csrfmiddlewaretoken", "password", "password_again", "current", "new", "again", "sms_code", "captcha",
     "altcha", "picture"}
)  # fmt: skip
"""Secrets and answers that count once: they are asked again."""


def fields_of(request: HttpRequest) -> list[Field]:
    """Every posted field and value that may be sent again, in order."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in _NEVER and "password" not in name
    ]


def from_our_page(request: HttpRequest) -> bool:
    """Whether the browser itself says that a page of ours sent this: another site cannot claim it (E4)."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin", "")
    return bool(origin) and origin == f"{request.scheme}://{request.get_host()}"
