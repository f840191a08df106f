"""What is sent to the server itself, before there is a request of Django's."""

from wsgiref.util import setup_testing_defaults

import pytest

from xueshi.config.wsgi import Request, application
from xueshi.portal.guard import is_in_another_charset


def made(kind: str, query: str) -> Request:
    environ: dict[str, object] = {"CONTENT_TYPE": kind, "QUERY_STRING": query, "PATH_INFO": "/verify/"}
    setup_testing_defaults(environ)
    return Request(environ)


@pytest.mark.req("E12", "IN-02")
@pytest.mark.parametrize("query", ["", "number=%E7%94%B2"])
@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary=b; charset=hex", "text/plain; charset=undefined", "text/plain; charset=idna",
        "text/plain; charset*=utf-8''%00", "text/plain; charset*=none''x", f"text/plain; {'x' * 20_000}",
    ],
)  # fmt: skip
def test_a_content_type_at_which_django_fails_reaches_the_gate(kind: str, query: str) -> None:
    assert application.request_class is Request
    refused, ours = made(kind, query), made("text/plain; charset=utf-8", query)
    assert (is_in_another_charset(refused), is_in_another_charset(ours)) == (True, False)
    assert (refused.path, refused.method, ours.GET.get("number", "")) == ("/verify/", "GET", "甲" if query else "")
