"""A refused form: the page it was sent from, drawn once more with what was sent and what is wrong with it."""

from collections.abc import Container, Iterable
from copy import copy
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from xueshi.kernel.errors import MovedOn, NotAllowed, NotFound
from xueshi.ui.routes import access_of
from xueshi.ui.web.errors import error_page

_AGAIN, _SENT = "drawn_again", "sent_from_list"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a list's toolbar sent in vain: the ticked rows as posted, the comment, and what is wrong.

    ``problem`` is empty where the messages above the list say it; ``about_comment`` marks the comment as the culprit.
    """

    rows: frozenset[str]
    comment: str = ""
    problem: str = ""
    about_comment: bool = False


def keep_sent(request: HttpRequest, sent: Sent) -> None:
    """Keep what a toolbar sent for the list that is drawn in answer, while this request lasts."""
    setattr(request, _SENT, sent)


def sent_from(request: HttpRequest) -> Sent | None:
    """What ``keep_sent`` kept; None where nothing was refused."""
    sent = getattr(request, _SENT, None)
    return sent if isinstance(sent, Sent) else None


def is_again(request: HttpRequest) -> bool:
    """Whether the page stands at the address of a form, not its own: relative links would lead astray there."""
    return getattr(request, _AGAIN, False) is True


def back(request: HttpRequest, otherwise: str, field: str = "next") -> str:
    """The page that a form was sent from, by ``field`` or the browser's word, if it is ours; else ``otherwise``."""
    wanted = request.POST.get(field) or request.headers.get("Referer", "")
    address = wanted.startswith(("/", "http"))  # a bare word would be looked up as the name of a page
    ours = address and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if ours and _takes_get(wanted) else otherwise


def first_drawn(
    request: HttpRequest, addresses: Iterable[str], status: int, *, among: Container[str] | None = None
) -> HttpResponse | None:
    """``drawn`` of the first of these addresses that shows this reader a page."""
    answers = (drawn(request, address, status, among=among) for address in addresses)
    return next((answer for answer in answers if answer is not None), None)


def drawn(
    request: HttpRequest, address: str, status: int, *, among: Container[str] | None = None
) -> HttpResponse | None:
    """What a GET of ``address`` would show this reader, answered with ``status``; None where it shows no page.

    ``among`` names the only pages that may be drawn: to be given wherever the address came with the request.
    """
    asked = urlsplit(address)
    try:
        match = resolve(asked.path)
        if not (among is None or match.view_name in among) or not _may_open(request, match):
            return None
        answer = match.func(_asking(request, match, asked), *match.args, **match.kwargs)
    except (Resolver404, NotFound, NotAllowed):
        return None
    if not isinstance(answer, HttpResponse) or answer.status_code != 200:
        return None
    answer.status_code = status
    return answer


def told(request: HttpRequest, problem: str, name: str, *args: object, status: int = MovedOn.status) -> HttpResponse:
    """A page of ours with ``problem`` above it, where a button was refused for what became of its object meanwhile.

    A list from which the button was sent keeps its filters, its order and its page.
    """
    messages.error(request, problem)
    address = reverse(name, args=args)
    came = back(request, address)
    asked = came if urlsplit(came).path == address else address
    return drawn(request, asked, status) or error_page(request, status)


def _takes_get(address: str) -> bool:
    """Whether something of ours is shown at ``address``, and not only taken there."""
    try:
        access = access_of(resolve(urlsplit(address).path).func)
    except Resolver404:
        return False
    return access is not None and "GET" in access.methods


def _may_open(request: HttpRequest, match: ResolverMatch) -> bool:
    """What the gate would ask of this page besides what it has asked of the form itself (A2)."""
    access, actor = access_of(match.func), getattr(request, "actor", None)
    if access is None or access.fresh:
        return False
    return not access.powers or (actor is not None and any(power in access.powers for power in actor.powers))


def _asking(request: HttpRequest, match: ResolverMatch, asked: SplitResult) -> HttpRequest:
    """The same reader's request for another page: same session and messages, nothing posted."""
    other = copy(request)
    for name in ("GET", "headers"):
        other.__dict__.pop(name, None)
    other.META = {name: value for name, value in request.META.items() if not name.startswith("HTTP_HX_")}
    other.META |= {"REQUEST_METHOD": "GET", "PATH_INFO": asked.path, "QUERY_STRING": asked.query}
    other.method, other.path, other.path_info, other.resolver_match = "GET", asked.path, asked.path, match
    other.GET, other.POST = QueryDict(asked.query), QueryDict()
    setattr(other, _AGAIN, True)
    return other
