"""The product's addresses and ``/bare/``: one SELECT of 20 rows in a plain template, behind the same gate."""

from django.http import HttpRequest, HttpResponse  # noqa: TID251 - a page
from django.shortcuts import render  # noqa: TID251 - a page
from django.urls import URLPattern, URLResolver, path

from xueshi.accounts.models import User
from xueshi.config.urls import urlpatterns as ours
from xueshi.ui.routes import route

ROWS = 20


@route()
def bare(request: HttpRequest) -> HttpResponse:
    """Twenty names and dates in a table; session and user are asked by the gate as everywhere."""
    rows = User._default_manager.order_by("pk").only("name", "state", "created_at")[:ROWS]
    return render(request, "bench/bare.html", {"rows": rows})


urlpatterns: list[URLPattern | URLResolver] = [*ours, path("bare/", bare)]
