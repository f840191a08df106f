"""SS: forged requests, redirects away, foreign hosts."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from tests.checks.report import Outcome, Tell
from tests.checks.surface.stage import HOST, Stage, browser, digest, text, undone
from xueshi.config.management.commands.routes import Route, walk
from xueshi.portal.seeds.world import PASSWORD
from xueshi.reviews.models import ReviewCase

FOREIGN = "evil.example"
TARGETS = (
    "http://evil.example/", "https://evil.example", "//evil.example",
    "///evil.example", "////evil.example/x", "/\\evil.example",
    "\\\\evil.example", "\\/evil.example", "/\t/evil.example",
    "/\n/evil.example", "\t//evil.example", " //evil.example",
    "http:evil.example", "http:/evil.example", "https:evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
    "vbscript:x", "//evil.example@weihai.localhost", "http://weihai.localhost@evil.example",
    "http://weihai.localhost.evil.example/", "//weihai.localhost:80@evil.example", "/%2F/evil.example",
    "//%65vil.example", "//evil%E3%80%82example", "/\x00/evil.example",
    "//evil.example#/home/", "ftp://evil.example", "//[::1]/",
    "/..//evil.example", "http://[evil", "/%5Cevil.example",
    "//evil.example?/home/",
)  # fmt: skip


def _unsafe() -> list[Route]:
    return [route for route in walk(get_resolver()) if route.changes_state]


def _url(route: Route) -> str:
    url = re.sub(r"<int:\w+>", "1", route.pattern)
    return url.replace("<str:token>", "x").replace("<str:kind>", "registrations.professional")


def test_ss_04_forged_requests(stage: Stage, tell: Tell) -> None:
    names = ("person_1", "employer_super", "anonymous")
    clients = {name: browser(stage.actors[name], enforce_csrf_checks=True) for name in names}
    tokens = {name: _token(client) for name, client in clients.items()}
    bad, n, before, passed = [], 0, digest(), 0
    for route in _unsafe():
        for name, client in clients.items():
            token = {"csrfmiddlewaretoken": tokens[name]}
            forged: tuple[tuple[Any, dict[str, str]], ...] = (
                ({}, {}),
                ({"csrfmiddlewaretoken": "x" * 64}, {}),
                ({"csrfmiddlewaretoken": _token(Client(enforce_csrf_checks=True))}, {}),
                (token, {"HTTP_ORIGIN": f"http://{FOREIGN}"}),
                (token, {"HTTP_ORIGIN": "null"}),
                ({}, {"HTTP_HX_REQUEST": "true"}),
                ("csrfmiddlewaretoken=x", {"content_type": "text/plain"}),
                ("{}", {"content_type": "application/json", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}),
            )
            for data, more in forged:
                n += 1
                answer = client.post(_url(route), data, HTTP_HOST=HOST, **more)
                bad += [] if answer.status_code == 403 else [f"{name} {route.pattern} {more} → {answer.status_code}"]
    bad += [] if digest() == before else ["business rows changed"]
    for name in ("person_1",):
        answer = clients[name].post("/password/", {"csrfmiddlewaretoken": tokens[name]}, HTTP_HOST=HOST)
        passed += answer.status_code != 403
    tell(Outcome("SS-04", n, bad, passed == 1, 250, f"routes={len(_unsafe())}"))


def _token(client: Client) -> str:
    for url in ("/password/", "/verify/"):
        page = text(client.get(url, HTTP_HOST=HOST))
        if 'name="csrfmiddlewaretoken" value="' in page:
            return page.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]
    raise AssertionError(url)


def _leaves(location: str) -> bool:
    """Whether a browser would go elsewhere: it takes backslashes for slashes and drops blanks."""
    seen = "".join(sign for sign in location if sign > " ").replace("\\", "/")
    parts = urlsplit(seen)
    return bool(parts.scheme or parts.netloc) and parts.netloc != HOST


def test_ss_10_open_redirect(stage: Stage, tell: Tell) -> None:
    bad, n, followed = [], 0, 0
    for target in (*TARGETS, "/declarations/"):
        for answer in _redirects(stage, target):
            n += 1
            location = answer.headers.get("Location", "")
            followed += location == "/declarations/" == target
            if answer.status_code >= 400 or not location or _leaves(location):
                bad.append(f"{target!r} → {answer.status_code} {location!r}")
    tell(Outcome("SS-10", n, bad, followed == 3 and _leaves("//evil.example"), 100, f"values={len(TARGETS)}"))


def _redirects(stage: Stage, target: str) -> list[Any]:
    person = stage.world.actor("person_1").user
    visitor = Client(raise_request_exception=False)
    page = text(visitor.get("/", HTTP_HOST=HOST))
    picture = page.split('name="picture" value="', 1)[1].split('"', 1)[0] if 'name="picture"' in page else ""
    typed = {
        "user_type": "professional", "document_type": "resident", "identifier": person.document_number,
        "password": PASSWORD, "picture": picture, "captcha": "K7WD", "next": target,
    }  # fmt: skip
    reviewer, decide = stage.client("employer_super"), reverse("reviews:decide")
    case = ReviewCase.objects.get(pk=stage.world.of("case", owner="person_1", state="pending")[0].pk)
    passed = {"row": f"{case.pk}:{case.version}", "verdict": "pass"}
    answers: list[Any] = []
    for client, url, data, headers in (
        (visitor, "/", typed, {}),
        (reviewer, decide, passed | {"next": target}, {}),
        (reviewer, decide, passed, {"HTTP_REFERER": target}),
    ):
        with undone():  # an account takes few sign-ins an hour from unknown devices, and a case is decided once
            answers.append(client.post(url, data, HTTP_HOST=HOST, **headers))
    return answers


HOSTS = (
    FOREIGN, "weihai.localhost.evil.example", "evil.example:80", "weihai.localhost@evil.example", "evil.localhost",
    "weihai.localhost, evil.example", "weihai.localhost evil.example", "[::1]", "169.254.169.254", "%00", "-",
    "a" * 300,    "weihai.localhost:x", "weihai.localhost/evil", "xn--evil.localhost",
)  # fmt: skip


@pytest.mark.parametrize("name", ["anonymous"])
def test_ss_11_foreign_hosts(stage: Stage, tell: Tell, name: str) -> None:
    bad, n = [], 0
    urls = ("/", "/recovery/", "/verify/", "/home/", "/register/professional/", "/register/agreement/")
    for url in urls:
        for host in HOSTS:
            n += 1
            answer = stage.client(name).get(url, HTTP_HOST=host)
            if answer.status_code != 400 or "evil" in text(answer):
                bad.append(f"{url} {host} → {answer.status_code}")
        for header in ("HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_HOST", "HTTP_X_ORIGINAL_HOST"):
            n += 1
            value = f"host={FOREIGN}" if header == "HTTP_FORWARDED" else FOREIGN
            answer = stage.client(name).get(url, HTTP_HOST=HOST, **{header: value})
            if answer.status_code >= 400 or FOREIGN in text(answer) + answer.headers.get("Location", ""):
                bad.append(f"{url} {header} → {answer.status_code}")
    known = stage.client(name).get("/", HTTP_HOST=HOST).status_code == 200
    tell(Outcome("SS-11", n, bad, known, 100))
