"""What ``@route`` puts on a view and what it refuses."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from xueshi.ui.routes import Access, access_of, route


@route("GET", "POST", powers=("review",), object_kind="case", fragment=True)
def page(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(f"{request.method} {number}")


def test_the_view_carries_its_access() -> None:
    assert access_of(page) == Access(("GET", "HEAD", "POST"), False, ("review",), "case", True)


@pytest.mark.parametrize(
    ("methods", "changes"), [((), False), (("GET",), False), (("POST",), True), (("GET", "POST"), True)]
)
def test_a_view_that_takes_post_changes_state(methods: tuple[str, ...], changes: bool) -> None:
    access = access_of(route(*methods)(page))
    assert access is not None
    assert access.changes_state is changes


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 200), ("HEAD", 200), ("POST", 200), ("PUT", 405), ("DELETE", 405)]
)
def test_only_declared_methods_reach_the_view(method: str, status: int) -> None:
    response = page(RequestFactory().generic(method, "/"), 7)
    assert response.status_code == status
    if status == 405:
        assert response["Allow"] == "GET, HEAD, POST"


def test_a_view_without_the_decorator_is_not_declared() -> None:
    assert access_of(lambda request: HttpResponse()) is None


def test_public_and_powers_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="public"):
        route(public=True, powers=("review",))


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match="PATCH"):
        route("PATCH")
