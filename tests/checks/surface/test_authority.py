"""AZ: whose objects, which verbs, which roles, which shapes."""

import re
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

import pytest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, get_resolver, path, reverse

from tests.checks.report import Outcome, Tell
from tests.checks.surface.attacks import READS, Attack, Attacks, spread, unaimed
from tests.checks.surface.stage import HOST, NAMED, PAST, PLAIN, Stage, browser, digest, text, undone, watched
from tests.checks.surface.standing import refusals, standing
from tests.declarations import world as w
from xueshi.audit.models import AuditEntry
from xueshi.config.management.commands.routes import Route, walk
from xueshi.declarations import permissions as declarations
from xueshi.declarations import services
from xueshi.kernel.decisions import ALLOW
from xueshi.reviews.models import ReviewCase
from xueshi.ui.routes import access_of

NOTED = frozenset({"audit_auditentry"})
"""Where an attack may be written down."""
AN_ADDRESS = 3
"""Objects of each route and verb that are attacked by everybody."""
DRAWN = 1
"""For so many of these every refusal is drawn in full; for the others the page that was drawn before is shown."""
_VARYING = re.compile(r"[0-9a-f]{8}|\d{10,}|value=\"[^\"]{40,}\"")
SHAPES: tuple[tuple[str, dict[str, str]], ...] = (
    ("PUT", {}),
    ("PATCH", {}),
    ("DELETE", {}),
    ("OPTIONS", {}),
    ("GET", {"HTTP_HX_REQUEST": "true"}),
    ("GET", {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "detail"}),
    ("GET", {"HTTP_ACCEPT": "application/json"}),
    ("GET", {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"}),
    ("GET", {"HTTP_X_ORIGINAL_URL": "/home/", "HTTP_X_REWRITE_URL": "/home/"}),
)

PUBLIC = {
    "config.health.healthz": "whoever watches the service",
    "portal.web.views.front": "the sign-in box",
    "portal.web.views.captcha": "its picture",
    "portal.web.views.proof": "its way without a picture",
    "portal.web.views.sign_out": "ends whatever session there is",
    "portal.web.views.robots": "says what no search engine may read",
    "portal.web.recovery.verify": "whoever forgot the password cannot sign in",
    "portal.web.recovery.new_password": "as above, after the code",
    "portal.web.recovery.reset": "as above, with an administrator's secret",
    "portal.web.recovery.done": "as above, the last step",
    "portal.web.recovery.outbox": "for developers; absent in production",
    "portal.web.policy.policy": "the rules in plain words",
    "portal.web.learning.home": "the learning site's front page",
    "portal.web.learning.subject": "as above, a subject",
    "notices.web.public.listing": "published notices and downloads",
    "notices.web.public.detail": "a published notice",
    "notices.web.public.file": "a published file",
    "registrations.web.views.start": "who registers has no account yet",
    "registrations.web.views.form": "as above",
    "registrations.web.views.done": "as above, by the form's own one-time key",
    "registrations.web.views.agreement": "what is agreed to, read before there is an account",
    "registrations.web.withdrawing.take_back": "who waits for a review cannot sign in; by the password just given",
    "registrations.web.uploads.upload": "scans of a registration, by the form's own token",
    "registrations.web.pickers.find_units": "name, type and code of units to join (A12)",
    "registrations.web.pickers.find_departments": "departments of the unit that was chosen (A12)",
    "registrations.web.pickers.find_names": "whether a unit's name is taken (A12, ORG-21)",
    "certificates.web.views.verify": "anybody checks a paper with number and name",
    "certificates.web.views.verify_file": "as above, with the file",
    "certificates.web.views.verify_link": "as above, with the code on the paper",
    "certificates.web.views.verify_offline": "as above, by the signature alone",
    "certificates.web.views.qr_key": "the public key",
    "ui.web.gallery.gallery": "as above, the components",
}
"""Every view that answers without a session, and why: another one needs a line here."""


@dataclass
class Siege:
    """Runs attacks by those who may not, and judges the answers against those for absent objects."""

    stage: Stage
    n: int = 0
    bad: list[str] = field(default_factory=list)
    _twins: dict[tuple[str, str, str, str], tuple[int, str]] = field(default_factory=dict)

    def run(self, attacks: Iterable[Attack], names: Iterable[str] = NAMED) -> None:
        """Every attack by everybody who may not do it."""
        for attack in attacks:
            for name in names:
                if name not in attack.allowed:
                    self._one(name, attack)

    def _one(self, name: str, attack: Attack) -> None:
        self.n += 1
        before = self.n
        undo = nullcontext() if attack.method in READS else undone()
        with watched() as written, undo:  # a message left for the next page would make that differ
            answer = self.stage.ask(name, attack.method, attack.url, attack.data)
        label = f"{name} {attack.method} {attack.url} {attack.route} → {answer.status_code}"
        if answer.status_code >= 500 or set(written) - NOTED:
            self.bad.append(f"{label} wrote {sorted(set(written))} at {before}")
        elif name not in attack.seers and _sign(answer) != self._twin(name, attack):
            self.bad.append(f"{label} instead of {self._twin(name, attack)[0]}")

    def _twin(self, name: str, attack: Attack) -> tuple[int, str]:
        key = (name, attack.route, attack.method, attack.absent.partition("?version")[0])
        if key not in self._twins:
            with nullcontext() if attack.method in READS else undone():
                answer = self.stage.ask(name, attack.method, attack.absent, attack.absent_data)
            self._twins[key] = _sign(answer)
        return self._twins[key]


def _sign(answer: HttpResponseBase) -> tuple[int, str]:
    """Status and page without what differs between any two answers."""
    return answer.status_code, _VARYING.sub("", text(answer)) if answer.status_code not in {301, 302} else ""


def _changed(before: dict[str, str]) -> list[str]:
    """The business tables that no longer hold what they held."""
    after = digest()
    return [f"rows of {table} changed" for table in before if before[table] != after[table] and table not in NOTED]


def _controls(stage: Stage, attacks: Iterable[Attack]) -> tuple[int, list[str]]:
    """Each route once by somebody entitled; the routes on which that failed."""
    tried: dict[tuple[str, str], str] = {}
    for attack in attacks:
        key = (attack.route, attack.method)
        for name in sorted(attack.allowed & attack.seers):
            if tried.get(key) == "":
                break
            with undone():
                answer = stage.ask(name, attack.method, attack.url, attack.data)
                tried[key] = "" if answer.status_code in {200, 302} else f"{name} {key} → {answer.status_code}"
    return len(tried), [found for found in tried.values() if found]


def _unattacked(attacks: list[Attack]) -> tuple[list[str], bool]:
    """The routes that name an object and are attacked by nothing, and whether a new one would be found."""
    routes = list(walk(get_resolver()))
    fresh = replace(routes[0], pattern="/dummy/<int:pk>/", name="dummy", methods=("GET",))
    missing = unaimed(attacks, routes)
    return missing, len(unaimed(attacks, [*routes, fresh])) == len(missing) + 1


def test_az_01_foreign_objects(stage: Stage, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever names an object, by whoever may not; and every route that names one is among what is attacked."""
    attacks = Attacks(stage).all()
    unattacked, noticed = _unattacked(attacks)
    before = digest()
    routes, failed = _controls(stage, attacks)
    siege = Siege(stage)
    # What HEAD is answered with has no page to be drawn.
    drawn, every = spread([one for one in attacks if one.method != "HEAD"], DRAWN), spread(attacks, AN_ADDRESS)
    with standing(), refusals() as pages:
        siege.run(drawn, PLAIN)
        pages.reading = True
        siege.run(drawn, PAST)
        siege.run([one for one in every if all(one is not other for other in drawn)])
    siege.bad += unattacked + _changed(before)
    hole = Siege(stage)
    with monkeypatch.context() as patch, undone():
        patch.setattr(declarations, "can_see_declaration", lambda _actor, _row: ALLOW)
        hole.run([one for one in attacks if one.route == "declarations:detail"][:2], ["person_2", "department_2"])
    control = bool(hole.bad) and noticed and len(failed) <= routes * 0.05
    tell(Outcome("AZ-01", siege.n, siege.bad, control, 4000, f"routes={routes} entitled={routes - len(failed)}"))


def test_az_04_batch_with_one_foreign_row(stage: Stage, tell: Tell) -> None:
    person, reviewer = stage.world.actor("person_1"), "employer_super"
    own = [services.submit(person, w.paper(person, "1")) for _ in range(49)]
    rows = [f"{one.case_id}:1" for one in own]
    foreign = ReviewCase.objects.get(pk=stage.world.of("case", owner="person_other", state="pending")[0].pk)
    batches = {
        "foreign": [*rows, f"{foreign.pk}:{foreign.version}"],
        "foreign first": [f"{foreign.pk}:{foreign.version}", *rows],
        "empty": [],
        "501": [f"{number}:1" for number in range(1, 502)],
        "10001": [f"{number}:1" for number in range(1, 10_002)],
        "nonsense": [*rows, "all"],
        "absent": [*rows, "2000000011:1"],
    }
    bad, n, before = [], 0, digest()
    for name, sent in batches.items():
        for verdict in ("pass", "fail"):
            n += 1
            noted = AuditEntry.objects.filter(action="security.foreign_row").count()
            with watched() as written:
                data = {"row": sent, "verdict": verdict, "comment": "不符"}
                stage.ask(reviewer, "POST", reverse("reviews:decide"), data)
            events = AuditEntry.objects.filter(action="security.foreign_row").count() - noted
            if set(written) - NOTED or events != (name.startswith(("foreign", "absent", "nonsense"))):
                bad.append(f"{name} {verdict}: wrote {sorted(set(written))}, {events} security events")
    changed = _changed(before)
    for data in ({"token": "", "verdict": "pass"}, {"verdict": "pass"}, {"token": "all", "verdict": "fail"}):
        n += 1
        answer = stage.ask(reviewer, "POST", reverse("reviews:freeze"), data)
        bad += [] if answer.status_code == 404 else [f"freeze {data} → {answer.status_code}"]
    with undone():
        ticked = stage.ask(reviewer, "POST", reverse("reviews:decide"), {"row": [*rows, rows[0]], "verdict": "pass"})
        stage.ask(reviewer, "POST", ticked.headers["Location"])  # once it was read what that brings
        passed = ReviewCase.objects.filter(pk__in=[one.case_id for one in own], version=2).count()
    tell(Outcome("AZ-04", n, [*bad, *changed], passed == 49, 17))


def test_az_05_low_role_on_high_function(stage: Stage, tell: Tell) -> None:
    guarded = [route for route in walk(get_resolver()) if route.powers]
    whole = {route.pattern for route in guarded if "<" not in route.pattern and "GET" in route.methods}
    with standing(), refusals(reading=True, apart=False):
        n, reached, bad = _knocked(stage, guarded)
    more = f"routes={len(guarded)} reached={len(reached)}"
    tell(Outcome("AZ-05", n, bad, len(reached) >= len(whole) * 0.85, 250, more))


def _knocked(stage: Stage, guarded: list[Route]) -> tuple[int, set[str], list[str]]:
    """Attempts at routes with powers by those without, the routes that somebody reached, and what went wrong."""
    bad, n, reached = [], 0, set[str]()
    for route in guarded:
        url = re.sub(r"<\w+:\w+>", "1", route.pattern)
        for name in NAMED:
            actor = stage.actors[name]
            able = actor is not None and any(power in route.powers for power in actor.powers)
            if able and route.pattern in reached:
                continue  # one who may is control enough
            for method in ("GET", "POST"):
                with watched() as written, undone():
                    answer = stage.ask(name, method, url)
                refused = answer.status_code in {302, 403, 404, 405}
                reached |= {route.pattern} if able and answer.status_code == 200 else set()
                n += not able
                if not able and (not refused or written):
                    bad.append(f"{name} {method} {url} → {answer.status_code}")
    return n, reached, bad


def _unlisted(extra: list[URLPattern]) -> list[str]:
    resolver = get_resolver()
    undeclared = [route.pattern for route in walk(resolver) if not route.declared]
    return undeclared + [str(entry.pattern) for entry in extra if access_of(entry.callback) is None]


def test_az_06_every_route_is_in_the_access_table(tell: Tell) -> None:
    routes = list(walk(get_resolver()))
    dummy = _unlisted([path("dummy/", lambda _request: None)])  # type: ignore[arg-type,return-value]  # never called
    public = {route.view.removeprefix("xueshi.") for route in routes if route.public}
    bad = _unlisted([]) + [
        f"{view}: public and not listed, or listed and gone" for view in sorted(public ^ set(PUBLIC))
    ]
    tell(Outcome("AZ-06", len(routes), bad, dummy == ["dummy/"], 50, f"public={len(public)}"))


def test_az_13_the_same_request_in_another_shape(stage: Stage, tell: Tell) -> None:
    attacks = [one for one in Attacks(stage).all() if one.method == "GET"]
    one_each = list({one.route: one for one in attacks if one.allowed}.values())
    before = digest()
    with standing(), refusals(reading=True, apart=False):
        n, control, bad = _in_other_shapes(stage, one_each)
    bad += _changed(before)
    tell(Outcome("AZ-13", n, bad, control >= len(one_each) * 0.95, 1500, f"routes={len(one_each)}"))


def _in_other_shapes(stage: Stage, one_each: list[Attack]) -> tuple[int, int, list[str]]:
    """Attempts by those who see nothing of it, the routes that answered an insider, and what went wrong."""
    bad, n, control = [], 0, 0
    for attack in one_each:
        answers = (stage.ask(one, "GET", attack.url, HTTP_HX_REQUEST="true") for one in sorted(attack.allowed))
        control += any(answer.status_code == 200 for answer in answers)
        for name in [one for one in NAMED if one not in attack.seers][::9]:
            for method, headers in SHAPES:
                n += 1
                answer = stage.ask(name, method, attack.url, **headers)
                if answer.status_code < 300 and answer.status_code != 204:
                    bad.append(f"{name} {method} {attack.url} {headers} → {answer.status_code}")
            for url in (attack.url.rstrip("/"), attack.url + "/", attack.url.replace("/", "%2F", 2), "/" + attack.url,
                        attack.url.replace("/", "%252F", 2), attack.url + ".css", attack.url + ";x=1"):  # fmt: skip
                n += 1
                answer = stage.ask(name, "GET", url)
                if answer.status_code == 200 and "?case" not in attack.route:
                    bad.append(f"{name} GET {url} → 200")
    return n, control, bad


def test_fu_06_attachment_by_address(stage: Stage, tell: Tell) -> None:
    papers = {"certificates:pdf", "certificates:print_file"}
    served = {"declarations:evidence", "declarations:upload", "registrations:file"} | papers
    files = [one for one in Attacks(stage).all() if one.method == "GET" and one.route in served]
    siege = Siege(stage)
    with standing():
        siege.run(spread(files, 4))
    person = stage.world.actor("person_1")
    row = services.submit(person, w.entry(person, "1", form="seminar", days=1, key="fu-06"))
    url = reverse("declarations:evidence", args=[row.pk, 1])
    seen = stage.ask("employer_super", "GET", url).status_code == 200
    services.withdraw(person, row.pk)
    for name in ("employer_super", "department_1", "district_1", "city", "anonymous"):
        siege.n += 1
        if stage.ask(name, "GET", url).status_code not in {302, 404}:
            siege.bad.append(f"{name} {url} after withdrawal")
    shown = browser(person).get(url, HTTP_HOST=HOST)
    if "attachment" not in shown.headers["Content-Disposition"] and shown.headers["Content-Type"] != "image/png":
        siege.bad.append("served as it likes")
    tell(Outcome("FU-06", siege.n, siege.bad, seen and shown.status_code == 200, 200))
