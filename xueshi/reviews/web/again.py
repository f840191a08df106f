"""A refused decision: the desk it was sent from, drawn once more with the case open, what was typed and why not."""

from copy import copy
from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve

from xueshi.kernel.errors import NotAllowed, NotFound
from xueshi.policies.requests import actor_of
from xueshi.reviews import kinds
from xueshi.ui.routes import access_of


def drawn(request: HttpRequest, address: str, status: int) -> HttpResponse | None:
    """What a GET of a desk's address would show, answered with ``status``; None when it is no desk of the actor's."""
    asked = urlsplit(address)
    try:
        match = resolve(asked.path)
        if match.view_name not in _desks() or not _may_open(request, match):
            return None
        answer = match.func(_asking(request, match, asked), *match.args, **match.kwargs)
    except (Resolver404, NotFound, NotAllowed):
        return None
    answer.status_code = status
    return answer if isinstance(answer, HttpResponse) else None


def _desks() -> frozenset[str]:
    """The pages that hold a decision's form: queues, and documents by themselves."""
    return frozenset(name for kind in kinds.all_kinds() for name in (kind.queue_url, kind.verification_url, kind.url))


def _may_open(request: HttpRequest, match: ResolverMatch) -> bool:
    """What the gate would ask of this page besides what it has asked of the decision itself (A2)."""
    access = access_of(match.func)
    return access is not None and (
        not access.powers or any(power in access.powers for power in actor_of(request).powers)
    )


def _asking(request: HttpRequest, match: ResolverMatch, asked: SplitResult) -> HttpRequest:
    """The same reader's request for another page: same session and messages, nothing posted."""
    other = copy(request)
    for name in ("GET", "headers"):
        other.__dict__.pop(name, None)
    other.META = {name: value for name, value in request.META.items() if not name.startswith("HTTP_HX_")}
    other.META |= {"REQUEST_METHOD": "GET", "PATH_INFO": asked.path, "QUERY_STRING": asked.query}
    other.method, other.path, other.path_info, other.resolver_match = "GET", asked.path, asked.path, match
    other.GET, other.POST = QueryDict(asked.query), QueryDict()
    return other
