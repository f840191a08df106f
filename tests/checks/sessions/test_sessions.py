"""SS: fixed session ids, cookies, time-outs, sessions that end."""

import runpy
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.cookies import Morsel
from pathlib import Path
from typing import Any

import pytest
from django.conf import Settings
from django.http import HttpResponse
from django.test import Client

from tests import small_world
from tests.browsers import browser, signed_in
from tests.checks.report import Outcome, Tell
from tests.portal import factors
from tests.portal.conftest import Visitor, visitor
from tests.small_world import PASSWORD, SmallWorld
from xueshi.accounts import services, sessions
from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState
from xueshi.config import environment
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Membership
from xueshi.organisations.states import Hat, MembershipState
from xueshi.portal import signing_in

pytestmark = pytest.mark.django_db
PAGE = "/password/"
NEW = "青山绿水-2026-海风"


def _inside(client: Client) -> bool:
    """Whether this browser is signed in; the second step, which it does not owe, sends it home at once."""
    return bool(client.get("/second-step/").headers.get("Location") == "/home/")


def _holds(key: str, portal: str = "weihai") -> bool:
    """Whether whoever brings this session id is signed in, also with the second step still to do."""
    client = Client(HTTP_HOST=f"{portal}.localhost")
    client.cookies["sessionid"] = key
    answer = client.get(PAGE)
    return answer.status_code == 200 or answer.headers.get("Location", "").startswith("/second-step/")


def _fixed(who: Visitor, act: Callable[[], object]) -> tuple[str, str]:
    """The id before and after; before it, the id is the one that the attacker knows."""
    before = factors.id_of(who.client) if "sessionid" in who.client.cookies else ""
    act()
    return before, factors.id_of(who.client)


def test_ss_01_fixed_session_ids(world: SmallWorld, tell: Tell, settings: Settings) -> None:
    found: list[tuple[str, str, str]] = []
    person, second = world.person.user, small_world.hat(world.person.user, world.branch, Hat.ADMINISTRATOR)
    own = visitor("weihai").get("/").cookies["sessionid"].value
    for planted in ("", "x" * 32, own):
        who = visitor("weihai")
        who.client.cookies["sessionid"] = planted
        found.append(("sign-in", *_fixed(who, lambda who=who: who.sign_in(person, user_type="professional"))))
        found.append(("hat", *_fixed(who, lambda who=who: who.client.post("/hats/", {"hat": second.pk}))))
    changed = {"current": PASSWORD, "new": NEW, "again": NEW}
    found.append(("password", *_fixed(who, lambda: who.client.post(PAGE, changed))))
    settings.SECOND_FACTOR = "administrators"
    factors.bound(world.employer_admin.user)
    boss = visitor("weihai")
    found.append(("sign-in", *_fixed(boss, lambda: boss.sign_in(world.employer_admin.user, user_type="employer"))))
    found.append(("factor", *_fixed(boss, lambda: boss.client.post("/second-step/", {"code": factors.code()}))))
    bad = [f"{step}: the id of before is signed in" for step, before, _after in found if before and _holds(before)]
    bad += [f"{step}: no new id" for step, before, after in found if before == after]
    control = _holds(factors.id_of(boss.client)) and _holds(factors.id_of(who.client))
    tell(Outcome("SS-01", len(found), bad, control, 9))


@pytest.fixture
def production(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """What the program's own settings say of cookies in production."""
    for name in environment.FOR_TESTS_ONLY:
        monkeypatch.delenv(name, raising=False)
    for name in environment.SECRETS:
        monkeypatch.setenv(name, "0123456789abcdef" * 4)
    monkeypatch.setenv("XUESHI_HOME", str(tmp_path))
    monkeypatch.setenv("XUESHI_PRODUCTION", "1")
    for name, value in (("XUESHI_HOSTS", "weihai.localhost"), ("XUESHI_SMS", "none"), ("XUESHI_MAIL", "none")):
        monkeypatch.setenv(name, value)
    told = runpy.run_path(str(environment.ROOT / "xueshi" / "config" / "settings.py"))
    for name in ("PRODUCTION", *(key for key in told if key.startswith(("SESSION_COOKIE", "CSRF_COOKIE")))):
        setattr(settings, name, told[name])
    return settings


def _asked(world: SmallWorld) -> Iterator[HttpResponse]:
    """Everything that sets cookies, from a first visit to the sign-out."""
    who = visitor("weihai")
    who.client.defaults["wsgi.url_scheme"] = "https"
    second = small_world.hat(world.person.user, world.branch, Hat.ADMINISTRATOR)
    yield from (who.get(path) for path in ("/", "/register/professional/", "/verify/", "/learning/", "/recovery/"))
    yield who.sign_in(world.person.user, "wrong-password-1")
    yield who.sign_in(world.person.user, user_type="professional", remember="on")
    yield from (who.get(path) for path in ("/home/", "/account/", "/account/devices/", PAGE, "/nowhere/"))
    yield who.client.post("/hats/", {"hat": second.pk})
    yield who.client.post(PAGE, {"current": PASSWORD, "new": NEW, "again": NEW})
    yield who.client.post("/prove/", {"password": NEW})
    yield who.client.post("/sign-out/")
    yield who.sign_in(world.person.user, NEW, user_type="professional")


def _wrong(cookie: "Morsel[str]") -> list[str]:
    wanted: dict[str, Any] = {"secure": True, "path": "/", "domain": ""}
    if cookie.value:  # one that is taken away has nothing to hide
        wanted["httponly"] = True
    bad = [f"{cookie.key} {name}={cookie[name]!r}" for name, value in wanted.items() if cookie[name] != value]
    bad += [] if cookie["samesite"] in {"Lax", "Strict"} else [f"{cookie.key} samesite={cookie['samesite']!r}"]
    return bad + ([] if cookie.key.startswith("__Host-") else [f"{cookie.key} without __Host-"])


def test_ss_02_cookie_attributes(world: SmallWorld, tell: Tell, production: Settings) -> None:
    cookies = [cookie for answer in _asked(world) for cookie in answer.cookies.values()]
    bad = sorted({problem for cookie in cookies for problem in _wrong(cookie)})
    names = {cookie.key for cookie in cookies}
    production.PRODUCTION, production.SESSION_COOKIE_NAME, production.SESSION_COOKIE_SECURE = False, "sessionid", False
    plain = visitor("weihai").get("/")
    control = names >= {"__Host-sessionid", "__Host-csrftoken", "__Host-device", "__Host-account"}
    control = control and bool(_wrong(plain.cookies["sessionid"]))
    tell(Outcome("SS-02", len(cookies), bad, control, 12, f"names={len(names)}"))


PORTALS = ("weihai", "shandong", "liaocheng", "fujian")
EDGE = timedelta(seconds=45)


def _roles(world: SmallWorld) -> dict[str, Actor]:
    return {
        "professional": world.person, "employer": world.employer_admin, "department": world.department_admin,
        "bureau": world.district_admin, "account": signing_in.actor_from(small_world.user("无单位"), None),
    }  # fmt: skip


def _opened(actor: Actor, portal: str) -> Client:
    return browser(actor.user, actor.membership, portal)


def _alive(client: Client, after: timedelta) -> bool:
    with clock.shifted(after):
        return _inside(client)


def test_ss_03_time_outs(db: None, tell: Tell) -> None:
    """Idle on every portal under every hat; the longest life once a kind, kept busy all the time."""
    bad, n = [], 0
    for portal in PORTALS:
        world = small_world.build(portal)
        for role, actor in _roles(world).items():
            idle = timedelta(minutes=15 if actor.is_administrator else 30)
            n += 2
            bad += [] if _alive(_opened(actor, portal), idle - EDGE) else [f"{portal} {role}: ended early"]
            bad += [] if not _alive(_opened(actor, portal), idle + EDGE) else [f"{portal} {role}: idle for too long"]
    for actor, hours in ((world.person, 12), (world.employer_admin, 8)):
        client, end = _opened(actor, "fujian"), timedelta(hours=hours)
        stride = timedelta(minutes=14 if actor.is_administrator else 29)
        steps = [stride * step for step in range(1, int(end / stride) + 1)]
        n += 2
        bad += [] if all(_alive(client, step) for step in (*steps, end - EDGE)) else [f"{hours} h: ended early"]
        bad += [] if not _alive(client, end + EDGE) else [f"{hours} h: lives on"]
    control = _alive(_opened(world.person, "fujian"), timedelta())
    tell(Outcome("SS-03", n, bad, control, 44))


def _endings(person: User, here: Client) -> dict[str, Callable[[], object]]:
    """What ends the other sessions of an account at their next request."""
    hats = Membership.objects.filter(user=person)
    changed = {"current": PASSWORD, "new": NEW, "again": NEW}
    return {
        "revoke all": lambda: here.post("/account/devices/", {"others": "1"}),
        "one by one": lambda: [
            here.post("/account/devices/", {"session": one.pk})
            for one in sessions.listed(person) if one.session_key != factors.id_of(here)
        ],
        "password": lambda: here.post(PAGE, changed),
        "hat": lambda: hats.update(state=MembershipState.ENDED, ended_at=clock.now(), is_super=False),
        "disabled": lambda: User.objects.filter(pk=person.pk).update(state=AccountState.DISABLED),
        "epoch": lambda: User.objects.filter(pk=person.pk).update(session_epoch=99),
    }  # fmt: skip


def test_ss_12_parallel_sessions(world: SmallWorld, tell: Tell) -> None:
    """An administrator signs in several times, which is allowed; whatever ends the others ends them at once."""
    bad, n, allowed = [], 0, 0
    for serial, ending in enumerate(_endings(world.person.user, Client())):
        actor = small_world.administrator(f"管理{serial}", world.branch, is_super=False)
        here, *others = (signed_in(actor) for _browser in range(4))
        allowed += sum(_inside(one) for one in (here, *others))
        _endings(actor.user, here)[ending]()
        for other in others:
            n += 1
            bad += [] if not _inside(other) else [f"{ending}: a session lives on"]
        keeps = ending in {"revoke all", "one by one", "password"}
        bad += [] if _inside(here) is keeps else [f"{ending}: the own session"]
        left = [one.session_key for one in sessions.listed(actor.user)]
        bad += [] if not keeps or left == [factors.id_of(here)] else [f"{ending}: {len(left)} listed"]
    tell(Outcome("SS-12", n, bad, allowed == 4 * 6, 18))


def test_a_device_known_by_password_alone_does_not_pass_the_second_step(world: SmallWorld, settings: Settings) -> None:
    settings.SECOND_FACTOR = "everyone"
    person = factors.bound(world.person.user)
    who = visitor("weihai")
    who.sign_in(person)
    assert "device" not in who.client.cookies
    assert services.find(person.document_number) == person
