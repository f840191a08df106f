"""AC: guessing passwords, shutting out by guessing, challenges used again, sources made up."""

import base64
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from altcha import v1 as altcha
from django.conf import Settings

from tests import small_world
from tests.checks.report import Outcome, Tell
from tests.portal import factors
from tests.portal.conftest import CAPTCHA, Visitor, visitor
from tests.small_world import SmallWorld
from xueshi.accounts import challenges, limits, services
from xueshi.accounts.challenges import Answer, Place
from xueshi.accounts.models import Throttle, User
from xueshi.accounts.services import Credentials
from xueshi.kernel import clock
from xueshi.kernel.errors import TradeError

pytestmark = pytest.mark.django_db
WRONG = "wrong-password-1"


def _tried(number: str, source: str) -> None:
    try:
        services.verify_credentials(Credentials(number, WRONG, source))
    except TradeError:
        return
    raise AssertionError(number)


def _forgotten() -> None:
    Throttle.objects.all().delete()


def test_ac_02_guessing_passwords(
    world: SmallWorld, looked: list[int], tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1,000 from one address; 1,000 over 50; one password over 500 accounts; the last also without the limits."""
    victim, bad = world.person.user, []
    for _try in range(1000):
        _tried(victim.document_number, "10.0.0.1")
    bad += [] if len(looked) <= 20 else [f"one source: {len(looked)} looked at"]
    _forgotten(), looked.clear()
    for number in range(1000):
        _tried(victim.document_number, f"10.0.1.{number % 50}")
    bad += [] if len(looked) <= 20 else [f"50 sources: {len(looked)} looked at"]
    _forgotten(), looked.clear()
    many = [small_world.user("某") for _one in range(60)]
    for person in itertools.islice(itertools.cycle(many), 500):
        _tried(person.document_number, "10.0.2.1")
    bad += [] if len(looked) <= 30 else [f"spraying: {len(looked)} looked at"]
    looked.clear()
    monkeypatch.setattr(limits, "require", lambda *_of: None)
    for _try in range(40):
        _tried(victim.document_number, "10.0.3.1")
    tell(Outcome("AC-02", 2500, bad, len(looked) == 40, 2500))


def test_ac_03_the_owner_is_not_shut_out(world: SmallWorld, tell: Tell, settings: Settings) -> None:
    """While strangers guess from everywhere: the known device, and a new device with the second factor."""
    settings.SECOND_FACTOR = "administrators"
    person, home, bad = factors.bound(world.person.user), visitor("weihai"), []
    home.sign_in(person)
    home.client.post("/second-step/", {"code": factors.code()})
    for number in range(20):
        for source in range(3):
            _tried(person.document_number, f"10.{number}.{source}.1")
        home.client.post("/sign-out/")
        new = visitor("weihai")
        new.client.defaults["REMOTE_ADDR"] = f"172.16.0.{number}"
        with clock.shifted(timedelta(seconds=60 * number + 40)):
            at_home = home.sign_in(person).status_code
            shown = factors.code()
            elsewhere = new.sign_in(person, code=shown).status_code
            inside = new.get("/home/").status_code
            bad += [] if (at_home, elsewhere, inside) == (302, 302, 200) else [f"{at_home} {elsewhere} {inside}"]
    stranger = visitor("weihai")
    stranger.client.defaults["REMOTE_ADDR"] = "172.16.1.1"
    refused = stranger.sign_in(person)
    control = refused.status_code == 429 and "验证器动态码" in refused.content.decode()
    tell(Outcome("AC-03", 40, bad, control, 40, "known=20 factor=20"))


def _answers(place: Place) -> Iterator[tuple[str, Answer]]:
    """Every way to answer without having solved this question, in this session, in time."""
    spent = challenges.new_picture(place)
    challenges.passes(place, Answer(spent, CAPTCHA))
    yield "replay", Answer(spent, CAPTCHA)
    yield "missing", Answer()
    yield "empty", Answer(challenges.new_picture(place), "")
    yield "no picture", Answer("", CAPTCHA)
    yield "wrong", Answer(challenges.new_picture(place), "ZZZZ")
    yield "other session", Answer(challenges.new_picture(Place(f"{place.session_key}x", place.purpose)), CAPTCHA)
    yield "other purpose", Answer(challenges.new_picture(Place(place.session_key, "register")), CAPTCHA)
    with clock.shifted(timedelta(minutes=-6)):
        late = challenges.new_picture(place)
    yield "expired", Answer(late, CAPTCHA)
    yield "broken proof", Answer(proof=base64.b64encode(b'{"challenge": "x"}').decode())
    yield "no proof", Answer(proof="%%%")


def _proof(place: Place) -> Answer:
    task = challenges.new_proof(place)
    found = altcha.solve_challenge(
        str(task["challenge"]), str(task["salt"]), str(task["algorithm"]), int(str(task["maxnumber"])), 0
    )
    assert found is not None
    solved = {key: task[key] for key in ("algorithm", "challenge", "salt", "signature")} | {"number": found.number}
    return Answer(proof=base64.b64encode(json.dumps(solved).encode()).decode())


def test_ac_04_challenges_used_again(world: SmallWorld, tell: Tell, weihai: Visitor) -> None:
    bad, n = [], 0
    for number in range(50):
        place = Place(f"session-{number}", "login")
        for why, answer in _answers(place):
            n += 1
            bad += [why] if challenges.passes(place, answer) else []
    one, other = Place("one", "login"), Place("two", "login")
    proof = _proof(one)
    bad += ["proof of another session"] if challenges.passes(other, proof) else []
    control = challenges.passes(one, proof)
    bad += ["proof replayed"] if challenges.passes(one, proof) else []
    told = _told(weihai)
    bad += [f"the answer stands in {place}" for place, text in told.items() if CAPTCHA in text]
    tell(Outcome("AC-04", n + 2 + len(told), bad, control, 500))


def _told(browser: Visitor) -> dict[str, str]:
    """Everything a visitor is told around a question: pages, headers, cookies, addresses."""
    front = browser.get("/")
    picture = re.search(r'src="(/captcha/login/[^"]+)"', front.content.decode())
    assert picture is not None
    image, task = browser.get(picture[1]), browser.client.get("/proof/login/")
    refused = browser.client.post("/", {"identifier": "1", "password": "2", "captcha": "AAAA", "picture": picture[1]})
    told = {"page": front.content.decode(), "address": picture[1], "proof": task.content.decode()}
    told |= {"refusal": refused.content.decode(), "picture": image.content.decode("latin-1")}
    told |= {f"header of {name}": str(one.headers) for name, one in (("page", front), ("picture", image))}
    return told | {f"cookie {name}": one.value for name, one in browser.client.cookies.items()}


@pytest.fixture
def weihai() -> Visitor:
    return visitor("weihai")


HEADERS = (
    "HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_CLIENT_IP", "HTTP_X_CLIENT_IP",
    "HTTP_TRUE_CLIENT_IP", "HTTP_CF_CONNECTING_IP", "HTTP_X_CLUSTER_CLIENT_IP", "HTTP_VIA", "HTTP_X_ORIGINATING_IP",
)  # fmt: skip


def _run(people: list[User], *, spoofed: bool) -> list[int]:
    """What 40 wrong sign-ins from one address get, each on an account of its own."""
    browser, said = visitor("weihai"), []
    page = browser.get("/").content.decode()
    for number in range(40):
        more = dict.fromkeys(HEADERS, f"203.0.113.{number}") if spoofed else {}
        picture = re.search(r'name="picture" value="([^"]+)"', page)
        assert picture is not None
        typed = {"identifier": people[number].document_number, "password": WRONG, "captcha": CAPTCHA}
        answer = browser.client.post("/", typed | {"picture": picture[1]}, **more)
        said.append(answer.status_code)
        page = answer.content.decode()
    return said


def test_ac_07_spoofed_sources(world: SmallWorld, tell: Tell, settings: Settings) -> None:
    people = [small_world.user("某") for _one in range(40)]
    plain = _run(people, spoofed=False)
    counted = Counter(Throttle.objects.values_list("count", flat=True))
    _forgotten()
    spoofed = _run(people, spoofed=True)
    again = Counter(Throttle.objects.values_list("count", flat=True))
    bad = [] if (plain, counted) == (spoofed, again) else [f"{Counter(plain)} became {Counter(spoofed)}"]
    _forgotten()
    settings.TRUSTED_PROXY = True  # what believing the header would do
    control = plain.count(429) == 10 and 429 not in _run(people, spoofed=True)
    tell(Outcome("AC-07", len(spoofed) * len(HEADERS), bad, control, 400))
