"""The pages of declarations and of the ledger without the portal: the test says who acts, errors become statuses."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from xueshi.kernel.errors import TradeError
from xueshi.organisations.actors import Actor
from xueshi.policies import registry

urlpatterns = [
    path("declarations/", include("xueshi.declarations.web.urls")),
    path("years/", include("xueshi.ledger.web.urls")),
    path("reviews/", include("xueshi.reviews.web.urls")),
    path("", include("xueshi.certificates.web.urls")),
    path("", include(([path("", lambda _request: HttpResponse("home"), name="home")], "portal"))),
]

_acting: dict[str, Actor] = {}


class Middleware:
    """Puts the actor and the pack on the request, as the portal's middleware does."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = _acting["now"]
        request.actor = actor  # type: ignore[attr-defined]  # the portal's middleware sets it
        assert actor.organisation is not None
        request.pack = registry.pack(actor.organisation.portal)  # type: ignore[attr-defined]  # as above
        return self.answer(request)

    def process_exception(self, _request: HttpRequest, error: Exception) -> HttpResponse | None:
        return HttpResponse(error.message, status=error.status) if isinstance(error, TradeError) else None


def client(actor: Actor) -> Client:
    """A browser in which ``actor`` is signed in."""
    _acting["now"] = actor
    return Client()
