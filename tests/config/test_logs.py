"""What the log says of a refused request."""

import io
import logging

import pytest
from django.test import Client

from xueshi.config.logs import WithoutValues


@pytest.mark.parametrize("host", ["evil.example", "geheim_zzz..example", "%s%d.example"])
def test_a_foreign_host_is_logged_without_its_name(host: str) -> None:
    [console] = [
        one
        for one in logging.getLogger().handlers
        if isinstance(one, logging.StreamHandler) and any(isinstance(kept, WithoutValues) for kept in one.filters)
    ]
    written = io.StringIO()
    usual = console.setStream(written)
    try:
        answer = Client(raise_request_exception=False).get("/", HTTP_HOST=host)
    finally:
        console.setStream(usual or console.stream)
    said = written.getvalue()
    assert answer.status_code == 400
    assert "ERROR django.security.DisallowedHost request refused\n" in said
    assert host not in said
    assert "Traceback" not in said
