"""Addresses of rows: a list has one for each, and Django looks through all routes for every one."""

from functools import cache
from typing import Final

from django.urls import reverse

_KEY: Final = 2_147_483_629
"""A key that stands in no route by itself."""


def of_row(name: str, pk: int) -> str:
    """The address of the route ``name`` for one row, which is all that its path holds."""
    before, after = _around(name)
    return f"{before}{pk}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    before, after = reverse(name, args=[_KEY]).split(str(_KEY))
    return before, after
