"""What the pages that actors can reach tell: names outside their scope, full numbers, headers, writes."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import pytest
from django.db import connection
from django.urls import reverse

from tests.checks.report import Outcome, Tell
from tests.checks.surface.crawling import Visit
from tests.checks.surface.entitled import Entitled
from tests.checks.surface.stage import HOST, NAMED, Stage, browser, digest, text, undone
from tests.checks.surface.standing import standing
from xueshi.accounts.models import User
from xueshi.organisations.models import Membership, Organisation
from xueshi.reviews.models import ReviewCase

HEADERS: Mapping[str, re.Pattern[str]] = {
    "Content-Security-Policy": re.compile(r"default-src '(self|none)'(?!.*unsafe)"),
    "X-Content-Type-Options": re.compile("^nosniff$"),
    "Referrer-Policy": re.compile("^same-origin$"),
    "X-Frame-Options": re.compile("^DENY$"),
    "Cross-Origin-Opener-Policy": re.compile("^same-origin$"),
    "Cross-Origin-Resource-Policy": re.compile("^same-origin$"),
    "Permissions-Policy": re.compile("camera"),
    "X-Request-Id": re.compile("^[0-9a-f]{8}$"),
    "Cache-Control": re.compile("no-store|max-age|public"),
}
_DIGITS = re.compile(r"\d{11,}[Xx]?")
_OPEN = ("/register/", "/gallery/")


class Scope(Entitled):
    """Which people and bodies an actor may read about, from the tree alone."""

    @cached_property
    def people(self) -> dict[str, set[int]]:
        """Name of everybody → the actors who may read it is asked the other way round: actor → users."""
        places: dict[int, set[int]] = defaultdict(set)
        for user, body in Membership.objects.values_list("user_id", "organisation_id"):
            places[user].add(body)
        for owner, body, desk in ReviewCase.objects.values_list("owner_id", "organisation_id", "steps__desk_id"):
            places[owner] |= {body, desk or body}
        return {name: self._readable(name, places) for name in NAMED}

    def _readable(self, name: str, places: Mapping[int, set[int]]) -> set[int]:
        actor = self.hats.get(name)
        if actor is None or actor.organisation is None:
            return set()
        known = {actor.user.pk} | self._administrators_above(actor.organisation.pk)
        under = {
            user for user, at in places.items()
            if name in self.administrators([one for body in at for one in self.above(body)])
        }  # fmt: skip
        return under | (known & places.keys())

    def _administrators_above(self, body: int) -> set[int]:
        """Who decides about the people of a body: named in the history of their own records."""
        rows = Membership.objects.filter(organisation_id__in=self.above(body), hat="administrator")
        return set(rows.values_list("user_id", flat=True))

    def bodies(self, name: str) -> set[int]:
        """Own body, those above, those below; of a person with several hats, of each."""
        actor = self.hats.get(name)
        if actor is None:
            return set()
        own = set(Membership.objects.filter(user=actor.user).values_list("organisation_id", flat=True))
        below = {body for body in self.parents if name in self.administrators(self.above(body))}
        return below.union(*(self.above(body) for body in own))


def _named(stage: Stage) -> dict[str, int]:
    """Names that nobody else's name contains, by person: a find is a leak and no accident."""
    names = dict(User.objects.values_list("name", "pk"))
    return {
        name: pk for name, pk in names.items()
        if len(name) > 2 and not any(name != other and name in other for other in names)
    }  # fmt: skip


def _heads(stage: Stage) -> dict[str, int]:
    """The four made-up signs at the head of a body's name."""
    found = Organisation.objects.values_list("name", "pk")
    heads: dict[str, set[int]] = defaultdict(set)
    for name, pk in found:
        heads[name[:7] if "第" in name[:7] else name[:4]].add(pk)
    return {head: next(iter(pks)) for head, pks in heads.items() if len(pks) == 1}


def _hits(visits: Iterable[Visit], canaries: Iterable[str]) -> list[tuple[Visit, str]]:
    """Every name in every answer, in one reading of it; a name that begins with another one stands for both."""
    wanted = sorted(canaries, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, wanted)))
    begins = {name: [one for one in wanted if name.startswith(one)] for name in wanted}

    def named(text: str) -> Iterator[str]:
        place = 0
        while found := pattern.search(text, place):
            yield from begins[found[0]]
            place = found.start() + 1

    found = ((visit, sorted(set(named(visit.text)))) for visit in visits)
    return [(visit, name) for visit, names in found for name in names if name not in visit.url]


def _leaks(hits: Iterable[tuple[Visit, str]], owners: Mapping[str, int], allowed: Mapping[str, set[int]]) -> list[str]:
    found: dict[str, str] = {}
    for visit, name in hits:
        if owners[name] not in allowed[visit.actor]:
            found.setdefault(f"{visit.actor} {name}", f"{visit.actor} reads {name} at {visit.url}")
    return list(found.values())


def test_az_02_leaks_by_lists_and_pick_lists(stage: Stage, visits: list[Visit], heard: list[Visit], tell: Tell) -> None:
    """The crawl, and what readers were answered to odd and hostile values, which are searched alike."""
    scope = Scope(stage)
    people, bodies = _named(stage), _heads(stage)
    # The open unit picker shows the names of bodies to everybody (A12); names of people it never shows.
    of_people, of_bodies = _hits(heard, people), _hits([one for one in heard if not one.url.startswith(_OPEN)], bodies)
    bad = _leaks(of_people, people, scope.people)
    bad += _leaks(of_bodies, bodies, {name: scope.bodies(name) for name in NAMED})
    nobody = {name: set[int]() for name in NAMED}
    control = bool(_leaks(of_people, people, nobody)) and bool(_leaks(of_bodies, bodies, nobody))
    more = f"pages={len(visits)} canaries={len(people) + len(bodies)}"
    tell(Outcome("AZ-02", len(heard), bad, control, 2000, more))


def test_pr_03_numbers_are_masked(stage: Stage, heard: list[Visit], tell: Tell) -> None:
    """Document numbers and phones stand in full for nobody but their owner; exports included."""
    owners = {value: user.pk for user in User.objects.all() for value in (user.document_number, user.phone) if value}
    bad = [
        f"{visit.actor} reads a number at {visit.url}"
        for visit in heard
        for hit in set(_DIGITS.findall(visit.text))
        if hit.upper() in owners and ((actor := stage.actors[visit.actor]) is None or owners[hit] != actor.user.pk)
    ]
    masked = sum("***" in visit.text for visit in heard)
    planted = [number for number in owners if _DIGITS.fullmatch(number)]
    exports = sum("export" in visit.url for visit in heard)
    control = len(planted) == len(owners) and masked > 0
    tell(Outcome("PR-03", len(heard), bad, control, 2000, f"numbers={len(owners)} masked={masked} exports={exports}"))


def test_ss_05_reading_changes_nothing(stage: Stage, visits: list[Visit], tell: Tell) -> None:
    """The crawl, and a quarter of its pages again by GET and HEAD; a write that the guard refuses is an answer 500."""
    pages = {(visit.actor, visit.url.split("?")[0]): visit for visit in visits if visit.status == 200}
    before, n = digest(), 0
    with standing():
        for visit in list(pages.values())[::4]:
            for method in ("GET", "HEAD"):
                n += 1
                stage.ask(visit.actor, method, visit.url)
    after = digest()
    with undone(), connection.cursor() as cursor:
        cursor.execute("UPDATE reviews_reviewcase SET version = version + 1")
        control = digest() != after
    bad = [*stage.changed, *(table for table in before if before[table] != after[table])]
    broken = [visit for visit in visits if visit.status >= 500 and visit.url != "/healthz"]
    failed = [f"{visit.actor} {visit.url} → {visit.status}" for visit in broken]
    tell(Outcome("SS-05", n + len(visits), bad + failed, control, 720))


def test_ss_06_headers_on_every_answer(
    stage: Stage, visits: list[Visit], tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [(visit.url, visit.headers, visit.actor) for visit in visits] + list(_odd_answers(stage, monkeypatch))
    bad = {
        f"{name} at {url.split('?')[0]}: {headers.get(name, 'missing')}"
        for url, headers, _actor in answers
        for name, wanted in HEADERS.items()
        if not wanted.search(headers.get(name, ""))
    }
    bad |= {
        f"{url} may be kept"
        for url, headers, actor in answers
        if actor != "anonymous" and "no-store" not in headers.get("Cache-Control", "")
    }
    control = not HEADERS["Content-Security-Policy"].search("default-src 'self' 'unsafe-inline'")
    tell(Outcome("SS-06", len(answers), sorted(bad), control, 660))


def _odd_answers(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterable[tuple[str, dict[str, str], str]]:
    """400, 403, 404, 405, 413, 500, the refusals of forms, files and pieces."""
    evidence = stage.world.of("declaration", owner="person_1")[2].pk
    paper = stage.world.of("certificate", owner="person_1")[0].pk
    asked = [
        ("anonymous", "GET", "/nowhere/"), ("person_1", "GET", "/nowhere"), ("person_1", "DELETE", "/declarations/"),
        ("person_1", "GET", "/declarations/review/"), ("person_1", "GET", "/declarations/999999/"),
        ("person_1", "GET", reverse("declarations:evidence", args=[evidence, 1])),
        ("person_1", "GET", reverse("certificates:pdf", args=[paper])), ("person_1", "GET", "/verify/nothing"),
        ("person_1", "POST", "/declarations/new/"), ("employer_super", "POST", "/reviews/decide/"),
        ("person_1", "GET", "/declarations/%00/"),
    ]  # fmt: skip
    for name, method, url in asked:
        yield url, dict(stage.ask(name, method, url).headers), name
    guarded = browser(stage.actors["person_1"], enforce_csrf_checks=True)
    yield "csrf", dict(guarded.post("/declarations/new/", HTTP_HOST=HOST).headers), "person_1"
    yield "400", dict(guarded.get("/", HTTP_HOST="evil.example").headers), "anonymous"
    with monkeypatch.context() as patch:
        patch.setattr("xueshi.portal.web.homes.home", lambda _request: 1 / 0)
        answer = stage.ask("person_1", "GET", "/home/")
        assert answer.status_code == 500
        assert "Traceback" not in text(answer)
        yield "500", dict(answer.headers), "person_1"
